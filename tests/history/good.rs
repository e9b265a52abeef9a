//! A good history by hand: two accounts, three families, and one of everything that may happen.

use hagukumi::simulator::{Entry, WebhookEntry};
use serde_json::{Value, json};

use crate::history::{Account, Anchor, Child, Day, Delivery, EventRow, History, Reader, Span};

/// Expects a child on 2027-03-01: 26 weeks 0 days on 2026-11-23.
pub const HANA: &str = "U000000000000000000000000000000a1";
/// Has a child that was born on 2026-11-01, and stopped on 2026-11-23.
pub const MIO: &str = "U000000000000000000000000000000b2";
/// Blocked the account on 2026-11-22.
pub const AKI: &str = "U000000000000000000000000000000c3";
/// Expects a child on 2027-03-01 and follows the other account.
pub const YUI: &str = "U000000000000000000000000000000d4";

/// A moment in Japan of November 2026.
pub fn at(day: i64, hour: i64, minute: i64) -> i64 {
    Day::of(2026, 11, day).at_minute(hour * 60 + minute)
}

/// A request that LINE accepted.
pub fn request(endpoint: &str, at_ms: i64, to: &str, id: &str, texts: &[&str]) -> Entry {
    Entry {
        at_ms,
        watch_ms: 0,
        endpoint: endpoint.to_owned(),
        to: vec![to.to_owned()],
        retry_key: (endpoint == "push").then(|| format!("key-{to}-{}", Day::at(at_ms))),
        reply_token: (endpoint == "reply").then(|| format!("token-{id}")),
        fault: false,
        status: 200,
        accepted: true,
        delivered: true,
        messages: texts.iter().map(|text| json!({ "type": "text", "text": text })).collect(),
        request_id: id.to_owned(),
        accepted_request_id: None,
    }
}

/// The row of a request.
pub fn row(purpose: &str, user: &str, request: &str) -> Delivery {
    Delivery {
        user: Some(user.to_owned()),
        purpose: purpose.to_owned(),
        state: "accepted".to_owned(),
        error: None,
        request_id: Some(request.to_owned()),
        window_until: at(23, 21, 0),
        settled_at: Some(at(23, 8, 0)),
    }
}

/// A row that reached nobody.
pub fn missed(purpose: &str, user: &str, state: &str, error: &str, settled_at: i64) -> Delivery {
    let (request_id, settled_at) = (None, Some(settled_at));
    let error = Some(error.to_owned());
    Delivery { state: state.to_owned(), error, request_id, settled_at, ..row(purpose, user, "") }
}

/// One webhook of one event that was answered 200, and its row.
pub fn heard(account: &mut Account, at_ms: i64, user: &str, id: &str, more: Value) {
    let mut event = json!({
        "webhookEventId": id, "timestamp": at_ms, "source": { "type": "user", "userId": user },
        "replyToken": format!("token-{id}"),
    });
    for (name, value) in more.as_object().unwrap() {
        event[name] = value.clone();
    }
    account.webhooks.push(WebhookEntry { at_ms, events: vec![event], status: 200, took_ms: 1 });
    let row = account.events.len() as i64 + 7_000;
    account.events.push(EventRow { id: row, key: id.to_owned(), state: "done".to_owned(), received_at: at_ms });
}

/// An answer to an event of that id.
pub fn answered(account: &mut Account, at_ms: i64, user: &str, id: &str, texts: &[&str]) {
    account.requests.push(request("reply", at_ms, user, id, texts));
    account.deliveries.push(row(&format!("answer/{id}"), user, id));
}

/// A morning that came at that hour.
pub fn morning(account: &mut Account, at_ms: i64, user: &str, text: &str) {
    let day = Day::at(at_ms);
    let id = format!("push-{user}-{day}");
    account.requests.push(request("push", at_ms, user, &id, &[text]));
    account.deliveries.push(row(&format!("daily/{day}"), user, &id));
}

fn reader(user: &str, anchor: Anchor, stopped_on: Option<Day>) -> Reader {
    let child = Child { since_ms: at(22, 9, 0), version: 1, anchor, stopped_on };
    Reader {
        user: user.to_owned(),
        follows_account: user != AKI,
        minute: None,
        rests: false,
        came_back: false,
        children: vec![child],
    }
}

/// The history of `main` and `other` up to 2026-11-24, noon. In between LINE failed `main` for half an hour.
pub fn history() -> History {
    let due = Anchor::Due(Day::of(2027, 3, 1));
    let mut main = Account { slug: "main".to_owned(), ships: true, ..Account::default() };
    for (user, id) in [(HANA, "h1"), (MIO, "m1"), (AKI, "a1")] {
        heard(&mut main, at(22, 9, 0), user, id, json!({ "type": "postback", "postback": { "data": "yes" } }));
    }
    answered(&mut main, at(22, 9, 0), HANA, "h1", &["登録しました。", "きょうは妊娠25週6日です。\n\n本文"]);
    main.deliveries.push(row("daily/2026-11-22", HANA, "h1"));
    answered(&mut main, at(22, 9, 0), MIO, "m1", &["登録しました。", "もも、生まれて22日目です。\n\n本文"]);
    main.deliveries.push(row("daily/2026-11-22", MIO, "m1"));
    heard(&mut main, at(22, 10, 0), AKI, "a2", json!({ "type": "unfollow" }));

    // LINE accepts the first morning and does not say so; then it is down for half an hour.
    let failed = Entry {
        status: 500,
        fault: true,
        ..request("push", at(23, 8, 0), HANA, "lost", &["きょうから妊娠26週です。"])
    };
    main.requests.push(Entry { accepted: false, ..failed });
    let failed = Entry {
        status: 503,
        fault: true,
        ..request("push", at(23, 8, 30), MIO, "down", &["もも、生まれて23日目です。"])
    };
    main.requests.push(Entry { accepted: false, ..failed });
    morning(&mut main, at(23, 8, 31), HANA, "きょうから妊娠26週です。\n\n本文");
    morning(&mut main, at(23, 8, 31), MIO, "もも、生まれて23日目です。\n\n本文");
    heard(
        &mut main,
        at(23, 9, 0),
        MIO,
        "m2",
        json!({ "type": "message", "message": { "type": "text", "text": "停止" } }),
    );
    answered(&mut main, at(23, 9, 0), MIO, "m2", &["お届けを止めました。"]);
    morning(&mut main, at(24, 8, 0), HANA, "きょうは妊娠26週1日です。\n\n本文");
    main.readers = vec![
        reader(HANA, due, None),
        reader(MIO, Anchor::Born(Day::of(2026, 11, 1)), Some(Day::of(2026, 11, 23))),
        reader(AKI, due, None),
    ];

    let mut other = Account { slug: "other".to_owned(), ships: true, ..Account::default() };
    for (day, text) in [(23, "きょうから妊娠26週です。"), (24, "きょうは妊娠26週1日です。")] {
        morning(&mut other, at(day, 8, 0), YUI, text);
    }
    other.readers = vec![reader(YUI, due, None)];
    let personal = [HANA, MIO, AKI, YUI, "もも"].map(str::to_owned).into();
    let log = "INFO hagukumi: serving\nWARN hagukumi: a delivery was not accepted".to_owned();
    let server_away = vec![Span { from_ms: at(20, 0, 0), until_ms: at(21, 0, 0) }];
    History { until_ms: at(24, 12, 0), accounts: vec![main, other], server_away, lost: Vec::new(), log, personal }
}
