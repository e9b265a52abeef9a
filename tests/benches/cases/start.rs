//! `start`: from the command to the first 「ready」, with nobody and with a million readers in the database; what
//! the process weighs when nothing happens; and the size of the programme. Beside it the same programme doing
//! nothing (`--version`).

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{Counted, Ground, NOWHERE, ensure};
use crate::base::{Backend, Base, free_port};
use crate::machine::{Core, rest};
use crate::pairs::median;
use crate::part::{BINARY, Part};
use crate::people::{Town, at};
use crate::report::{Line, refuse};

/// Starts of each kind.
const STARTS: usize = 9;
/// After this a server that is asked nothing does only what it always does.
const REST: Duration = Duration::from_secs(3);

/// Measures and prints.
pub fn run(ground: &Ground) {
    for backend in Backend::ALL {
        if let Err(why) = measure(ground, backend) {
            refuse("start", backend.word(), &why);
        }
    }
}

fn measure(ground: &Ground, backend: Backend) -> Counted<()> {
    let nobody = ground.settled(backend, &[Town { readers: 0, due: 0 }]);
    let everybody = ground.large(backend);
    let (mut nothing, mut alone, mut among, mut resident, mut used) = (vec![], vec![], vec![], vec![], vec![]);
    for start in 0..STARTS {
        nothing.push(version());
        alone.push(started(&nobody)?.0);
        let (took, mut server) = started(&everybody)?;
        among.push(took);
        if start == 0 {
            rest(REST);
            let before = server.cpu_s();
            rest(REST);
            used.push((server.cpu_s() - before) / REST.as_secs_f64());
            resident.push(server.resident_kib() / 1_024.0);
        }
        server.tell("");
    }
    let middle = |all: &[f64]| median(all.iter().copied());
    Line::of("start", backend.word(), "--version")
        .with("readers", ground.effort.readers as f64)
        .with("n", STARTS as f64)
        .with("wall_s", middle(&among))
        .with("wall_s_max", among.iter().copied().fold(0.0, f64::max))
        .with("wall_s_without_readers", middle(&alone))
        .with("ratio_version", middle(&among) / middle(&nothing))
        .with("rss_mib", middle(&resident))
        .with("idle_cpu", middle(&used))
        .with("binary_mib", std::fs::metadata(BINARY).expect("it was built").len() as f64 / 1_048_576.0)
        .print();
    Ok(())
}

fn version() -> f64 {
    let began = Instant::now();
    let status = Command::new(BINARY).arg("--version").stdout(Stdio::null()).status();
    assert!(status.expect("it was built").success());
    began.elapsed().as_secs_f64()
}

/// Starts the server, and asks until it says that it is ready.
fn started(base: &Base) -> Counted<(f64, Part)> {
    let address = format!("127.0.0.1:{}", free_port());
    let own = [
        ("line_api_url", NOWHERE.to_owned()),
        ("listen", address.clone()),
        ("rehearsal_clock", at("07:00:00").to_rfc3339()),
    ];
    let settings = base.configured(1, &own);
    let began = Instant::now();
    let server = Part::programme(Core::Measured, BINARY, &["--config", &settings, "serve"]);
    while !is_ready(&address) {
        ensure(began.elapsed() < Duration::from_secs(60), || "it was never ready".to_owned())?;
        rest(Duration::from_millis(1));
    }
    Ok((began.elapsed().as_secs_f64(), server))
}

fn is_ready(address: &str) -> bool {
    use std::io::{Read as _, Write as _};
    let Ok(mut connection) = std::net::TcpStream::connect(address) else { return false };
    let mut answer = String::new();
    let asked = write!(connection, "GET /readyz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    asked.is_ok() && connection.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200")
}
