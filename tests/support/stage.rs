//! A stage for the built server: a simulated LINE behind a wire that can be held, one database, and a
//! bot on it that is either this process or the built one, never both.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use hagukumi::app::{App, Serving, install_tls, rehearsal_ambient};
use hagukumi::clock::{Ambient, RehearsalClock};
use hagukumi::config::Config;
use hagukumi::simulator::{Channel, Running, User};

use crate::server::{Server, free_address};
use crate::support::{Database, SECRET, TOKEN, Witness, listen, platform, settings, time};
use crate::wire::Wire;
use crate::witness::Attendance;

/// LINE, a wire, a database.
pub struct Stage {
    /// LINE, as the account sees it.
    pub line: Channel,
    /// The wire between the built server and LINE.
    pub wire: Wire,
    /// LINE's clock, moved by the story; a built server has its own, which starts where it is told.
    pub clock: Arc<RehearsalClock>,
    /// Where the built server listens.
    pub address: String,
    platform: Running,
    /// Looks on, and judges when the stage goes; the database must still be there.
    pub witness: Witness,
    attendance: Attendance,
    database: Database,
}

/// The bot in this process, without workers.
pub struct ByHand {
    /// The bot.
    pub app: App,
    serving: Serving,
    attendance: Attendance,
}

impl Stage {
    /// A stage at that time in Japan.
    pub async fn at(start: &str) -> Self {
        install_tls();
        let clock = Arc::new(RehearsalClock::standing(time(start)));
        let simulator = platform(&clock);
        let platform = simulator.serve(listen().0).await;
        let wire = Wire::to(&platform.api_url);
        let database = Database::fresh().await;
        let line = simulator.channel("main");
        let config = Config::read(None, settings(&database, &platform, time(start))).expect("the settings are right");
        let witness = Witness::of(&config, std::slice::from_ref(&line), &clock);
        let attendance = witness.servers_come_and_go();
        witness.keeps_secret(&[SECRET, TOKEN]);
        Self { line, wire, clock, address: free_address(), platform, witness, attendance, database }
    }

    /// The database of the bots.
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// Where its key lies, and its file if it is one.
    pub fn folder(&self) -> &Path {
        self.database.folder()
    }

    /// Settings of a server that starts at that time; later ones win.
    pub fn settings(&self, start: DateTime<Utc>, more: &[(&str, &str)]) -> Vec<(String, String)> {
        let own = [("LINE_API_URL", self.wire.url.as_str()), ("LISTEN", self.address.as_str())];
        let mut all = settings(&self.database, &self.platform, start);
        for (name, value) in own.iter().chain(more) {
            let name = format!("HAGUKUMI_{name}");
            all.retain(|(other, _)| *other != name);
            all.push((name, (*value).to_owned()));
        }
        all
    }

    /// The built server, from that time on; LINE's clock is moved there too.
    pub fn serve(&self, start: &str, more: &[(&str, &str)]) -> Server {
        self.wire.forget();
        self.clock.advance_to(time(start));
        self.line.set_webhook(&format!("http://{}/webhook", self.address));
        let mut server = Server::start(self.folder(), &self.settings(time(start), more));
        self.witness.hears(server.log());
        self.attendance.comes();
        let attendance = self.attendance.clone();
        server.when_gone(move || attendance.goes());
        server
    }

    /// The bot in this process, at LINE's time.
    pub async fn by_hand(&self) -> ByHand {
        self.by_hand_with(&[]).await
    }

    /// The same with other settings; later ones win.
    pub async fn by_hand_with(&self, more: &[(&str, &str)]) -> ByHand {
        let ambient = rehearsal_ambient(&self.clock);
        let config = Config::read(None, self.settings(ambient.now(), more)).expect("the settings are right");
        let (bot, url) = ByHand::open(&config, ambient, &self.attendance).await;
        self.line.set_webhook(&format!("{url}/webhook"));
        bot
    }

    /// A family that has registered with the bot in this process, which is then gone.
    pub async fn registered(&self, due: &str) -> User {
        let bot = self.by_hand().await;
        let user = self.nearly_registered(&bot, due).await;
        assert_eq!(user.taps("登録する").await, 200);
        bot.settle().await;
        bot.leave().await;
        user
    }

    /// A family one tap before the end of its registration.
    pub async fn nearly_registered(&self, bot: &ByHand, due: &str) -> User {
        let user = self.line.new_user();
        assert_eq!(user.add_friend().await, 200);
        bot.settle().await;
        assert_eq!(user.taps("同意して登録する").await, 200);
        bot.settle().await;
        assert_eq!(user.picks("出産予定日をえらぶ", due).await, 200);
        bot.settle().await;
        assert_eq!(user.taps("つけない").await, 200);
        bot.settle().await;
        user
    }
}

impl ByHand {
    /// Opens it, and says where it listens.
    pub async fn open(config: &Config, ambient: Ambient, attendance: &Attendance) -> (Self, String) {
        let app = open(config, ambient).await;
        let (listener, url) = listen();
        let serving = app.serve_by_hand(listener).expect("the bot serves");
        attendance.comes();
        (Self { app, serving, attendance: attendance.clone() }, url)
    }

    /// Lets everything happen that can happen now.
    pub async fn settle(&self) {
        self.app.settle().await.expect("nothing fails");
    }

    /// Gives the database free.
    pub async fn leave(self) {
        let Self { app, serving, attendance } = self;
        drop(app);
        serving.stop().await;
        attendance.goes();
    }
}

/// Opens the bot. A process that another test is just starting holds a copy of every open file until it
/// has become itself, the lock of a bot that has ended too: whoever finds it in use asks again for a while.
async fn open(config: &Config, ambient: Ambient) -> App {
    let limit = std::time::Instant::now() + std::time::Duration::from_secs(10);
    loop {
        match App::open(config, ambient.clone()).await {
            Err(hagukumi::app::StartError::InUse(_)) if std::time::Instant::now() < limit => {
                tokio::task::yield_now().await;
            }
            opened => return opened.expect("the bot opens"),
        }
    }
}
