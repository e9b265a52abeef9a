//! 「きょうのメッセージ」.

use super::super::{Effect, Today};
use super::world::{World, day};
use crate::domain::family::{Journey, OwnStop, Pause, StopReason};

fn expecting() -> World {
    World::with(&[("あお", Journey::Expected { due: day("2027-03-01") })])
}

#[test]
fn todays_message_is_shown_without_words_around_it() {
    for text in ["きょうのメッセージ", "今日のメッセージ", "今日", "きょう", "キョウ"] {
        let mut world = expecting();
        world.says(text).wants(&[Effect::ShowToday]);
        assert!(world.screen.is_empty(), "{text}");
    }
    let mut world = expecting();
    world.says("ヘルプ").taps("きょうのメッセージ").wants(&[Effect::ShowToday]);
}

#[test]
fn on_a_day_without_a_message_the_last_one_is_shown_again() {
    let mut world = expecting();
    world.today = Today::NotToday { next: Some(day("2026-11-25")), earlier: true };
    world
        .says("今日")
        .wants(&[Effect::ShowEarlier])
        .sees("つぎのお届けは11月25日（水）です。前回の分を、もう一度お見せしますね。");
    world.today = Today::NotToday { next: None, earlier: true };
    world.says("今日").wants(&[Effect::ShowEarlier]).sees("前回の分");
    world.today = Today::NotToday { next: Some(day("2026-11-25")), earlier: false };
    world.says("今日").wants(&[]).sees("つぎのお届けは11月25日（水）です");
    world.today = Today::NotToday { next: None, earlier: false };
    world.says("今日").wants(&[]).sees("お見せできるメッセージはありません");
}

#[test]
fn before_four_weeks_the_first_day_is_named() {
    let mut world = World::with(&[("", Journey::Expected { due: day("2027-08-29") })]);
    world.today = Today::NotToday { next: Some(day("2026-12-20")), earlier: false };
    world.says("今日").wants(&[]).sees("妊娠4週0日の12月20日（日）から");
}

#[test]
fn during_a_rest_the_rest_is_named() {
    let mut world = expecting();
    world.profile.pause = Some(Pause { until: Some(day("2026-11-29")) });
    world.today = Today::NotToday { next: None, earlier: false };
    world.says("今日").sees("11月29日（日）まで").sees("再開");
    world.profile.pause = Some(Pause { until: None });
    world.says("今日").sees("おやすみしています");
    world.today = Today::Ready;
    world.says("今日").wants(&[Effect::ShowToday]);
}

#[test]
fn nothing_is_shown_after_a_stop() {
    let mut world = expecting();
    world.follows[0].stopped = Some(OwnStop { on: day("2026-11-21"), reason: StopReason::Plain });
    world.says("今日").wants(&[]).sees("お届けは、止まっています").taps("お届けを再開する");
    assert!(world.follows[0].is_active());
    world.follows[0].stopped = Some(OwnStop { on: day("2026-11-21"), reason: StopReason::Loss });
    world.says("今日").wants(&[]).sees("お届けは、止まっています").sees_not("再開");
}

#[test]
fn after_the_third_birthday_there_is_nothing_more() {
    let mut world = World::with(&[("あお", Journey::Born { born: day("2023-11-21"), due: None })]);
    world.says("今日").wants(&[]).sees("3歳のお誕生日で終わりました");
    world.follows[0].child.journey = Journey::Born { born: day("2023-11-22"), due: None };
    world.says("今日").wants(&[Effect::ShowToday]);
}
