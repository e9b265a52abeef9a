//! Follow, consent, date, nickname, confirm.

use super::super::{CONSENT_VERSION, Dates, Effect, Enrolment, Input, State};
use super::world::{World, day};
use crate::domain::family::{Role, Standing};

fn consenting() -> World {
    let mut world = World::new();
    world.receives(&Input::Followed).taps("同意して登録する");
    world
}

#[test]
fn a_family_is_registered_in_five_taps_and_its_first_message_comes_at_once() {
    let mut world = World::new();
    world.receives(&Input::Followed).wants(&[Effect::Stand(Standing::Following)]).sees("あおば子育てだより");
    world.taps("同意して登録する").wants(&[Effect::Consent { version: CONSENT_VERSION }]);
    world.picks("出産予定日をえらぶ", "2027-03-01").taps("つけない");
    world.sees("2027年3月1日（月）").sees("妊娠25週6日").sees("朝8時ごろ").sees("よび名：なし").taps("登録する");
    let dates = Dates::Due { due: day("2027-03-01") };
    let enrolment = Enrolment { dates, nickname: None, role: Role::Other };
    world.wants(&[Effect::Enrol(enrolment), Effect::ShowToday]).sees("登録しました").sees("きょうのメッセージ");
    assert_eq!(world.state(), &State::Idle);
}

#[test]
fn everything_can_be_typed_instead() {
    let mut world = World::new();
    world.receives(&Input::Followed).says("同意").says("2026年8月14日").says("あおちゃん");
    world.sees("誕生日：2026年8月14日（金）").sees("生まれて101日目（3か月）").sees("よび名：あおちゃん").says("はい");
    assert_eq!(world.follows[0].child.nickname.as_ref().unwrap().expose(), "あおちゃん");
    assert_eq!(world.follows[0].child.journey.born(), Some(day("2026-08-14")));
}

#[test]
fn the_greeting_claims_doctors_only_when_everything_was_reviewed() {
    let mut world = World::new();
    world.receives(&Input::Followed).sees_not("医師");
    let mut world = World::new();
    world.reviewed = true;
    world.receives(&Input::Followed).sees("医師などが確かめた");
}

#[test]
fn the_page_on_personal_data_is_offered_only_where_there_is_one() {
    let mut world = World::new();
    world.receives(&Input::Followed);
    assert_eq!(world.labels(), ["同意して登録する", "個人情報のあつかい", "いまは登録しない"]);
    world.privacy_url = None;
    world.talk.state = State::Idle;
    world.receives(&Input::Followed);
    assert_eq!(world.labels(), ["同意して登録する", "いまは登録しない"]);
}

#[test]
fn registration_goes_from_date_to_nickname_to_confirmation() {
    let mut world = consenting();
    world.sees("（1/3）").says("令和9年3月1日").sees("（2/3）").says("まめ").sees("（3/3）");
}
