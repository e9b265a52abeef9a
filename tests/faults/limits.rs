//! Little memory, and few files.

use std::io::Write as _;
use std::net::TcpStream;
use std::process::Command;

use crate::fresh::Fresh;
use crate::machine::{Machine, is_long, postgres, something};

const MEGABYTE: u64 = 1024 * 1024;
/// What a small machine gives the server.
const MEMORY: u64 = 256 * MEGABYTE;
/// What a careless one lets it open.
const FILES: usize = 256;

fn limit(process: u32, what: &str) {
    let done = Command::new("prlimit").arg("--pid").arg(process.to_string()).arg(what).status();
    assert!(done.expect("prlimit of util-linux").success());
}

/// The most memory that the process ever had (bytes).
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_morning_needs_no_more_memory_than_a_small_machine_has_however_many_are_due() {
    let families = if is_long() { 8_000 } else { 300 };
    let database = Fresh::empty(&postgres()).await;
    let machine = Machine::on(&database.url, "2026-11-23 08:00:00").await;
    let families = machine.families(families, 0).await;
    let replica = machine.begin_with(&[]).await;
    // A process that asks for more is given none, and ends.
    limit(replica.server.id(), &format!("--data={MEMORY}"));
    for part in 1..=4 {
        machine.until_pushed(families.len() * part / 4).await;
    }
    let peak = peak(replica.server.id());
    replica.server.stop();
    assert!(peak < MEMORY / 2, "{} MB", peak / MEGABYTE);
    machine.everybody_once(&families).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_may_open_no_more_files_goes_on_when_it_may_again() {
    let database = Fresh::empty(&postgres()).await;
    let machine = Machine::on(&database.url, "2026-11-23 08:00:00").await;
    let families = machine.families(40, 4_000).await;
    let replica = machine.serve().await;
    limit(replica.server.id(), &format!("--nofile={FILES}"));
    // Clients that connect, say half a word and stay.
    let mut others = Vec::new();
    for _ in 0..2 * FILES {
        let Ok(mut one) = TcpStream::connect(&replica.address) else { break };
        if one.write_all(b"POST /webhook HTTP/1.1\r\n").is_err() {
            break;
        }
        others.push(one);
    }
    assert!(others.len() > FILES, "{}", others.len());
    drop(others);
    machine.until_page(&replica.address, "/readyz", |status, _| status == 200).await;
    for number in 0..10 {
        assert_eq!(machine.webhook(&replica.address, &something(&number.to_string())).await, 200);
    }
    machine.until_pushed(families.len()).await;
    replica.server.stop();
    machine.everybody_once(&families).await;
}
