//! What must be true at the end of a week, whatever its seed.
//!
//! The judge of all histories (`support::history`) speaks first. Then come promises that only a quiet end
//! can be held to: whoever may be written to got each of the last two mornings, once, and nobody else
//! did; the bot follows exactly those who follow it; nothing is open, undecided or put aside; LINE never
//! had a reason of its own to refuse a push.

use std::collections::HashMap;

use hagukumi::clock::Clock as _;
use hagukumi::simulator::{Channel, Entry, WebhookEntry};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database as Opened, DatabaseConnection, QueryResult, Statement};
use serde_json::Value;

use crate::place;
use crate::support::history::days::moment;
use crate::support::history::slots::has_text;
use crate::support::history::{Account, Day, History, Reader, Span, calls, judge};
use crate::support::witness::{Database, log, rows};
use crate::week::Week;

/// Everything that is known at the end.
pub fn history(week: &Week, logged: String) -> History {
    let mut accounts: Vec<Account> = week.lines.iter().map(|line| of_line(week, line)).collect();
    let file = place::file(week.folder.path());
    let database = Database { url: format!("sqlite://{}", file.display()), key: file.with_extension("key") };
    rows::fill(&mut accounts, &database);
    let mut personal: Vec<String> = accounts.iter().flat_map(log::personal).collect();
    personal.extend(place::ACCOUNTS.iter().flat_map(|slug| [format!("secret-of-{slug}"), format!("token-of-{slug}")]));
    let until_ms = week.clock.now().timestamp_millis();
    History { until_ms, accounts, server_away: week.server_away.clone(), lost: Vec::new(), log: logged, personal }
}

fn of_line(week: &Week, line: &Channel) -> Account {
    Account {
        slug: line.slug().to_owned(),
        ships: true,
        webhooks: line.webhook_log(),
        requests: line.ledger(),
        line_away: week.line_away.clone(),
        ..Account::default()
    }
}

/// Everything that must not be and is.
pub fn found(week: &Week, history: &History) -> Vec<String> {
    let mut found: Vec<String> = judge(history).iter().map(ToString::to_string).collect();
    for (line, account) in week.lines.iter().zip(&history.accounts) {
        found.extend(open_ends(account));
        found.extend(strangers(line, account));
        found.extend(refused_by_line(account));
        found.extend(told_again(account, &week.server_away));
        for day in [week.quiet, week.quiet.plus(1)] {
            found.extend(wrong_mornings(account, day));
        }
    }
    found
}

/// Rows and events that still wait for something, and events that were given up.
fn open_ends(account: &Account) -> Vec<String> {
    let open = |state: &str| matches!(state, "waiting" | "sending");
    let rows = account.deliveries.iter().filter(|row| open(&row.state));
    let rows = rows.map(|row| format!("{} is {} at the end", row.purpose, row.state));
    let events = account.events.iter().filter(|event| !matches!(event.state.as_str(), "done" | "ignored"));
    rows.chain(events.map(|event| format!("event {} is {} at the end", event.key, event.state))).collect()
}

/// Readers whom the bot believes to follow and who do not, or the other way round.
fn strangers(line: &Channel, account: &Account) -> Vec<String> {
    let wrong = |reader: &&Reader| reader.follows_account != line.user_with_id(reader.user.clone()).is_friend();
    let wrong = account.readers.iter().filter(wrong);
    wrong.map(|reader| format!("{} follows: {}, says the bot", reader.user, reader.follows_account)).collect()
}

/// Pushes that LINE refused though nothing was done to it.
fn refused_by_line(account: &Account) -> Vec<String> {
    let refused = |entry: &&Entry| entry.endpoint == "push" && !entry.fault && entry.status == 400;
    let refused = account.requests.iter().filter(refused);
    refused.map(|entry| format!("LINE refused a push: {:?}", entry.messages)).collect()
}

/// Pushes of a day's text that an accepted reply had brought before. While a server that died still holds the
/// push, nobody can know whether it left; and what was read during a rest comes again to whoever ends the rest
/// before the day's hour.
fn told_again(account: &Account, away: &[Span]) -> Vec<String> {
    let is_held = |at_ms: i64| away.iter().any(|span| (span.from_ms..=span.until_ms).contains(&at_ms));
    let sends: Vec<(&Entry, Vec<calls::Call>)> = account
        .requests
        .iter()
        .filter(|entry| entry.accepted && matches!(entry.endpoint.as_str(), "push" | "reply"))
        .map(|entry| (entry, calls::of(entry)))
        .filter(|(_, calls)| !calls.is_empty())
        .collect();
    let same = |one: &Entry, other: &Entry| one.to == other.to && Day::at(one.at_ms) == Day::at(other.at_ms);
    let pushed = sends.iter().enumerate().filter(|(_, (entry, _))| entry.endpoint == "push");
    let again = pushed.filter(|(at, (push, calls))| {
        let mut before = sends[..*at].iter().filter(|(entry, _)| entry.endpoint == "reply");
        before.any(|(reply, told)| {
            same(reply, push) && told == calls && !is_held(reply.at_ms) && !came_back(account, reply, push)
        })
    });
    again
        .map(|(_, (push, _))| format!("{:?} was pushed at {} what a reply had said", push.to, moment(push.at_ms)))
        .collect()
}

/// Whether the reader ended a rest between the two.
fn came_back(account: &Account, reply: &Entry, push: &Entry) -> bool {
    let between = |webhook: &&WebhookEntry| (reply.at_ms..=push.at_ms).contains(&webhook.at_ms);
    let theirs = |event: &Value| push.to.iter().any(|user| event["source"]["userId"] == user.as_str());
    let mut between = account.webhooks.iter().filter(between).flat_map(|webhook| &webhook.events);
    let said = |part: &Value, what: &str| part.as_str().is_some_and(|said| said.contains(what));
    let resumes =
        |event: &Value| said(&event["postback"]["data"], "|rest|resume|") || said(&event["message"]["text"], "再開");
    between.any(|event| theirs(event) && resumes(event))
}

/// What a reader is to get on a quiet day; `None` where the rows alone do not tell.
fn is_due(reader: &Reader, day: Day) -> Option<bool> {
    if reader.rests {
        return None;
    }
    let lives = reader.children.iter().filter(|child| child.stopped_on.is_none());
    let texts: Vec<Option<bool>> = lives.map(|child| has_text(child.anchor, day)).collect();
    if !reader.follows_account || texts.is_empty() {
        return Some(false);
    }
    if texts.contains(&Some(true)) { Some(true) } else { None }
}

/// Whether a week of rest may reach that day: once it is over it leaves no trace.
fn may_rest(account: &Account, user: &str, day: Day) -> bool {
    let rests = |event: &Value| {
        let (data, text) = (&event["postback"]["data"], &event["message"]["text"]);
        let wish = |said: &Value| said.as_str().is_some_and(|said| said.contains("|rest|") || said.contains("1週間"));
        event["source"]["userId"] == user && (wish(data) || wish(text))
    };
    let lately = |webhook: &&WebhookEntry| Day::at(webhook.at_ms).plus(7) >= day;
    account.webhooks.iter().filter(lately).any(|webhook| webhook.events.iter().any(rests))
}

fn wrong_mornings(account: &Account, day: Day) -> Vec<String> {
    let mut got: HashMap<&str, usize> = HashMap::new();
    let pushes = account.requests.iter().filter(|entry| entry.endpoint == "push" && entry.accepted);
    for push in pushes.filter(|push| Day::at(push.at_ms) == day && !calls::of(push).is_empty()) {
        push.to.iter().for_each(|user| *got.entry(user).or_default() += 1);
    }
    let known: HashMap<&str, &Reader> = account.readers.iter().map(|reader| (reader.user.as_str(), reader)).collect();
    let wrong = |(user, reader): (&&str, &&Reader)| {
        let count = got.get(*user).copied().unwrap_or(0);
        let due = is_due(reader, day).filter(|_| !may_rest(account, user, day))?;
        (count != usize::from(due)).then(|| format!("{user} got {count} mornings on {day}, which was quiet"))
    };
    let strangers = got.keys().filter(|user| !known.contains_key(*user));
    let strangers = strangers.map(|user| format!("{user} is not known and was written to on {day}"));
    known.iter().filter_map(wrong).chain(strangers).collect()
}

/// What happened to everybody, to be read by whoever looks into a seed.
pub fn tale(week: &Week, history: &History) -> String {
    let mut lines: Vec<(i64, String)> = Vec::new();
    for spell in &week.spells {
        lines.push((spell.from_ms, format!("-- {:?} until {}", spell.kind, moment(spell.until_ms))));
    }
    for span in &week.server_away {
        lines.push((span.from_ms, format!("-- no server until {}", moment(span.until_ms))));
    }
    for account in &history.accounts {
        let ask = |entry: &Entry| {
            let said = entry.messages.first().and_then(|message| message["text"].as_str()).unwrap_or_default();
            let said = said.lines().take(2).collect::<Vec<_>>().join("/");
            let (kind, to, key) = (&entry.endpoint, &entry.to, entry.retry_key.as_deref().unwrap_or_default());
            format!("<- {kind} {to:?} {} fault={} {said} {key}", entry.status, entry.fault)
        };
        lines.extend(account.requests.iter().map(|entry| (entry.at_ms, ask(entry))));
        for sent in &account.webhooks {
            let told = |event: &Value| {
                let (kind, user) = (&event["type"], &event["source"]["userId"]);
                let said = [&event["message"]["text"], &event["postback"]["data"], &event["postback"]["params"]];
                format!("{kind} {user} {said:?} of {}", moment(event["timestamp"].as_i64().unwrap_or_default()))
            };
            let told: Vec<String> = sent.events.iter().map(told).collect();
            lines.push((sent.at_ms, format!("-> {} {}", sent.status, told.join(" + "))));
        }
        for row in &account.deliveries {
            let (settled, user) = (row.settled_at.unwrap_or(i64::MAX / 4), row.user.as_deref().unwrap_or("?"));
            lines.push((settled, format!("== {} {user} {} {:?}", row.purpose, row.state, row.error)));
        }
    }
    lines.sort_by_key(|(at, _)| *at);
    lines.iter().map(|(at, line)| format!("{} {line}\n", moment((*at).min(history.until_ms)))).collect()
}

/// Everything that happened, line by line: every request with its answer, every webhook, every row as it
/// stands. Real time alone is left out.
pub fn transcript(week: &Week, history: &History) -> Vec<String> {
    let mut lines = Vec::new();
    for account in &history.accounts {
        lines.extend(account.requests.iter().map(|entry| format!("{:?}", Entry { watch_ms: 0, ..entry.clone() })));
        lines.extend(account.webhooks.iter().map(|sent| format!("{} {} {:?}", sent.at_ms, sent.status, sent.events)));
    }
    lines.extend(rows_of(&place::file(week.folder.path())));
    lines
}

fn rows_of(file: &std::path::Path) -> Vec<String> {
    let url = format!("sqlite://{}?mode=ro", file.display());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("memory");
    runtime.block_on(async {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let db = Opened::connect(options).await.expect("the database opens");
        let mut lines = Vec::new();
        for table in ask(&db, "SELECT name AS it FROM sqlite_master WHERE type = 'table' ORDER BY name").await {
            let columns = format!("SELECT 'quote(\"' || name || '\")' AS it FROM pragma_table_info('{table}')");
            let columns = ask(&db, &columns).await.join(" || ' ' || ");
            let rows = ask(&db, &format!("SELECT {columns} AS it FROM \"{table}\" ORDER BY 1")).await;
            lines.extend(rows.iter().map(|row| format!("{table}: {row}")));
        }
        db.close().await.expect("the connection closes");
        lines
    })
}

async fn ask(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql.to_owned())).await;
    let text = |row: &QueryResult| row.try_get::<String>("", "it").expect("a text");
    rows.expect("rows").iter().map(text).collect()
}
