//! The points of a server that is tested.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex};

use rustix::process::{Signal, getpid, kill_process};

use super::Point;

/// Begins the name of every variable of this room.
const PREFIX: &str = "HAGUKUMI_FAIL_";

/// What the test has ordered.
static ORDER: LazyLock<Option<Order>> = LazyLock::new(Order::read);

/// Where to die.
struct Order {
    point: String,
    /// Which time it is reached, counted from 1.
    nth: usize,
    /// How often it was; held by the one who dies, so that nobody passes a point that has fallen.
    reached: Mutex<usize>,
    /// Made by whoever dies first.
    once: Option<PathBuf>,
}

impl Order {
    fn read() -> Option<Self> {
        let wanted = std::env::var(format!("{PREFIX}AT")).ok()?;
        let (point, nth) = wanted.split_once(':').unwrap_or((&wanted, "1"));
        let nth = nth.parse().expect("a number such as the 2 of D3:2");
        let once = std::env::var_os(format!("{PREFIX}ONCE")).map(PathBuf::from);
        Some(Self { point: point.to_owned(), nth, reached: Mutex::new(0), once })
    }

    fn names(&self, point: Point) -> bool {
        self.point == format!("{point:?}")
    }

    fn reach(&self, point: Point) {
        let mut reached = self.reached.lock().expect("nobody panics while it is held");
        *reached += 1;
        if *reached == self.nth && self.is_first() {
            die(point);
        }
    }

    fn is_first(&self) -> bool {
        self.once.as_ref().is_none_or(|mark| OpenOptions::new().write(true).create_new(true).open(mark).is_ok())
    }
}

/// Dies here, if a test has said so.
pub fn at(point: Point) {
    if let Some(order) = ORDER.as_ref().filter(|order| order.names(point)) {
        order.reach(point);
    }
}

/// Dies as soon as the task that calls it has given way, if a test has said so: a web worker has then
/// written its answer.
pub fn soon(point: Point) {
    if ORDER.as_ref().is_some_and(|order| order.names(point)) {
        tokio::task::spawn_local(async move { at(point) });
    }
}

/// Whether a variable of the environment is one of this room's, and no setting.
#[must_use]
pub fn is_ours(name: &str) -> bool {
    name.starts_with(PREFIX)
}

fn die(point: Point) -> ! {
    // The one thing that it still says, so that the test knows why it died.
    let _nobody_listens = writeln!(std::io::stderr(), "killed at {point:?}");
    let killed = kill_process(getpid(), Signal::KILL);
    unreachable!("nobody lives on after a SIGKILL: {killed:?}")
}
