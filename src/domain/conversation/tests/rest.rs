//! やすむ and 再開.

use super::super::{Effect, State};
use super::world::{World, day};
use crate::domain::family::{Journey, Pause};

fn expecting() -> World {
    World::with(&[("あお", Journey::Expected { due: day("2027-03-01") })])
}

#[test]
fn a_rest_is_a_week_a_month_or_open() {
    let cases = [
        ("1週間やすむ", Some(day("2026-11-29"))),
        ("1か月やすむ", Some(day("2026-12-22"))),
        ("再開するまでやすむ", None),
    ];
    for (label, until) in cases {
        let mut world = expecting();
        world.says("やすむ").taps(label).wants(&[Effect::Pause { until }]).sees("おやすみします").sees("再開");
        assert_eq!(world.profile.pause, Some(Pause { until }));
        assert_eq!(world.state(), &State::Idle);
    }
    expecting().says("やすむ").says("１").sees("11月29日（日）まで");
    let mut world = expecting();
    world.now = "2027-01-31T09:00:00".parse().unwrap();
    world.says("やすむ").says("一か月").wants(&[Effect::Pause { until: Some(day("2027-02-28")) }]);
}

#[test]
fn a_rest_ends_by_a_word() {
    let mut world = expecting();
    world.says("やすむ").says("再開するまで").says("再開").wants(&[Effect::Resume]).sees("再開しました");
    world.says("再開").wants(&[Effect::Resume]).sees("止まっていません");
}

#[test]
fn the_rest_card_also_stops() {
    let mut world = expecting();
    world.says("やすむ").taps("停止する").sees("お届けを止めました");
    assert!(!world.follows[0].is_active());
    let mut world = expecting();
    world.says("やすむ").says("やめる").wants(&[]).sees("なにも変えていません");
}

#[test]
fn a_rest_is_not_asked_about_after_a_loss_in_the_family() {
    let mut world = expecting();
    world.says("やすむ");
    let before = Box::new(world.follows[0].child.journey.clone());
    world.follows[0].child.journey = Journey::Stopped { on: day("2026-11-22"), before };
    world.says("1週間").wants(&[]).sees("お届けは、止まっています");
}
