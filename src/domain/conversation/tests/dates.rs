//! Dates in a registration: what is taken, asked, refused, and how it is said.

use super::super::state::State;
use super::super::{Dates, Input};
use super::world::{World, day};
use crate::domain::message::Action;

fn asked() -> World {
    let mut world = World::new();
    world.receives(&Input::Followed).taps("同意して登録する");
    world
}

fn dates(world: &World) -> Option<Dates> {
    match world.state() {
        State::AskingNickname { dates, .. } => Some(*dates),
        _ => None,
    }
}

#[test]
fn the_pickers_are_bounded_by_what_can_be_registered() {
    let world = asked();
    let bounds: Vec<_> = world
        .buttons()
        .into_iter()
        .filter_map(|button| match button.action {
            Action::Date { initial, min, max, .. } => Some([min, initial, max].map(|day| day.to_string())),
            _ => None,
        })
        .collect();
    assert_eq!(bounds[0], ["2026-11-09", "2027-05-21", "2027-08-29"]);
    assert_eq!(bounds[1], ["2023-11-23", "2026-11-22", "2026-11-22"]);
}

#[test]
fn what_comes_is_due_and_what_is_past_was_born() {
    for (text, expected) in [
        ("2027/3/1", Dates::Due { due: day("2027-03-01") }),
        ("2027/8/29", Dates::Due { due: day("2027-08-29") }),
        ("2026/11/8", Dates::Born { born: day("2026-11-08") }),
        ("R6.4.1", Dates::Born { born: day("2024-04-01") }),
        ("2023/11/23", Dates::Born { born: day("2023-11-23") }),
        ("予定日は2026/11/20です", Dates::Due { due: day("2026-11-20") }),
        ("2026年11月20日生まれ", Dates::Born { born: day("2026-11-20") }),
        ("8週3日", Dates::Due { due: day("2027-07-01") }),
    ] {
        assert_eq!(dates(asked().says(text)), Some(expected), "{text}");
    }
}

#[test]
fn around_the_due_date_a_day_could_be_both_and_is_asked() {
    for text in ["2026/11/22", "2026/11/10", "きょう", "きのう"] {
        let mut world = asked();
        world.says(text).sees("どの日");
        assert!(world.labels().iter().any(|label| label.starts_with("出産予定日")), "{text}");
        assert!(world.labels().iter().any(|label| label.starts_with("誕生日")), "{text}");
    }
    let mut world = asked();
    world.says("きのう").says("1");
    assert_eq!(dates(&world), Some(Dates::Born { born: day("2026-11-21") }));
}

#[test]
fn tomorrow_is_shown_as_a_date_before_it_is_used() {
    let mut world = asked();
    world.says("明日").sees("出産予定日は、2026年11月23日（月）でよいですか").taps("はい");
    assert_eq!(dates(&world), Some(Dates::Due { due: day("2026-11-23") }));
}

#[test]
fn a_day_without_a_year_is_asked_with_every_year_it_can_be() {
    let mut world = asked();
    world.says("4/5");
    assert_eq!(
        world.labels(),
        ["出産予定日 2027年4月5日", "誕生日 2026年4月5日", "誕生日 2025年4月5日", "誕生日 2024年4月5日"]
    );
    world.says("2");
    assert_eq!(dates(&world), Some(Dates::Born { born: day("2026-04-05") }));
    let mut world = asked();
    world.says("予定日は3月1日です").sees("出産予定日は、2027年3月1日（月）でよいですか").taps("はい");
    assert_eq!(dates(&world), Some(Dates::Due { due: day("2027-03-01") }));
    asked().says("予定日は10月1日").sees("どの年");
}

#[test]
fn two_digits_of_a_year_are_always_asked() {
    asked().says("25-04-05").sees("誕生日は、2025年4月5日（土）でよいですか");
    let mut world = asked();
    world.says("05-04-25");
    assert_eq!(world.labels(), ["誕生日 2025年4月5日", "誕生日 2025年5月4日"]);
    asked().says("99-12-31").sees("年を4けた");
    asked().says("9年3月1日").sees("2027年3月1日（月）でよいですか");
}

#[test]
fn a_day_that_no_calendar_has_is_refused_with_an_example() {
    for text in ["２０２５年２月２９日", "令和7年2月30日", "2025/13/01"] {
        asked().says(text).sees("その日はこよみにありません").sees("R9.3.1").sees("（1/3）");
    }
    asked().says("昭和65年1月1日").sees("その元号には、その年がありません");
}

#[test]
fn an_era_that_had_ended_is_named_rightly_and_asked() {
    let mut world = asked();
    world.now = "2020-05-10T09:00:00".parse().unwrap();
    world.talk.asked_at = Some(world.now);
    world.says("平成31年5月1日").sees("令和元年5月1日（2019年5月1日（水））").taps("はい");
    assert_eq!(dates(&world), Some(Dates::Born { born: day("2019-05-01") }));
    asked().says("平成31年5月1日").sees("令和元年5月1日").taps("はい").sees("3歳のお誕生日まで");
}

#[test]
fn what_cannot_be_registered_is_refused_with_its_reason() {
    asked().picks("子どもの誕生日をえらぶ", "2026-11-23").sees("きょうより先の日");
    asked().says("誕生日は2026/12/1").sees("きょうより先の日");
    asked().picks("出産予定日をえらぶ", "2027-08-30").sees("妊娠の前");
    asked().says("2029/1/1").sees("妊娠の前");
    asked().says("2023/11/22").sees("3歳のお誕生日、おめでとうございます");
    asked().says("2023/11/21").sees("3歳のお誕生日まで");
    asked().says("1900/1/1").sees("3歳のお誕生日まで");
    asked().says("2020-04-01").sees("3歳のお誕生日まで").sees("（1/3）");
}

#[test]
fn two_weeks_after_the_due_date_the_birth_date_is_asked_gently() {
    let mut world = asked();
    world.says("予定日は2026年11月8日").sees("2週間がすぎています");
    assert_eq!(world.labels(), ["誕生日をえらぶ", "まだ生まれていない", "お届けは必要ない"]);
    let mut born = world.clone();
    born.picks("誕生日をえらぶ", "2026-11-15").sees("（2/3）");
    let mut typed = world.clone();
    typed.says("2026年11月7日").sees("（2/3）");
    let mut waiting = world.clone();
    waiting.taps("まだ生まれていない").sees("41週6日まで");
    assert_eq!(waiting.state(), &State::Idle);
    world.says("お届けは必要ない").sees("消しました");
    asked().says("予定日は2026年11月9日").sees("（2/3）");
}

#[test]
fn a_due_date_far_ahead_is_taken_and_says_when_deliveries_begin() {
    let mut world = asked();
    world.says("2027年8月17日").taps("つけない").taps("登録する").sees("妊娠4週0日の12月8日（火）から始まります");
    assert_eq!(world.effects.len(), 1);
    let mut world = asked();
    world.says("2027年8月1日").taps("つけない").taps("登録する").sees("登録しました");
    assert_eq!(world.effects.len(), 2);
}

#[test]
fn whoever_does_not_know_the_due_date_can_count_from_the_weeks() {
    let mut world = asked();
    world.taps("予定日がまだわからない").taps("いまの週数から計算する").says("8週3日").taps("つけない");
    world.sees("2027年7月1日（木）").sees("妊娠8週3日");
    asked().taps("予定日がまだわからない").taps("相談できるところ").sees("000-000-0000");
    asked().taps("予定日がまだわからない").taps("もどる").sees("（1/3）");
    let mut world = asked();
    world.taps("予定日がまだわからない").taps("いまの週数から計算する").says("ほげ").sees("8週3日");
    world.says("2027/3/1").sees("（2/3）");
    asked().says("45週").sees("2週間がすぎています");
}

#[test]
fn what_cannot_be_read_is_met_kindly_and_then_with_a_telephone_number() {
    let mut world = asked();
    world.says("うーん").sees("読めませんでした").sees("2027年3月1日").sees("（1/3）");
    world.says("むずかしい").sees("000-000-0000").sees("（1/3）");
    assert!(world.labels().contains(&"電話する".to_owned()));
    world.says("2027/3/1").sees("（2/3）");
}

#[test]
fn typing_what_the_picker_is_for_says_how_to_type_it() {
    asked().says("1").sees("出産予定日を、「2027年3月1日」");
    asked().says("誕生日").sees("お子さんの誕生日を");
    asked().says("3").sees("だいじょうぶです");
}

#[test]
fn a_picker_without_a_date_or_with_nonsense_asks_again() {
    let mut world = asked();
    let data = world.data_of("出産予定日をえらぶ");
    let nonsense =
        ["2027-02-30", "0000-00-00", "0001-01-01", "9999-12-31", "+12027-03-01", "2027-3-1", " 2027-03-01", "きょう"];
    for date in nonsense.into_iter().map(Some).chain([None]) {
        let input = Input::Postback { data: data.clone(), date: date.map(str::to_owned) };
        world.receives(&input).sees("予定日");
        assert!(matches!(world.state(), State::AskingDate { .. }));
    }
}
