//! A stage on which nothing that is killed can take the judge along: LINE in a process of its own, the
//! built server in another, behind a wire that can be held, and one database for the two bots that take
//! turns on it: the built one, and one in this process.
//!
//! LINE's clock runs on in real time, and the story moves it forward; so do the clocks of the bots.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use hagukumi::app::{App, install_tls, rehearsal_ambient};
use hagukumi::clock::RehearsalClock;
use hagukumi::config::Config;

use crate::line::{Line, Person};
use crate::server::{Server, free_address};
use crate::stage::ByHand;
use crate::support::{Database, SECRET, TOKEN, Witness, database_settings, time};
use crate::wire::Wire;
use crate::witness::Attendance;

/// LINE, a wire, a database.
pub struct Apart {
    /// Looks on, and judges when the stage goes; LINE and the database must still be there.
    pub witness: Witness,
    /// The wire between the built server and LINE.
    pub wire: Wire,
    /// LINE, as the account sees it.
    pub line: Line,
    /// Where the built server listens.
    address: String,
    attendance: Attendance,
    database: Database,
}

/// The bot in this process, without workers, and its clock.
pub struct Hand<'s> {
    stage: &'s Apart,
    bot: ByHand,
    clock: Arc<RehearsalClock>,
}

impl Apart {
    /// A stage at that time in Japan.
    pub async fn at(start: &str) -> Self {
        install_tls();
        let database = Database::fresh().await;
        let line = Line::start(database.folder(), &named(shared(time(start))));
        let wire = Wire::to(&line.api_url);
        let settings = named(common(&line, &line.api_url, &database, time(start)));
        let config = Config::read(None, settings).expect("the settings are right");
        let witness = Witness::beside(&config, vec![Box::new(line.looker())], line.looker().now());
        let attendance = witness.servers_come_and_go();
        witness.keeps_secret(&[SECRET, TOKEN]);
        Self { witness, wire, line, address: free_address(), attendance, database }
    }

    /// The built server, from that time on or, where LINE is later already, from LINE's; LINE's clock is
    /// moved there too.
    pub async fn serve(&self, start: &str) -> Server {
        self.wire.forget();
        self.line.advance_to(time(start)).await;
        self.line.spread_webhooks(&[format!("http://{}/webhook", self.address)]).await;
        let mut settings = common(&self.line, &self.wire.url, &self.database, self.line.now().await);
        settings.push(("LISTEN", self.address.clone()));
        let mut server = Server::start(self.database.folder(), &named(settings));
        self.witness.hears(server.log());
        self.attendance.comes();
        let attendance = self.attendance.clone();
        server.when_gone(move || attendance.goes());
        server
    }

    /// The bot in this process, at LINE's time.
    pub async fn by_hand(&self) -> Hand<'_> {
        let now = self.line.now().await;
        let clock = Arc::new(RehearsalClock::standing(now));
        let settings = named(common(&self.line, &self.wire.url, &self.database, now));
        let config = Config::read(None, settings).expect("the settings are right");
        let (bot, url) = ByHand::open(&config, rehearsal_ambient(&clock), &self.attendance).await;
        self.line.spread_webhooks(&[format!("{url}/webhook")]).await;
        Hand { stage: self, bot, clock }
    }

    /// A family that has registered with the bot in this process, which is then gone.
    pub async fn registered(&self, due: &str) -> Person<'_> {
        let bot = self.by_hand().await;
        let user = self.nearly_registered(&bot, due).await;
        assert_eq!(user.taps("登録する").await, 200);
        bot.settle().await;
        bot.leave().await;
        user
    }

    /// A family one tap before the end of its registration.
    pub async fn nearly_registered(&self, bot: &Hand<'_>, due: &str) -> Person<'_> {
        let user = self.line.new_user().await;
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

impl Hand<'_> {
    /// The bot.
    pub const fn app(&self) -> &App {
        &self.bot.app
    }

    /// Lets everything happen that can happen at LINE's time.
    pub async fn settle(&self) {
        self.clock.advance_to(self.stage.line.now().await);
        self.bot.settle().await;
    }

    /// Lets time pass for the bot, then for LINE.
    pub async fn waits_until(&self, target: &str) {
        self.app().advance_to(&self.clock, time(target)).await.expect("nothing fails");
        self.stage.line.advance_to(time(target)).await;
    }

    /// Gives the database free.
    pub async fn leave(self) {
        self.bot.leave().await;
    }
}

/// What the bots share with LINE.
fn shared(start: DateTime<Utc>) -> Vec<(&'static str, String)> {
    let own = [("CHANNEL_SECRET", SECRET), ("CHANNEL_ACCESS_TOKEN", TOKEN)];
    let mut settings: Vec<_> = own.map(|(name, value)| (name, value.to_owned())).to_vec();
    settings.push(("REHEARSAL_CLOCK", start.to_rfc3339()));
    settings
}

/// What all bots have that start then and find the API there.
fn common(line: &Line, api_url: &str, database: &Database, start: DateTime<Utc>) -> Vec<(&'static str, String)> {
    let mut settings = shared(start);
    settings.extend(database_settings(database));
    settings.push(("LINE_API_URL", api_url.to_owned()));
    settings.push(("LINE_DATA_API_URL", line.data_url.clone()));
    settings
}

fn named(settings: Vec<(&'static str, String)>) -> Vec<(String, String)> {
    settings.into_iter().map(|(name, value)| (format!("HAGUKUMI_{name}"), value)).collect()
}
