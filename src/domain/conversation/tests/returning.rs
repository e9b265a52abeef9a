//! Blocking and coming back.

use chrono::TimeDelta;

use super::super::{Effect, Input, State};
use super::world::{World, day};
use crate::domain::family::{Journey, OwnStop, Standing, StopReason};

fn expecting() -> World {
    World::with(&[("あお", Journey::Expected { due: day("2027-03-01") })])
}

#[test]
fn a_block_is_silent() {
    let mut world = expecting();
    world.receives(&Input::Unfollowed).wants(&[Effect::Stand(Standing::Away)]);
    assert!(world.screen.is_empty());
}

#[test]
fn whoever_comes_back_is_sent_nothing_until_they_say_so() {
    let mut world = expecting();
    world.receives(&Input::Unfollowed).receives(&Input::Followed);
    world.wants(&[Effect::Stand(Standing::Following), Effect::Pause { until: None }]).sees("おかえりなさい");
    let mut typed = world.clone();
    typed.says("再開").wants(&[Effect::Resume]);
    let mut changed = world.clone();
    changed.taps("変更").sees("おやすみしています").taps("お届けを再開する").wants(&[Effect::Resume]);
    world.taps("お届けを再開する").wants(&[Effect::Resume]).sees("再開しました");
}

#[test]
fn after_a_plain_stop_coming_back_offers_to_resume() {
    let mut world = expecting();
    world.says("停止").receives(&Input::Unfollowed).receives(&Input::Followed);
    world.wants(&[Effect::Stand(Standing::Following)]).sees("おかえりなさい").taps("お届けを再開する");
    assert!(world.follows[0].is_active());
}

#[test]
fn after_a_loss_coming_back_is_met_with_one_neutral_sentence() {
    let mut world = expecting();
    world.follows[0].stopped = Some(OwnStop { on: day("2026-11-10"), reason: StopReason::Loss });
    world.standing = Some(Standing::Away);
    world.receives(&Input::Followed).wants(&[Effect::Stand(Standing::Following)]).sees("止まったままです");
    assert!(world.buttons().is_empty());
}

#[test]
fn a_draft_is_still_there_for_whoever_comes_back_within_the_day() {
    let mut world = World::new();
    world.receives(&Input::Followed).says("同意").says("2027/3/1").receives(&Input::Unfollowed);
    world.later(TimeDelta::hours(2)).receives(&Input::Followed).sees("続きから登録しますか");
    world.later(TimeDelta::hours(24)).receives(&Input::Followed).sees("あおば子育てだより").sees("（1/3）");
}

#[test]
fn whoever_left_before_agreeing_is_greeted_as_new() {
    let mut world = World::new();
    world.receives(&Input::Followed).receives(&Input::Unfollowed).receives(&Input::Followed).sees("友だち追加");
    assert_eq!(world.state(), &State::AskingConsent);
}
