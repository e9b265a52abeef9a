//! A small day: a registration that is being answered, a stop, and the mornings of a few families; and what
//! must be true when it is over, wherever a server died in it.

use chrono::DateTime;
use hagukumi::domain::calendar::{JST, civil};
use hagukumi::domain::delivery::State;
use hagukumi::domain::family::{Journey, Role};
use hagukumi::domain::ids::LineUserId;
use hagukumi::simulator::Entry;
use hagukumi::store::{EventState, NewReader};

use crate::line::Person;
use crate::redis_server::RedisServer;
use crate::town::{Hand, Town, time};

/// When the day begins, for all who look on.
pub const BEGINS: &str = "2026-11-23 07:50:00";
/// When the servers begin: the mornings are due at eight.
pub const JUST_BEFORE: &str = "2026-11-23 07:59:58";
/// When the lease of a dead server is over.
pub const AFTER_THE_LEASE: &str = "2026-11-23 08:02:00";
/// Families with a morning.
pub const FAMILIES: usize = 3;

/// Hana's due date.
const DUE: &str = "2027-03-01";
/// Opens what she is told on that day.
const TODAY: &str = "きょうから妊娠26週です";
/// What ends a registration, and a stop.
const REGISTERED: &str = "登録しました。";
const STOPPED: &str = "お届けを止めました。";
/// LINE may have taken what was on its way so long before a server was found dead: a request takes up to
/// 10 seconds.
const ON_ITS_WAY_MS: i64 = 20_000;

/// Everybody.
pub struct Cast<'t> {
    town: &'t Town,
    /// One tap before the end of her registration.
    pub hana: Person<'t>,
    /// Whose message comes at eight in the evening, and who stops before.
    yuki: Person<'t>,
    families: Vec<String>,
}

/// What became of the day until the last server was told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expects {
    /// Everybody has their morning.
    Mornings,
    /// The day was over when a server came back: at most what had left before.
    NoMorning,
    /// Nobody did anything; the draft was left lying for a day.
    Draft,
}

impl<'t> Cast<'t> {
    /// Everybody, on a database without servers.
    pub async fn of(town: &'t Town) -> Self {
        let hand = town.by_hand().await;
        let hana = nearly_registered(town, &hand).await;
        let mut families = town.line.friends(FAMILIES + 1).await;
        for (number, user) in families.iter().enumerate() {
            let (minute, due) = match number {
                0 => (None, "2026-11-23 08:00:00"),
                // Too late to be planned together with the one before.
                1..FAMILIES => (None, "2026-11-23 08:00:02"),
                _ => (Some(20 * 60), "2026-11-23 20:00:00"),
            };
            enrol(&hand, user, minute, time(due).timestamp_millis()).await;
        }
        hand.bot.leave().await;
        // Its index is made again with them.
        town.redis.iter().for_each(RedisServer::flush);
        let yuki = town.line.person(families.pop().expect("one more than families"));
        Self { town, hana, yuki, families }
    }

    /// Hana ends her registration and Yuki stops, both at once; the bot's statuses.
    pub async fn both_write(&self) -> [u16; 2] {
        let (hana, yuki) = tokio::join!(self.hana.taps("登録する"), self.yuki.says("停止"));
        [hana, yuki]
    }

    /// Waits until the servers have done what they can.
    pub async fn is_served(&self, expects: Expects) {
        if expects != Expects::Draft {
            self.hana.hears(REGISTERED).await;
            self.yuki.hears(STOPPED).await;
        }
        if expects == Expects::Mornings {
            let all = |ledger: &[Entry]| self.families.iter().all(|family| pushes(ledger, family).count() > 0);
            self.town.line.until("a morning for everybody", all).await;
        }
    }

    /// Two more mornings, and what must be true then. `killed_ms` says when servers died.
    pub async fn ends_well(&self, expects: Expects, killed_ms: &[i64]) {
        let hand = self.town.by_hand().await;
        hand.settle(self.town).await;
        hand.waits_until(self.town, "2026-11-23 20:00:20").await;
        self.was_answered_once(expects, killed_ms, &hand).await;
        for moment in ["2026-11-24 08:00:20", "2026-11-24 20:00:20", "2026-11-25 08:00:20"] {
            hand.waits_until(self.town, moment).await;
        }
        self.had_their_mornings(expects).await;
        nothing_is_open(self.town, &hand).await;
        let hanas = if expects == Expects::Draft { 0 } else { 1 };
        let store = hand.bot.app.store();
        assert_eq!(store.count("child").await.unwrap(), (FAMILIES + 1 + hanas) as i64);
        hand.bot.leave().await;
    }

    async fn was_answered_once(&self, expects: Expects, killed_ms: &[i64], hand: &Hand) {
        if expects == Expects::Draft {
            return;
        }
        let ledger = self.town.line.ledger().await;
        for (person, words) in [(&self.hana, REGISTERED), (&self.yuki, STOPPED)] {
            assert!(ledger.iter().any(|entry| says(entry, &person.id, words)), "{words} was never said");
            nothing_was_said_twice(&ledger, &person.id, killed_ms);
        }
        let told = ledger.iter().filter(|entry| says(entry, &self.hana.id, TODAY)).count();
        let in_doubt = hand.bot.app.store().deliveries_in(State::Unconfirmed).await.unwrap();
        assert!(told == 1 || (told == 0 && in_doubt > 0), "told {told} times, {in_doubt} rows in doubt");
    }

    async fn had_their_mornings(&self, expects: Expects) {
        let ledger = self.town.line.ledger().await;
        for family in &self.families {
            let days = days(pushes(&ledger, family));
            let (today, later) = match expects {
                Expects::Mornings => (&["11-23"][..], &days[..]),
                // The first day had no server.
                Expects::Draft => (&[][..], &days[..]),
                Expects::NoMorning => {
                    let sent = days.iter().take_while(|day| *day == "11-23").count();
                    assert!(sent <= 1, "{days:?}");
                    (&[][..], &days[sent..])
                }
            };
            assert_eq!(later, [today, &["11-24", "11-25"]].concat());
        }
        let mornings = |id: &str, words| days(pushes(&ledger, id).filter(|push| !says(push, id, words)));
        let (hanas, yukis): (&[&str], &[&str]) = match expects {
            Expects::Draft => (&[], &["11-24"]),
            Expects::Mornings | Expects::NoMorning => (&["11-24", "11-25"], &[]),
        };
        assert_eq!(mornings(&self.hana.id, REGISTERED), hanas);
        assert_eq!(mornings(&self.yuki.id, STOPPED), yukis);
    }
}

/// One tap before the end of a registration.
async fn nearly_registered<'t>(town: &'t Town, hand: &Hand) -> Person<'t> {
    let hana = town.line.new_user().await;
    assert_eq!(hana.add_friend().await, 200);
    hand.settle(town).await;
    assert_eq!(hana.taps("同意して登録する").await, 200);
    hand.settle(town).await;
    assert_eq!(hana.picks("出産予定日をえらぶ", DUE).await, 200);
    hand.settle(town).await;
    assert_eq!(hana.taps("つけない").await, 200);
    hand.settle(town).await;
    hana
}

/// A family put into the store as it would be after chatting.
pub async fn enrol(hand: &Hand, user: &str, minute: Option<u16>, due: i64) {
    let store = hand.bot.app.store();
    let account = store.account("main").await.unwrap().expect("the account is there").id;
    let tx = store.begin().await.unwrap();
    let user = LineUserId::parse(user).expect("LINE's id");
    let at = time(BEGINS).timestamp_millis();
    let mut reader = tx.keep_reader(NewReader { account, user, locale: "ja".into(), at }).await.unwrap();
    let journey = Journey::Born { born: "2026-09-01".parse().expect("a day"), due: None };
    let child = tx.keep_child(account, journey, None).await.unwrap();
    tx.keep_follow(reader.id, child, Role::Other, true).await.unwrap();
    reader.profile.minute = minute;
    reader.next_due_at = Some(due);
    tx.save_reader(&reader).await.unwrap();
    tx.commit().await.unwrap();
}

/// Asserts that nothing was said to somebody twice, but what a server was killed over: nobody knew what had
/// become of the reply, so its words alone were said again.
#[track_caller]
pub fn nothing_was_said_twice(ledger: &[Entry], user: &str, killed_ms: &[i64]) {
    for words in [REGISTERED, STOPPED] {
        let said: Vec<&Entry> = ledger.iter().filter(|entry| says(entry, user, words)).collect();
        match said.as_slice() {
            [] | [_] => {}
            [reply, push] => {
                assert_eq!([reply.endpoint.as_str(), push.endpoint.as_str()], ["reply", "push"]);
                let in_doubt = |killed: &i64| (killed - ON_ITS_WAY_MS..=*killed).contains(&reply.at_ms);
                assert!(killed_ms.iter().any(in_doubt), "{words} was said twice, and nobody was killed over it");
                assert!(!says(push, user, TODAY), "the day's text was said again");
            }
            said => panic!("{words} was said {} times", said.len()),
        }
    }
}

/// Asserts that every event is decided and every row has ended; an answer, unless it was overtaken by a
/// newer one, by reaching its reader.
pub async fn nothing_is_open(town: &Town, hand: &Hand) {
    let store = hand.bot.app.store();
    assert_eq!(store.events_in(EventState::Pending).await.unwrap(), 0);
    assert_eq!(store.events_in(EventState::Dead).await.unwrap(), 0);
    for account in town.witness.history().accounts {
        for row in account.deliveries {
            let (state, error) = (row.state.as_str(), row.error.as_deref());
            assert!(!["waiting", "sending"].contains(&state), "{} is {state}", row.purpose);
            let answered = state == "accepted" || error == Some("overtaken");
            assert!(answered || !row.purpose.starts_with("answer/"), "{} is {state}, {error:?}", row.purpose);
        }
    }
}

/// The pushes that LINE took for somebody.
pub fn pushes<'l>(ledger: &'l [Entry], user: &str) -> impl Iterator<Item = &'l Entry> {
    ledger.iter().filter(move |entry| entry.endpoint == "push" && entry.accepted && entry.is_to(user))
}

fn says(entry: &Entry, user: &str, words: &str) -> bool {
    let spoken = || entry.messages.iter().any(|message| message.to_string().contains(words));
    entry.accepted && entry.is_to(user) && spoken()
}

/// The days of entries in Japan, such as `11-23`.
pub fn days<'l>(entries: impl Iterator<Item = &'l Entry>) -> Vec<String> {
    let moment = |entry: &Entry| DateTime::from_timestamp_millis(entry.at_ms).expect("a time");
    entries.map(|entry| civil(moment(entry), JST).format("%m-%d").to_string()).collect()
}
