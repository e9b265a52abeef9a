//! `hagukumi demo`, as a user starts it.

use std::process::Command;

use tempfile::TempDir;

use super::process::Process;

/// The demo at work.
pub(crate) struct Demo {
    /// The address of its phone.
    pub(crate) phone_url: String,
    _process: Process,
    // Goes last: the demo's database is in it.
    _folder: TempDir,
}

impl Demo {
    /// Starts the built programme and waits until it is ready.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_hagukumi"));
        // Settings of whoever runs the tests must not reach the demo, nor their proxy.
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("HAGUKUMI_")) {
            command.env_remove(name);
        }
        command.arg("demo").env("TMPDIR", folder.path()).env("HAGUKUMI_LOG", "warn").env("NO_PROXY", "127.0.0.1");
        let process = Process::start("hagukumi demo", &mut command);
        let said = process.says(|line| line.strip_prefix("phone ").map(str::to_owned));
        let phone_url = said.unwrap_or_else(|why| panic!("{why}"));
        process.says(|line| (line == "ready").then_some(())).unwrap_or_else(|why| panic!("{why}"));
        Self { phone_url, _process: process, _folder: folder }
    }

    /// Scheme, host and port of the phone.
    pub(crate) fn origin(&self) -> &str {
        self.phone_url.strip_suffix("/phone").expect("the phone is at /phone")
    }
}
