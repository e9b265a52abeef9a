//! A LINE that says what a test tells it to, byte by byte, over real sockets.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// One request, as it arrived.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// Method and path.
    pub(super) line: String,
    pub(super) headers: HashMap<String, String>,
    pub(super) body: String,
    /// How many came before.
    pub(super) index: usize,
}

/// What is done with a request.
pub(super) enum Play {
    /// This is answered.
    Answer(String),
    /// This is answered, and the rest never comes.
    Stall(&'static str),
    /// This is answered, and the connection ends.
    End(&'static str),
}

/// The server and what it was asked.
pub(super) struct Canned {
    pub(super) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

type Script = dyn Fn(&Request) -> Play + Send + Sync;

impl Canned {
    /// Starts on a free port; its threads end with the test.
    pub(super) fn playing(script: impl Fn(&Request) -> Play + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Script> = Arc::new(script);
        let seen = requests.clone();
        thread::spawn(move || {
            for connection in listener.incoming().map_while(Result::ok) {
                let (script, seen) = (script.clone(), seen.clone());
                thread::spawn(move || serve(connection, &*script, &seen));
            }
        });
        Self { url, requests }
    }

    /// Answers everything with this status, these headers and this body.
    pub(super) fn answering(status: u16, headers: &'static str, body: &'static str) -> Self {
        Self::playing(move |_| Play::answer(status, headers, body))
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

impl Play {
    pub(super) fn answer(status: u16, headers: &str, body: &str) -> Self {
        Self::Answer(format!("HTTP/1.1 {status} X\r\n{headers}content-length: {}\r\n\r\n{body}", body.len()))
    }
}

fn serve(mut connection: TcpStream, script: &Script, seen: &Mutex<Vec<Request>>) {
    let mut reader = BufReader::new(connection.try_clone().unwrap());
    while let Some(request) = read(&mut reader, seen) {
        match script(&request) {
            Play::Answer(bytes) => connection.write_all(bytes.as_bytes()).unwrap(),
            Play::End(bytes) => return connection.write_all(bytes.as_bytes()).unwrap(),
            Play::Stall(bytes) => {
                connection.write_all(bytes.as_bytes()).unwrap();
                // Until the client gives up.
                let _ = reader.read(&mut [0]);
                return;
            }
        }
    }
}

fn read(reader: &mut impl BufRead, seen: &Mutex<Vec<Request>>) -> Option<Request> {
    let mut lines = reader.by_ref().lines().map_while(Result::ok);
    let line = lines.next()?;
    let headers: HashMap<String, String> = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned())))
        .collect();
    let mut body = vec![0; headers.get("content-length").map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    let mut seen = seen.lock().unwrap();
    let line = line.trim_end_matches(" HTTP/1.1").to_owned();
    let request = Request { line, headers, body: String::from_utf8(body).unwrap(), index: seen.len() };
    seen.push(request.clone());
    Some(request)
}
