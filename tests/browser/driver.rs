//! A headless Chromium behind its driver: what fantoccini does not do itself.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::process::Process;

/// One driver with one browser and a profile of its own.
pub(crate) struct Browser {
    /// Speaks to the driver.
    pub(crate) client: Client,
    http: reqwest::Client,
    port: u16,
    session: String,
    _driver: Process,
    _folder: TempDir,
}

/// The size of a screen in CSS pixels.
#[derive(Clone, Copy)]
pub(crate) struct Screen {
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Where a programme is: what the variable says, or the first of that name on the path.
fn programme(variable: &str, name: &str, package: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = || std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    std::env::var_os(variable).map(PathBuf::from).or_else(found).unwrap_or_else(|| {
        panic!("{name} is missing: install it (Debian: apt-get install {package}), or say in {variable} where it is")
    })
}

impl Browser {
    /// Starts both.
    pub(crate) async fn start(screen: Screen) -> Self {
        hagukumi::app::install_tls();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (driver, port) = start_driver(&folder);
        let client = ClientBuilder::rustls()
            .expect("certificates can be read")
            .capabilities(capabilities(screen, &folder))
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap_or_else(|why| panic!("Chromium does not start: {why}"));
        let session = client.session_id().await.expect("the driver answers").expect("the driver opened a session");
        let http = reqwest::Client::builder().no_proxy().build().expect("a client without proxies");
        Self { client, http, port, session, _driver: driver, _folder: folder }
    }

    /// The name that assistive technology reads for an element.
    pub(crate) async fn accessible_name(&self, element: &Element) -> String {
        let id = element.element_id().to_string();
        let said = self.ask(reqwest::Method::GET, &format!("element/{id}/computedlabel"), None).await;
        said.as_str().expect("a name is a text").to_owned()
    }

    /// Warnings and errors in the console since the last question.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let said = self.ask(reqwest::Method::POST, "se/log", Some(json!({ "type": "browser" }))).await;
        let entries = said.as_array().expect("a log is a list");
        let grave = |entry: &&Value| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING"));
        entries.iter().filter(grave).map(|entry| entry["message"].to_string()).collect()
    }

    async fn ask(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
        let url = format!("http://127.0.0.1:{}/session/{}/{path}", self.port, self.session);
        let asked = body.iter().fold(self.http.request(method, url), |asked, body| asked.json(body));
        let answer = asked.send().await.expect("the driver answers");
        let said: Value = answer.json().await.expect("the driver speaks JSON");
        said["value"].clone()
    }
}

/// The driver on a port of its own choice.
fn start_driver(folder: &TempDir) -> (Process, u16) {
    let programme = programme("CHROMEDRIVER", "chromedriver", "chromium-driver");
    let port_in = |line: &str| line.split_once("started successfully on port ")?.1.trim_end_matches('.').parse().ok();
    let mut last = String::new();
    // It looks for a port that is free for IPv6, and gives up when that one is taken for IPv4.
    for _ in 0..10 {
        let mut command = Command::new(&programme);
        // The browser speaks English, so that a date is typed as month, day, year.
        command.arg("--port=0").env("TMPDIR", folder.path()).env("LANGUAGE", "en_US").stderr(Stdio::null());
        let driver = Process::start("chromedriver", &mut command);
        match driver.says(port_in) {
            Ok(port) => return (driver, port),
            Err(why) => last = why,
        }
    }
    panic!("{last}");
}

fn capabilities(screen: Screen, folder: &TempDir) -> serde_json::Map<String, Value> {
    let Screen { width, height } = screen;
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--no-proxy-server",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--force-prefers-reduced-motion",
        "--lang=en-US",
        // No name leads anywhere: whatever a page asks for elsewhere fails at once, and loudly.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        &format!("--user-data-dir={}", folder.path().join("profile").display()),
    ];
    let options = json!({
        "binary": programme("CHROMIUM", "chromium", "chromium"),
        "args": arguments,
        "mobileEmulation": { "deviceMetrics": { "width": width, "height": height, "pixelRatio": 1.0, "mobile": width < 500 } },
    });
    let wanted = json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } });
    wanted.as_object().expect("an object").clone()
}

impl Drop for Browser {
    /// Lets the driver close the browser; whatever is left ends with the driver.
    fn drop(&mut self) {
        let Ok(mut line) = TcpStream::connect(("127.0.0.1", self.port)) else { return };
        let farewell = format!(
            "DELETE /session/{} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
            self.session, self.port
        );
        drop(line.set_read_timeout(Some(Duration::from_secs(5))));
        drop(line.write_all(farewell.as_bytes()));
        drop(line.read(&mut [0; 1024]));
    }
}
