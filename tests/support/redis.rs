//! A Redis of its own for one test: started, asked, flushed, paused, filled, killed, started again.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use redis::{Client, FromRedisValue};
use tempfile::TempDir;

/// A private `redis-server` (from `REDIS_SERVER`, or the one on the path) on a socket in its own folder.
/// It keeps nothing unless it is told to ([`RedisServer::save`]).
pub struct RedisServer {
    child: Mutex<Option<Child>>,
    folder: TempDir,
}

impl RedisServer {
    /// A Redis that is ready.
    pub fn start() -> Self {
        let server = Self::not_yet();
        server.begin();
        server
    }

    /// The place for a Redis that is not there yet; [`RedisServer::begin`] starts it.
    pub fn not_yet() -> Self {
        Self { child: Mutex::default(), folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// Starts it, with whatever it saved the last time.
    pub fn begin(&self) {
        let programme = std::env::var("REDIS_SERVER").unwrap_or_else(|_| "redis-server".to_owned());
        let mut child = Command::new(&programme)
            .args(["--port", "0", "--save", "", "--appendonly", "no", "--enable-debug-command", "yes"])
            .arg("--unixsocket")
            .arg(self.folder.path().join("redis.sock"))
            .arg("--dir")
            .arg(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{programme} cannot be started ({error}); install redis-server"));
        let mut lines = BufReader::new(child.stdout.take().expect("stdout was asked for")).lines();
        let ready = lines.by_ref().map_while(Result::ok).any(|line| line.contains("eady to accept connections"));
        assert!(ready, "{programme} ended before it was ready");
        // Somebody must go on reading, or it would stand still one day.
        std::thread::spawn(move || lines.for_each(drop));
        *self.child.lock().expect("nobody panics while it is held") = Some(child);
    }

    /// Its address, as an operator writes it.
    pub fn url(&self) -> String {
        format!("unix://{}", self.folder.path().join("redis.sock").display())
    }

    /// Asks it something by hand, such as `["ZCARD", key]`.
    #[track_caller]
    pub fn ask<T: FromRedisValue>(&self, words: &[&str]) -> T {
        let client = Client::open(self.url()).expect("our own address");
        let mut connection = client.get_connection().expect("it is there");
        let (name, arguments) = words.split_first().expect("a command");
        redis::cmd(name).arg(arguments).query(&mut connection).expect("it does as asked")
    }

    /// Everything in it is lost.
    pub fn flush(&self) {
        self.ask::<()>(&["FLUSHALL"]);
    }

    /// It keeps what it knows now for its next start, and nothing later.
    pub fn save(&self) {
        self.ask::<()>(&["SAVE"]);
    }

    /// It takes orders and answers nobody until [`RedisServer::wakes`].
    pub fn falls_asleep(&self) {
        self.signal("STOP");
    }

    /// It answers again, also what was asked meanwhile.
    pub fn wakes(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let child = self.child.lock().expect("nobody panics while it is held");
        let id = child.as_ref().expect("it is there").id();
        let sent = Command::new("sh").arg("-c").arg(format!("kill -{name} {id}")).status();
        assert!(sent.expect("a shell").success());
    }

    /// Its memory is full: nothing more can be written.
    pub fn is_full(&self) {
        self.ask::<()>(&["CONFIG", "SET", "maxmemory", "1"]);
    }

    /// It has room again.
    pub fn has_room(&self) {
        self.ask::<()>(&["CONFIG", "SET", "maxmemory", "0"]);
    }

    /// Every key in it.
    pub fn keys(&self) -> Vec<String> {
        self.ask(&["KEYS", "*"])
    }

    /// The set of readers by time of the only account.
    pub fn readers_key(&self) -> String {
        let found = self.keys().into_iter().find(|key| key.contains(":t:"));
        found.expect("somebody is in the index")
    }

    /// How many readers are in the index of the only account.
    pub fn readers(&self) -> usize {
        self.keys().iter().filter(|key| key.contains(":t:")).map(|key| self.ask::<usize>(&["ZCARD", key])).sum()
    }

    /// Asserts that there is nothing in it but numbers, times and names of ours.
    fn tells_nobody_who_the_readers_are(&self) {
        let Ok(client) = Client::open(self.url()) else { return };
        // Whoever was killed or put to sleep cannot be asked.
        let soon = std::time::Duration::from_secs(2);
        let Ok(mut connection) = client.get_connection_with_timeout(soon) else { return };
        connection.set_read_timeout(Some(soon)).expect("a time that is not zero");
        let Ok(keys) = redis::cmd("KEYS").arg("*").query::<Vec<String>>(&mut connection) else { return };
        for key in keys {
            let mut ask = |words: &[&str]| redis::cmd(words[0]).arg(&words[1..]).query::<redis::Value>(&mut connection);
            let held = [
                ask(&["GET", &key]),
                ask(&["ZRANGE", &key, "0", "-1"]),
                ask(&["HGETALL", &key]),
                ask(&["SMEMBERS", &key]),
            ];
            let held = format!("{key} {:?}", held.iter().flatten().collect::<Vec<_>>());
            let letters = |text: &str| text.chars().all(|c| c.is_ascii_graphic() || c == ' ');
            let id = |at: usize| held[at + 1..].bytes().take_while(u8::is_ascii_hexdigit).count() >= 32;
            let person = held.match_indices('U').any(|(at, _)| id(at));
            let day = held.as_bytes().windows(10).any(|text| {
                text.iter().enumerate().all(
                    |(at, byte)| {
                        if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() }
                    },
                )
            });
            assert!(letters(&held) && !person && !day, "in Redis: {held}");
        }
    }

    /// SIGKILL.
    pub fn kill(&self) {
        if let Some(mut child) = self.child.lock().expect("nobody panics while it is held").take() {
            child.kill().expect("the process can be killed");
            child.wait().expect("the process can be waited for");
        }
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.tells_nobody_who_the_readers_are();
        }
        self.kill();
    }
}
