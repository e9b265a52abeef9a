//! Follow, consent, date, nickname, confirm.

use chrono::TimeDelta;

use super::super::{CONSENT_VERSION, Dates, Effect, Enrolment, Input, State};
use super::world::{World, day};
use crate::domain::family::{Pause, Role, Standing};

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
    let others = ["家族に招待された", "いまは登録しない", "引っ越しコードを入れる"];
    let with_page = ["同意して登録する", others[0], "個人情報のあつかい", others[1], others[2]];
    assert_eq!(world.labels(), with_page);
    world.privacy_url = None;
    world.talk.state = State::Idle;
    world.receives(&Input::Followed);
    assert_eq!(world.labels(), ["同意して登録する", others[0], others[1], others[2]]);
}

#[test]
fn registration_goes_from_date_to_nickname_to_confirmation() {
    let mut world = consenting();
    world.sees("（1/3）").says("令和9年3月1日").sees("（2/3）").says("まめ").sees("（3/3）");
}

#[test]
fn nobody_who_says_not_now_is_asked_anything() {
    let mut world = World::new();
    world.receives(&Input::Followed).taps("いまは登録しない").wants(&[]).sees("「登録」と送ってください");
    assert_eq!(world.state(), &State::Idle);
    world.says("登録").sees("うかがうのは").says("2027/3/1").sees("うかがうのは");
    assert!(!world.consented);
}

#[test]
fn every_answer_can_be_corrected_before_it_is_kept() {
    let mut world = consenting();
    world.says("2027/3/1").says("まめ").taps("なおす").taps("よび名").says("あお").sees("よび名：あお");
    world.taps("なおす").taps("予定日・誕生日").says("2027/4/1").sees("2027年4月1日").sees("よび名：あお");
    world.taps("なおす").taps("予定日・誕生日").says("もどる").sees("2027年4月1日");
    world.taps("なおす").taps("もどる").sees("（3/3）");
    world.taps("なおす").taps("はじめから").sees("（1/3）");
    assert!(world.follows.is_empty());
}

#[test]
fn a_nickname_is_refused_only_with_a_reason() {
    let cases = [
        ("", "読みとれません"),
        ("　", "読みとれません"),
        ("あおあおあおあおあおあおあおあおあおあおあ", "20文字まで"),
        ("あ\nお", "1行で"),
        ("https://example.jp", "アドレス"),
        ("2027/3/1", "日づけのようです"),
    ];
    for (name, reason) in cases {
        let mut world = consenting();
        world.says("2027/3/1").says(name).sees(reason).sees("（2/3）");
    }
    for name in ["{name}", "%s", "<script>", "=HYPERLINK()", "../../", "'; DROP", "👶", "きょう", "1"] {
        let mut world = consenting();
        world.says("2027/3/1").says(name).sees(&format!("よび名：{name}"));
    }
}

#[test]
fn a_draft_is_offered_again_within_a_day_and_forgotten_afterwards() {
    let mut world = consenting();
    world.says("2027/3/1").later(TimeDelta::hours(5)).says("こんにちは");
    world.sees("よび名をうかがうところまで").taps("続きから").sees("（2/3）");
    world.says("登録").sees("続きから登録しますか").taps("はじめから").sees("（1/3）");
    world.says("2027/3/1").later(TimeDelta::hours(25)).says("まめ").sees("職員は読んでいません");
    assert_eq!(world.state(), &State::Idle);

    let mut world = consenting();
    world
        .says("2027/3/1")
        .says("まめ")
        .receives(&Input::Followed)
        .sees("確かめるところまで")
        .says("はい")
        .sees("（3/3）");
}

#[test]
fn a_timeout_forgets_only_the_question_it_was_set_for() {
    let mut world = consenting();
    world.says("2027/3/1");
    let turn = world.turn;
    world.receives(&Input::TimedOut { turn: turn - 1 });
    assert!(world.state().is_open());
    world.receives(&Input::TimedOut { turn });
    assert_eq!(world.state(), &State::Idle);
    assert!(world.screen.is_empty());
    assert_eq!(world.talk.asked_at, None);
}

#[test]
fn leaving_forgets_what_was_answered() {
    let mut world = consenting();
    world.says("2027/3/1").says("まめ").says("やめる").wants(&[]).sees("消しました");
    assert_eq!(world.state(), &State::Idle);
    world.says("登録").sees("（1/3）");
}

#[test]
fn a_second_tap_on_the_same_button_changes_nothing() {
    let mut world = consenting();
    world.says("2027/3/1").taps("つけない");
    let data = world.data_of("登録する");
    world.taps("登録する");
    world.receives(&Input::Postback { data, date: None }).wants(&[]).sees("もう使えません");
    assert_eq!(world.follows.len(), 1);
}

#[test]
fn a_button_of_an_older_question_leads_to_the_present_one() {
    let mut world = consenting();
    let old = world.data_of("予定日がまだわからない");
    world.says("2027/3/1").receives(&Input::Postback { data: old, date: None }).sees("前の画面").sees("（2/3）");
}

#[test]
fn an_old_consent_button_begins_anew_for_those_who_have_no_registration() {
    let mut world = World::new();
    world.receives(&Input::Followed);
    let old = world.data_of("同意して登録する");
    world.later(TimeDelta::days(200)).receives(&Input::Postback { data: old, date: None });
    world.wants(&[]).sees("うかがうのは").taps("同意して登録する").sees("（1/3）");
}

#[test]
fn forged_buttons_are_answered_neutrally() {
    for data in ["", "h1|reg|ok||1|", "x", "h1|ask|yes||999|", "h1|change|name|||zz.1"] {
        let mut world = consenting();
        world.receives(&Input::Postback { data: data.into(), date: None }).wants(&[]).sees("（1/3）");
    }
    let mut world = consenting();
    let turn = world.turn;
    world.receives(&Input::Postback { data: format!("h1|ask|yes||{turn}|"), date: None }).wants(&[]).sees("（1/3）");
}

#[test]
fn whoever_is_registered_is_not_registered_twice() {
    let mut world = consenting();
    world.says("2027/3/1").taps("つけない").taps("登録する").says("登録").wants(&[]).sees("もう登録されています");
    world.taps("内容を見る・変更").sees("2027年3月1日");
}

#[test]
fn nobody_is_registered_without_the_consent_that_is_in_force() {
    let mut world = consenting();
    world.says("2027/3/1").taps("つけない");
    world.consented = false;
    world.taps("登録する").wants(&[]).sees("うかがうのは");
}

#[test]
fn a_date_that_a_night_has_overtaken_is_asked_again() {
    let mut world = consenting();
    world.says("2023/11/23").taps("つけない").later(TimeDelta::hours(20)).taps("登録する");
    world.wants(&[]).sees("3歳のお誕生日、おめでとうございます").sees("（1/3）");
}

#[test]
fn what_needs_a_registration_says_how_to_get_one() {
    for text in ["きょうのメッセージ", "変更", "生まれました", "やすむ", "再開", "よび名をなおす"]
    {
        let mut world = World::new();
        world.standing = Some(Standing::Following);
        world.says(text).wants(&[]).sees("いま、登録はありません").taps("登録する").sees("うかがうのは");
        let mut world = consenting();
        world.says("2027/3/1").taps("つけない").says(text).wants(&[]).sees("登録の途中").sees("（3/3）");
    }
}

#[test]
fn a_date_from_somebody_without_a_registration_opens_its_door() {
    let mut world = World::new();
    world.says("2027年3月1日").sees("いま、登録はありません");
}

#[test]
fn a_mistake_in_a_registration_leads_one_question_back() {
    let mut world = consenting();
    world.says("2027/3/1").says("まちがえた").sees("（1/3）").says("2027/3/2").says("はい").sees("（2/3）");
    world.says("いいえ").sees("よび名：なし");
}

#[test]
fn somebody_who_writes_before_we_heard_of_a_follow_follows() {
    let mut world = World::new();
    world.says("登録").wants(&[Effect::Stand(Standing::Following)]).sees("うかがうのは");
}

#[test]
fn a_rest_from_before_does_not_hold_a_new_registration_back() {
    let mut world = consenting();
    world.profile.pause = Some(Pause { until: None });
    world.says("2027/3/1").taps("つけない").taps("登録する");
    assert!(world.effects.contains(&Effect::Resume) && world.profile.pause.is_none());
}

#[test]
fn a_draft_asked_for_again_after_a_day_has_a_day_of_its_own() {
    let mut world = World::new();
    world.receives(&Input::Followed).later(TimeDelta::hours(30)).says("登録").sees("うかがうのは");
    world.later(TimeDelta::hours(23)).says("はい").sees("（1/3）");
}
