//! Worries, thanks, stickers, pictures, help, and words that call for it.

use chrono::TimeDelta;

use super::super::danger::Category;
use super::super::{Effect, Input};
use super::world::{World, day};
use crate::domain::family::Journey;
use crate::domain::message::Action;

fn expecting() -> World {
    World::with(&[("あお", Journey::Expected { due: day("2027-03-01") })])
}

fn naming() -> World {
    let mut world = World::new();
    world.says("登録").says("同意").says("2027/3/1");
    world
}

#[test]
fn a_worry_is_told_that_nobody_reads_here_and_whom_to_call() {
    let mut world = expecting();
    world.says("夜中に何度も起きます").sees("職員は読んでいません").sees("000-000-0000").sees("#8000");
    assert_eq!(world.labels().last().unwrap(), "いそぐとき・つらいとき");
    world.later(TimeDelta::minutes(9)).says("寝てくれません").sees("上のカードのとおりです").sees_not("#8000");
    world.later(TimeDelta::minutes(10)).says("寝てくれません").sees("#8000");
}

#[test]
fn the_way_to_urgent_help_is_on_every_consultation_card() {
    for text in ["相談", "夜中に起きます"] {
        let mut world = expecting();
        world.says(text).taps("いそぐとき・つらいとき").sees("119").sees("189").sees("#8000").sees("0120-279-338");
    }
}

#[test]
fn telephone_numbers_can_be_tapped() {
    let mut world = expecting();
    world.says("いそぐとき");
    let uris: Vec<_> = world
        .buttons()
        .into_iter()
        .filter_map(|button| match button.action {
            Action::Uri { uri } => Some(uri),
            _ => None,
        })
        .collect();
    for uri in ["tel:119", "tel:%238000", "tel:0120279338", "tel:0000000000"] {
        assert!(uris.contains(&uri.to_owned()), "{uri} in {uris:?}");
    }
}

#[test]
fn thanks_and_stickers_are_answered_once_a_day() {
    let mut world = expecting();
    world.says("ありがとう").sees("こちらこそ");
    assert!(world.says("ありがとう").screen.is_empty());
    world.receives(&Input::Sticker).sees("スタンプ");
    assert!(world.receives(&Input::Sticker).screen.is_empty());
    world.later(TimeDelta::days(1)).says("ありがとうございます").sees("こちらこそ");
    world.receives(&Input::Sticker).sees("スタンプ");
}

#[test]
fn in_a_question_stickers_and_pictures_ask_it_again() {
    let mut world = naming();
    world.receives(&Input::Sticker).sees("（2/3）").sees_not("スタンプ");
    world.receives(&Input::Media).sees("見ることができません").sees("（2/3）");
    expecting().receives(&Input::Media).sees("保存もしていません").sees("こども家庭センター");
}

#[test]
fn help_names_the_words_that_can_be_typed() {
    expecting().says("ヘルプ").sees("きょうのメッセージ").sees("変更").sees("停止").sees("相談");
    World::new().says("？").sees("登録").sees_not("変更");
}

#[test]
fn help_in_a_question_keeps_it_and_leads_back() {
    for text in ["ヘルプ", "相談", "いそぐとき"] {
        let mut world = naming();
        let before = world.state().clone();
        world.says(text);
        assert_eq!(world.state(), &before);
        world.taps("登録の続き").sees("（2/3）");
    }
    let mut world = expecting();
    world.says("予定日をなおす").says("相談").taps("質問にもどる").sees("新しい予定日");
}

#[test]
fn words_that_call_for_help_come_before_everything() {
    let cases = [
        ("もう死にたいです", Category::Life, "0120-279-338"),
        ("叩いてしまいそう", Category::ChildAbuse, "189"),
        ("夫に殴られています", Category::Violence, "110"),
        ("子どもがけいれんしています", Category::Emergency, "119"),
        ("中絶したい", Category::PregnancyOrLoss, "000-000-0001"),
        ("赤ちゃんが亡くなりました", Category::PregnancyOrLoss, "000-000-0002"),
        ("つらいです", Category::Exhaustion, "000-000-0000"),
    ];
    for (text, category, number) in cases {
        for mut world in [World::with(&[]), expecting(), naming()] {
            let before = world.state().clone();
            world.says(text).wants(&[Effect::CountDanger(category)]).sees(number);
            assert_eq!(world.state(), &before, "{text}");
            if before.is_open() {
                world.taps("登録の続き").sees("（2/3）");
            }
        }
    }
}

#[test]
fn a_loss_inside_a_sentence_offers_to_stop_and_stops_nothing() {
    let mut world = expecting();
    world.says("赤ちゃんが亡くなりました").taps("お届けを止める").wants(&[]).sees("すべて止めます");
}

#[test]
fn a_witness_is_not_spoken_to_as_the_one_who_hits() {
    expecting().says("となりの家から虐待の音がします").sees("だれが知らせたかは").sees_not("手が出そう");
}

#[test]
fn the_page_on_personal_data_can_be_asked_for() {
    let mut world = expecting();
    world.says("個人情報のあつかい");
    assert_eq!(world.labels(), ["ページをひらく"]);
    world.privacy_url = None;
    world.says("個人情報").sees("000-000-0000");
}
