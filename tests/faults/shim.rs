//! The library that spoils what a process asks of the system (see `support/shim.c`), and the orders that
//! it takes while the process runs.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Input or output error, and no space left on the device (errno.h of Linux).
pub const EIO: i64 = 5;
/// See [`EIO`].
pub const ENOSPC: i64 = 28;

/// In the order of the library.
#[derive(Clone, Copy)]
enum Order {
    ClockMs,
    SyncMs,
    SyncErrno,
    WriteErrno,
    Keep,
    SyncsLeft,
}

/// Orders for the processes that were started with its settings.
pub struct Shim {
    orders: File,
    path: PathBuf,
    library: PathBuf,
}

impl Shim {
    /// Nothing is spoilt yet. Its orders lie in that folder.
    pub fn new(folder: &Path) -> Self {
        let path = folder.join("orders");
        let made = OpenOptions::new().read(true).write(true).create_new(true).open(&path);
        let orders = made.expect("a file for the orders");
        orders.set_len(4096).expect("a page for the orders");
        // PostgreSQL runs as somebody else.
        orders.set_permissions(std::fs::Permissions::from_mode(0o666)).expect("a mode");
        Self { orders, path, library: library_in(folder) }
    }

    /// What a process has to be started with.
    pub fn settings(&self) -> [(String, String); 2] {
        [
            ("LD_PRELOAD".to_owned(), self.library.display().to_string()),
            ("SHIM_ORDERS".to_owned(), self.path.display().to_string()),
        ]
    }

    /// The time of day is so much later than it is (milliseconds).
    pub fn clock_is_ahead(&self, ms: i64) {
        self.give(Order::ClockMs, ms);
    }

    /// Every sync takes so long (milliseconds).
    pub fn syncs_take(&self, ms: i64) {
        self.give(Order::SyncMs, ms);
    }

    /// Every sync fails; with 0 it does not any more.
    pub fn syncs_fail(&self, errno: i64) {
        self.give(Order::SyncErrno, errno);
    }

    /// Every write fails; with 0 it does not any more.
    pub fn writes_fail(&self, errno: i64) {
        self.give(Order::WriteErrno, errno);
    }

    /// From now on what was synced is copied, as the disk would have it after a power cut.
    pub fn keeps_what_was_synced(&self) {
        self.give(Order::Keep, 1);
    }

    /// The sync of that number, counted from 1, never ends; the process then says so.
    pub fn stands_still_at_sync(&self, number: i64) {
        self.give(Order::SyncsLeft, number);
    }

    fn give(&self, order: Order, value: i64) {
        self.orders.write_all_at(&value.to_ne_bytes(), 8 * order as u64).expect("an order is written");
    }
}

fn library_in(folder: &Path) -> PathBuf {
    let path = folder.join("shim.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/shim.c");
    let made = Command::new("cc")
        .args(["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", source, "-o"])
        .arg(&path)
        .output()
        .expect("cc can be started: install gcc");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    path
}
