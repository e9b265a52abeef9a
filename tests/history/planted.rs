//! A good history passes; spoilt in one way, it fails by that invariant and by no other.

use std::collections::BTreeSet;

use hagukumi::simulator::Entry;
use serde_json::json;

use crate::good::{AKI, HANA, MIO, YUI, answered, at, heard, history, missed, morning, request, row};
use crate::history::{Account, Anchor, Day, EventRow, History, Span, judge};

/// The invariants that a history breaks.
fn broken(history: &History) -> Vec<&'static str> {
    let found: BTreeSet<&str> = judge(history).into_iter().map(|violation| violation.invariant).collect();
    found.into_iter().collect()
}

/// Asserts that the good history, spoilt so, breaks exactly this invariant.
#[track_caller]
fn breaks(invariant: &'static str, spoil: impl FnOnce(&mut History)) {
    let mut spoilt = history();
    spoil(&mut spoilt);
    let violations: Vec<String> = judge(&spoilt).iter().map(ToString::to_string).collect();
    assert_eq!(broken(&spoilt), [invariant], "{violations:#?}");
}

/// Asserts that the good history, changed so, is still good.
#[track_caller]
fn is_fine(change: impl FnOnce(&mut History)) {
    let mut changed = history();
    change(&mut changed);
    let violations: Vec<String> = judge(&changed).iter().map(ToString::to_string).collect();
    assert!(violations.is_empty(), "{violations:#?}");
}

fn main_of(history: &mut History) -> &mut Account {
    &mut history.accounts[0]
}

fn push_of<'h>(history: &'h mut History, user: &str, day: i64) -> &'h mut Entry {
    let day = Day::of(2026, 11, day);
    let accounts = history.accounts.iter_mut().flat_map(|account| &mut account.requests);
    let mut pushes = accounts.filter(|push| push.endpoint == "push" && push.accepted && push.to[0] == user);
    pushes.find(|push| Day::at(push.at_ms) == day).unwrap()
}

fn forget_row(history: &mut History, user: &str, purpose: &str) {
    for account in &mut history.accounts {
        account.deliveries.retain(|row| row.user.as_deref() != Some(user) || row.purpose != purpose);
    }
}

fn forget_push(history: &mut History, user: &str, day: i64) {
    let id = push_of(history, user, day).request_id.clone();
    history.accounts.iter_mut().for_each(|account| account.requests.retain(|push| push.request_id != id));
    forget_row(history, user, &format!("daily/2026-11-{day}"));
}

#[test]
fn a_good_history_breaks_nothing() {
    is_fine(|_| {});
}

#[test]
fn i1_an_event_that_was_answered_and_never_kept_is_noticed() {
    breaks("I1", |history| {
        heard(main_of(history), at(24, 9, 0), HANA, "h9", json!({ "type": "message" }));
        main_of(history).events.pop();
    });
}

#[test]
fn i1_an_event_that_was_never_decided_is_noticed() {
    breaks("I1", |history| main_of(history).events[3].state = "pending".to_owned());
}

#[test]
fn i1_an_event_that_was_put_aside_is_noticed_unless_somebody_was_told() {
    let put_aside = |history: &mut History| {
        heard(main_of(history), at(24, 9, 0), HANA, "h9", json!({ "type": "message" }));
        main_of(history).events.last_mut().unwrap().state = "dead".to_owned();
    };
    breaks("I1", put_aside);
    is_fine(|history| {
        put_aside(history);
        let id = history.accounts[0].events.last().unwrap().id;
        history.log.push_str(&format!("\nERROR event.id={id} an event failed five times and was put aside"));
    });
}

#[test]
fn i1_an_event_with_two_rows_is_noticed() {
    breaks("I1", |history| {
        let again = EventRow { id: 1, ..main_of(history).events[0].clone() };
        main_of(history).events.push(again);
    });
}

#[test]
fn i1_what_was_not_answered_200_may_be_lost() {
    is_fine(|history| {
        heard(main_of(history), at(24, 9, 0), HANA, "h9", json!({ "type": "message" }));
        main_of(history).events.pop();
        main_of(history).webhooks.last_mut().unwrap().status = 503;
    });
}

#[test]
fn i2_an_answer_with_two_rows_is_noticed() {
    breaks("I2", |history| {
        let again = main_of(history).deliveries[0].clone();
        main_of(history).deliveries.push(again);
    });
}

#[test]
fn i2_an_answer_to_an_event_that_was_not_decided_is_noticed() {
    breaks("I2", |history| main_of(history).events[0].state = "ignored".to_owned());
}

#[test]
fn i2_a_reply_that_is_no_row_is_noticed() {
    breaks("I2", |history| {
        heard(main_of(history), at(24, 9, 0), HANA, "h9", json!({ "type": "message" }));
        let reply = Entry { fault: true, ..request("reply", at(24, 9, 0), HANA, "h9", &["はい"]) };
        main_of(history).requests.push(reply);
    });
}

#[test]
fn i2_the_row_of_a_reply_of_long_ago_may_be_gone() {
    let grow_old = |history: &mut History, days: i64| {
        history.until_ms += days * 86_400_000;
        for account in &mut history.accounts {
            account.readers.iter_mut().for_each(|reader| reader.rests = true);
            account.deliveries.clear();
        }
    };
    is_fine(|history| grow_old(history, 40));
    let mut spoilt = history();
    grow_old(&mut spoilt, 20);
    assert_eq!(broken(&spoilt), ["I2", "I8"], "but not so soon");
}

#[test]
fn i3_a_second_text_on_one_day_is_noticed_whatever_its_key() {
    breaks("I3", |history| {
        let again = Entry { request_id: "again".to_owned(), retry_key: None, ..push_of(history, HANA, 24).clone() };
        main_of(history).requests.push(again);
        main_of(history).deliveries.push(row("notice/1", HANA, "again"));
    });
}

#[test]
fn i4_a_reader_without_a_row_for_a_day_is_noticed() {
    breaks("I4", |history| forget_push(history, HANA, 24));
}

#[test]
fn i4_a_day_that_lapsed_while_line_was_up_is_noticed() {
    breaks("I4", |history| {
        forget_push(history, YUI, 23);
        let lapsed = missed("daily/2026-11-23", YUI, "lapsed", "window_closed", at(23, 21, 0));
        history.accounts[1].deliveries.push(lapsed);
    });
}

#[test]
fn i4_a_day_on_which_line_or_the_server_was_away_may_lapse() {
    for away_until in [at(23, 21, 0), at(24, 7, 0)] {
        let lapsed = |history: &mut History| {
            forget_push(history, YUI, 23);
            let lapsed = missed("daily/2026-11-23", YUI, "lapsed", "window_closed", at(23, 21, 0));
            history.accounts[1].deliveries.push(lapsed);
        };
        let away = Span { from_ms: at(23, 7, 0), until_ms: away_until };
        is_fine(|history| {
            lapsed(history);
            history.accounts[1].line_away.push(away);
        });
        is_fine(|history| {
            lapsed(history);
            history.server_away.push(away);
        });
    }
}

#[test]
fn i4_an_outage_that_ended_in_time_is_no_excuse() {
    breaks("I4", |history| {
        forget_push(history, YUI, 23);
        let lapsed = missed("daily/2026-11-23", YUI, "lapsed", "window_closed", at(23, 21, 0));
        history.accounts[1].deliveries.push(lapsed);
        history.accounts[1].line_away.push(Span { from_ms: at(23, 7, 0), until_ms: at(23, 20, 0) });
    });
}

#[test]
fn i4_a_reader_who_is_called_refused_and_was_not_is_noticed() {
    let refused = |history: &mut History| {
        forget_push(history, YUI, 23);
        let refused = missed("daily/2026-11-23", YUI, "refused", "rejected", at(23, 8, 1));
        history.accounts[1].deliveries.push(refused);
    };
    breaks("I4", refused);
    is_fine(|history| {
        refused(history);
        let no = request("push", at(23, 8, 0), YUI, "no", &["きょうから妊娠26週です。"]);
        history.accounts[1].requests.push(Entry { status: 400, accepted: false, fault: true, ..no });
    });
}

#[test]
fn i4_whoever_line_refused_three_mornings_is_left_alone_until_they_do_something() {
    let refused = |history: &mut History| {
        (23..=24).for_each(|day| forget_push(history, YUI, day));
        for day in 21..=23 {
            let row = missed(&format!("daily/2026-11-{day}"), YUI, "refused", "rejected", at(day, 8, 1));
            history.accounts[1].deliveries.push(row);
            let no = request("push", at(day, 8, 0), YUI, &format!("no-{day}"), &["きょうから妊娠26週です。"]);
            history.accounts[1].requests.push(Entry { status: 400, accepted: false, fault: true, ..no });
        }
    };
    is_fine(refused);
    breaks("I4", |history| {
        refused(history);
        let wrote = json!({ "type": "message", "message": { "type": "text", "text": "ヘルプ" } });
        heard(&mut history.accounts[1], at(23, 12, 0), YUI, "y1", wrote);
    });
}

#[test]
fn i5_a_push_before_its_hour_or_at_night_is_noticed() {
    for (hour, minute) in [(7, 59), (21, 0), (23, 30)] {
        breaks("I5", |history| {
            forget_push(history, HANA, 23);
            let account = main_of(history);
            account.requests.retain(|push| push.request_id != "lost");
            morning(account, at(23, hour, minute), HANA, "きょうから妊娠26週です。");
            account.line_away.push(Span { from_ms: at(23, 8, 0), until_ms: at(23, 23, 59) });
        });
    }
}

#[test]
fn i5_a_push_that_was_only_tried_at_night_is_noticed_too() {
    breaks("I5", |history| {
        let tried = request("push", at(23, 22, 0), HANA, "tried", &["きょうから妊娠26週です。"]);
        main_of(history).requests.push(Entry { status: 500, accepted: false, fault: true, ..tried });
    });
}

#[test]
fn i5_what_somebody_asked_for_at_night_may_be_pushed_within_the_hour() {
    let asked = |history: &mut History, hour| {
        let text = ["きょうから妊娠26週です。"];
        let reply = request("reply", at(23, hour, 10), HANA, "refused", &text);
        // A token that LINE does not take tells it no reader.
        let reply = Entry { status: 401, accepted: false, fault: true, to: Vec::new(), ..reply };
        let push = request("push", at(23, 5, 20), HANA, "tried", &text);
        main_of(history).requests.extend([reply, Entry { status: 401, accepted: false, fault: true, ..push }]);
    };
    is_fine(|history| asked(history, 5));
    breaks("I5", |history| asked(history, 4));
}

#[test]
fn i5_the_row_of_another_day_is_noticed() {
    breaks("I5", |history| {
        let rows = &mut main_of(history).deliveries;
        let row = rows.iter_mut().find(|row| row.purpose == "daily/2026-11-23" && row.user.as_deref() == Some(MIO));
        row.unwrap().purpose = "daily/2026-11-21".to_owned();
    });
}

#[test]
fn i6_a_wrong_age_is_noticed() {
    for wrong in ["きょうは妊娠26週2日です。", "きょうから妊娠26週です。", "生まれて1日目です。"]
    {
        breaks("I6", |history| push_of(history, HANA, 24).messages = vec![json!({ "type": "text", "text": wrong })]);
    }
}

#[test]
fn i6_dates_that_were_changed_count_from_when_they_were_spoken_of() {
    let moved = |history: &mut History| {
        let child = &mut main_of(history).readers[0].children[0];
        child.version = 2;
        child.anchor = Anchor::Due(Day::of(2027, 3, 8));
    };
    breaks("I6", moved);
    is_fine(|history| {
        moved(history);
        let said = json!({ "type": "text", "text": "出産予定日：2027年3月1日（月）" });
        main_of(history).requests[0].messages.push(said);
    });
}

#[test]
fn i7_more_than_two_thousand_requests_a_second_are_noticed() {
    let many = |history: &mut History, apart_us: u64| {
        for n in 0..2_001 {
            let asked = request("bot/info", at(22, 8, 0), HANA, "asked", &[]);
            main_of(history).requests.push(Entry { watch_ms: n * apart_us / 1_000, ..asked });
        }
    };
    breaks("I7", |history| many(history, 499));
    is_fine(|history| many(history, 500));
}

#[test]
fn i8_a_row_that_is_called_accepted_and_was_not_is_noticed() {
    breaks("I8", |history| main_of(history).deliveries[0].request_id = Some("nobody's".to_owned()));
    breaks("I8", |history| main_of(history).deliveries[0].request_id = None);
}

#[test]
fn i8_a_row_that_names_the_request_to_somebody_else_is_noticed() {
    breaks("I8", |history| {
        let id = push_of(history, HANA, 23).request_id.clone();
        let rows = &mut main_of(history).deliveries;
        rows.iter_mut().find(|row| row.purpose == "answer/m2").unwrap().request_id = Some(id);
        main_of(history).requests.retain(|reply| reply.request_id != "m2");
    });
}

#[test]
fn i8_an_acceptance_that_no_row_knows_is_noticed() {
    breaks("I8", |history| {
        let rows = &mut main_of(history).deliveries;
        let row = rows.iter_mut().find(|row| row.purpose == "answer/m2").unwrap();
        (row.state, row.request_id) = ("unconfirmed".to_owned(), None);
    });
}

#[test]
fn i8_an_acceptance_that_nobody_heard_of_leaves_a_doubt() {
    is_fine(|history| {
        let account = main_of(history);
        let row = account.deliveries.iter_mut().find(|row| row.purpose == "answer/m2").unwrap();
        (row.state, row.request_id) = ("unconfirmed".to_owned(), None);
        let reply = account.requests.iter_mut().find(|reply| reply.request_id == "m2").unwrap();
        (reply.status, reply.fault) = (0, true);
    });
}

#[test]
fn i9_a_push_after_a_block_is_noticed_even_if_nobody_sees_it() {
    breaks("I9", |history| {
        let tried = request("push", at(24, 8, 0), AKI, "tried", &["ことば"]);
        main_of(history).requests.push(Entry { status: 500, accepted: false, fault: true, ..tried });
    });
}

#[test]
fn i9_a_block_that_was_taken_back_ends() {
    is_fine(|history| {
        heard(main_of(history), at(24, 7, 0), AKI, "a3", json!({ "type": "follow" }));
        morning(main_of(history), at(24, 8, 0), AKI, "きょうは妊娠26週1日です。");
    });
}

#[test]
fn i9_a_text_after_the_day_of_the_last_stop_is_noticed() {
    breaks("I9", |history| {
        let tried = request("push", at(24, 8, 0), MIO, "tried", &["もも、生まれて24日目です。"]);
        main_of(history).requests.push(Entry { status: 500, accepted: false, fault: true, ..tried });
    });
}

/// 「停止」 is answered a second before eight, and the morning still comes.
fn stopped_at_the_last_moment(history: &mut History, began_at: i64) {
    forget_push(history, MIO, 23);
    let account = main_of(history);
    // LINE was down for somebody else.
    let lost = account.requests.iter().find(|push| push.request_id == "lost").unwrap().clone();
    let down = account.requests.iter_mut().find(|push| push.request_id == "down").unwrap();
    *down = Entry { request_id: "down".to_owned(), at_ms: down.at_ms, ..lost };
    let last = at(23, 8, 0) - 1_000;
    heard(account, last, MIO, "m3", json!({ "type": "message", "message": { "type": "text", "text": "停止。" } }));
    answered(account, last, MIO, "m3", &["お届けを止めました。"]);
    morning(account, at(23, 8, 0) + 3_000, MIO, "もも、生まれて23日目です。");
    let key = account.requests.last().unwrap().retry_key.clone();
    let first = request("push", began_at, MIO, "first", &["もも、生まれて23日目です。"]);
    account.requests.insert(0, Entry { status: 500, accepted: false, fault: true, retry_key: key, ..first });
}

#[test]
fn i9_a_text_of_the_same_day_that_begins_to_leave_after_the_stop_is_noticed() {
    breaks("I9", |history| stopped_at_the_last_moment(history, at(23, 8, 0) + 2_000));
}

#[test]
fn i9_a_text_that_began_to_leave_before_the_stop_was_answered_may_be_tried_again() {
    is_fine(|history| {
        stopped_at_the_last_moment(history, at(23, 8, 0));
        for entry in &mut main_of(history).requests {
            entry.at_ms += if entry.request_id == "m3" { 2_000 } else { 0 };
        }
    });
}

#[test]
fn i9_a_stop_that_was_taken_back_ends() {
    is_fine(|history| {
        stopped_at_the_last_moment(history, at(23, 8, 0) + 2_000);
        let again = json!({ "type": "message", "message": { "type": "text", "text": "もどす" } });
        heard(main_of(history), at(23, 8, 0) - 500, MIO, "m4", again);
    });
}

#[test]
fn i9_a_text_after_it_was_taken_back_is_noticed() {
    breaks("I9", |history| {
        forget_push(history, MIO, 23);
        heard(main_of(history), at(23, 8, 10), MIO, "m3", json!({ "type": "message" }));
        let cancelled = missed("daily/2026-11-23", MIO, "unconfirmed", "cancelled", at(23, 8, 10));
        main_of(history).deliveries.push(cancelled);
    });
}

#[test]
fn i9_a_text_after_everything_was_deleted_is_noticed() {
    breaks("I9", |history| {
        main_of(history).readers.retain(|reader| reader.user != MIO);
        let tried = request("push", at(24, 8, 0), MIO, "tried", &["もも、生まれて24日目です。"]);
        main_of(history).requests.push(Entry { status: 500, accepted: false, fault: true, ..tried });
        let dates = json!({ "type": "text", "text": "誕生日：2026年11月1日（日）" });
        main_of(history).requests[1].messages.push(dates);
        // The day before was sent before the deletion, at 9:00.
    });
}

#[test]
fn i10_a_name_or_an_id_in_a_log_is_noticed() {
    for line in [format!("WARN user={HANA}"), "DEBUG ももちゃん".to_owned()] {
        breaks("I10", |history| history.log.push_str(&line));
    }
}

#[test]
fn i11_a_delay_by_another_accounts_fault_is_noticed() {
    breaks("I11", |history| {
        forget_push(history, YUI, 23);
        morning(&mut history.accounts[1], at(23, 8, 31), YUI, "きょうから妊娠26週です。");
    });
}

#[test]
fn i12_a_delay_without_any_fault_is_noticed() {
    breaks("I12", |history| {
        forget_push(history, YUI, 24);
        morning(&mut history.accounts[1], at(24, 8, 31), YUI, "きょうは妊娠26週1日です。");
    });
}

#[test]
fn i12_a_backlog_long_after_the_fault_is_noticed() {
    breaks("I12", |history| push_of(history, HANA, 23).at_ms = at(23, 8, 45));
    breaks("I12", |history| {
        forget_push(history, HANA, 24);
        let mut waits = missed("daily/2026-11-24", HANA, "waiting", "no_answer", 0);
        (waits.settled_at, waits.window_until) = (None, at(24, 21, 0));
        main_of(history).deliveries.push(waits);
    });
}

#[test]
fn i13_a_row_that_stays_open_is_noticed() {
    breaks("I13", |history| {
        heard(main_of(history), at(24, 9, 0), HANA, "h9", json!({ "type": "message" }));
        let mut open = missed("answer/h9", HANA, "sending", "no_answer", 0);
        (open.settled_at, open.window_until) = (None, at(24, 10, 59));
        main_of(history).deliveries.push(open);
    });
}
