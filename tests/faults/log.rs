//! A log that nobody reads.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::machine::Machine;
use crate::server::{command, free_address};

/// Waits for an end that must come by itself.
fn end(child: &mut Child) -> std::process::ExitStatus {
    let limit = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        assert!(Instant::now() < limit, "it does not end");
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn a_server_whose_log_nobody_reads_keeps_every_webhook_in_time_and_ends_when_it_is_told_to() {
    let machine = Machine::on_a_file("2026-11-22 09:00:00").await;
    let address = free_address();
    let mut settings = machine.settings(&address).await;
    settings.push(("HAGUKUMI_LOG".into(), "trace".into()));
    let mut process = command(machine.folder(), &settings, &["serve"]);
    let mut child = process.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let unread = child.stderr.take().unwrap();
    machine.until_served(&address).await;
    for number in 0..400 {
        // Two lines are said about what cannot be read.
        let body = format!("number {number}");
        assert_eq!(machine.webhook(&address, &body).await, 200, "number {number} within LINE's two seconds");
    }
    let sent = std::process::Command::new("sh").arg("-c").arg(format!("kill -TERM {}", child.id())).status();
    assert!(sent.unwrap().success());
    assert!(end(&mut child).success());
    // It had more to say than a pipe holds: whoever waits for the pipe would have stood still.
    let read = std::io::read_to_string(unread).unwrap();
    assert!(read.len() >= 60_000, "{}", read.len());
}
