//! `recovery`: the timer index of a million readers, made again after Redis has lost everything, against piping
//! the same entries into Redis raw, out of a file.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::{Counted, Ground, ensure};
use crate::base::{Backend, Base, RedisServer};
use crate::machine::Core;
use crate::pairs::{Turn, compare, take};
use crate::part::{Part, cpu_of_tree};
use crate::parts::{HANDS, Worked};
use crate::people::at;
use crate::report::{Line, refuse};

/// Measures and prints.
pub fn run(ground: &Ground) {
    for backend in Backend::ALL {
        if let Err(why) = measure(ground, backend) {
            refuse("recovery", &format!("{}+redis", backend.word()), &why);
        }
    }
}

fn measure(ground: &Ground, backend: Backend) -> Counted<()> {
    let base = ground.large(backend);
    let raw = commands(ground);
    let mut ours = || {
        let redis = RedisServer::start();
        let turn = rebuilt(&base, &redis);
        known(&redis, ground).map(|()| turn)
    };
    let mut theirs = || {
        let redis = RedisServer::start();
        let turn = piped(&redis, &raw, ground);
        known(&redis, ground).map(|()| turn)
    };
    let turns = take(ground.effort.pairs, &mut [&mut ours, &mut theirs])?;
    // Times longer than raw piping.
    let (ours, theirs): (Vec<Turn>, Vec<Turn>) = (with(&turns[0], ground), with(&turns[1], ground));
    let compared = compare(&theirs, &ours);
    Line::of("recovery", &format!("{}+redis", backend.word()), "redis-cli --pipe of the same entries")
        .turns(&ours)
        .with("times_as_long", compared.by_wall.median)
        .with("times_as_long_min", compared.by_wall.least)
        .with("times_as_long_max", compared.by_wall.most)
        .with("times_the_cpu", compared.by_all_cpu.median)
        .print();
    Ok(())
}

fn with(turns: &[Turn], ground: &Ground) -> Vec<Turn> {
    turns.iter().map(|turn| Turn { work: ground.effort.readers as f64, ..*turn }).collect()
}

/// Everybody is in the only account's set.
fn known(redis: &RedisServer, ground: &Ground) -> Counted<()> {
    let keys: Vec<String> = redis.ask(&["KEYS", "*:t:*"]);
    let count: usize = keys.iter().map(|key| redis.ask::<usize>(&["ZCARD", key])).sum();
    ensure(count == ground.effort.readers, || format!("{count} of {} readers are in the index", ground.effort.readers))
}

/// Makes the index of one account in an empty Redis.
pub fn rebuilt(base: &Base, redis: &RedisServer) -> Turn {
    let own = [
        ("line_api_url", super::NOWHERE.to_owned()),
        ("rehearsal_clock", at("07:00:00").to_rfc3339()),
        ("redis_url", redis.url()),
    ];
    // Beside Redis, as redis-cli is.
    let mut hands = Part::start(Core::Measuring, HANDS, &base.configured(1, &own));
    hands.until("ready");
    let before = redis.cpu_s() + base.cpu_s();
    hands.tell("rebuild 1");
    let worked: Worked = hands.found("worked");
    let beside_s = redis.cpu_s() + base.cpu_s() - before;
    hands.ends();
    Turn { work: 0.0, cpu_s: worked.cpu_s, beside_s, wall_s: worked.wall_s }
}

/// As many entries, with ids and times as long as ours, as Redis reads them from the wire.
fn commands(ground: &Ground) -> Vec<u8> {
    let mut commands = Vec::with_capacity(ground.effort.readers * 90);
    let due = at("08:00:00").timestamp_millis().to_string();
    for reader in 0..ground.effort.readers {
        let id = format!("sa{reader:010}");
        write!(commands, "*4\r\n$4\r\nZADD\r\n$3\r\nx:t\r\n$13\r\n{due}\r\n$12\r\n{id}\r\n").expect("memory");
    }
    let renamed = b"*3\r\n$6\r\nRENAME\r\n$3\r\nx:t\r\n$5\r\nx:t:1\r\n";
    commands.extend_from_slice(renamed);
    commands
}

fn piped(redis: &RedisServer, commands: &[u8], ground: &Ground) -> Turn {
    let (before, began) = (redis.cpu_s() + cpu_of_tree(std::process::id()), Instant::now());
    let mut pipe = Command::new("redis-cli")
        .arg("-s")
        .arg(redis.socket())
        .arg("--pipe")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("redis-cli is installed beside redis-server");
    pipe.stdin.take().expect("it listens").write_all(commands).expect("it reads");
    assert!(pipe.wait().expect("it ends").success(), "redis-cli --pipe");
    let wall_s = began.elapsed().as_secs_f64();
    let used = redis.cpu_s() + cpu_of_tree(std::process::id()) - before;
    Turn { work: ground.effort.readers as f64, cpu_s: used, beside_s: 0.0, wall_s }
}
