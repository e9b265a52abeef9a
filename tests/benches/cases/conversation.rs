//! `conversation`: registrations from the first hello to 「登録しました」, through the server as it ships, against a
//! bot that verifies, answers everything with one word, and keeps nothing.

use super::{Counted, Door, Ground, ensure};
use crate::base::{Backend, free_port};
use crate::machine::Core;
use crate::pairs::{Turn, compare, take};
use crate::part::Part;
use crate::parts::{Crowd, ECHO, PEOPLE, TURNS, Talked};
use crate::people::at;
use crate::report::{Line, refuse};

/// People who register at the same time.
const AT_ONCE: usize = 32;

/// Measures and prints.
pub fn run(ground: &Ground) {
    for backend in Backend::ALL {
        if let Err(why) = measure(ground, backend) {
            refuse("conversation", backend.word(), &why);
        }
    }
}

fn measure(ground: &Ground, backend: Backend) -> Counted<()> {
    let base = ground.empty(backend);
    let crowd = Crowd { people: ground.effort.due / 100, at_once: AT_ONCE, register: true };
    let mut registering = Part::start(Core::Measuring, PEOPLE, &crowd);
    let mut chatting = Part::start(Core::Measuring, PEOPLE, &Crowd { register: false, ..crowd });
    let (api, api_of_echo) = (registering.answer("ready"), chatting.answer("ready"));
    let port = free_port();
    let own = [
        ("line_api_url", api),
        ("listen", format!("127.0.0.1:{port}")),
        ("rehearsal_clock", at("10:00:00").to_rfc3339()),
    ];
    let server = Part::server(Core::Measured, &base.configured(1, &own));
    let echo = Door::open(ECHO, &api_of_echo);
    let mut registered = 0;
    let mut ours = || -> Counted<Turn> {
        let (talked, turn) = talk(&mut registering, &format!("127.0.0.1:{port}"), &server, &|| base.cpu_s());
        registered += crowd.people;
        ensure(talked.answered == crowd.people, || format!("{} of {} registered", talked.answered, crowd.people))?;
        ensure(talked.refused + talked.pushes == 0, || format!("{talked:?}"))?;
        ensure(talked.replies == registered * TURNS, || format!("{} replies for {registered} people", talked.replies))?;
        let kept = base.number("SELECT COUNT(*) FROM child");
        ensure(kept == registered as i64, || format!("{kept} of {registered} families are kept"))?;
        Ok(Turn { work: crowd.people as f64, ..turn })
    };
    let mut theirs = || -> Counted<Turn> {
        let (talked, turn) = talk(&mut chatting, &echo.address, &echo.part, &|| 0.0);
        ensure(talked.answered == crowd.people && talked.refused == 0, || format!("the echo: {talked:?}"))?;
        Ok(Turn { work: crowd.people as f64, ..turn })
    };
    let turns = take(ground.effort.pairs, &mut [&mut ours, &mut theirs])?;
    let compared = compare(&turns[0], &turns[1]);
    Line::of("conversation", backend.word(), "a bot that answers with one word and keeps nothing")
        .turns(&turns[0])
        .beside("echo", &compared)
        .with("ratio_echo_wall", compared.by_wall.median)
        .with("registrations_per_s", crate::pairs::median(turns[0].iter().map(|turn| turn.work / turn.wall_s)))
        .print();
    server.stop();
    Ok(())
}

fn talk(people: &mut Part, address: &str, bot: &Part, beside_s: &dyn Fn() -> f64) -> (Talked, Turn) {
    people.tell(&format!("go http://{address}/webhook"));
    people.until("begin");
    let (before, began) = ((bot.cpu_s(), beside_s()), std::time::Instant::now());
    people.until("end");
    let (after, wall_s) = ((bot.cpu_s(), beside_s()), began.elapsed().as_secs_f64());
    (people.found("talked"), Turn { work: 0.0, cpu_s: after.0 - before.0, beside_s: after.1 - before.1, wall_s })
}
