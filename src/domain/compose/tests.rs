use super::*;
use crate::domain::delivery::{Call, Section};
use crate::domain::family::{Follow, Journey, Lead, Profile, Role};
use crate::domain::ids::ChildId;
use crate::domain::message::{Action, Body, Card, Row, Weight};
use crate::domain::programme::fixture::{
    born, date, expected, follow, library, library_with, manuscript, municipal_text,
};
use crate::domain::programme::plan::{ReaderPlan, message_on};

const FOOTER: &str = "「変更」か「停止」と送ってください。";

fn daily_on(follows: &[Follow], day: &str, library: &Library, budget: usize) -> Vec<Message> {
    let profile = Profile::default();
    let parts = message_on(&ReaderPlan { follows, profile: &profile, locale: "ja" }, date(day), library).unwrap();
    daily(&parts, library, budget)
}

fn text(message: &Message) -> &str {
    match &message.body {
        Body::Text { text } => text,
        other => panic!("not a text: {other:?}"),
    }
}

fn card(message: &Message) -> (&str, &Card) {
    match &message.body {
        Body::Cards { alt, cards } => (alt, &cards[0]),
        other => panic!("not a card: {other:?}"),
    }
}

#[test]
fn a_daily_text_is_call_manuscript_footer_and_the_way_out() {
    let day_100 = manuscript("day/100", &[(&[], false, "ひとつめ。"), (&[], false, "ふたつめ。")]);
    let said = daily_on(&[born(1, "あおちゃん", "2026-04-01")], "2026-07-09", &library_with(vec![day_100], vec![]), 5);
    let expected =
        format!("あおちゃん、生まれて100日目です。\n\nひとつめ。\n\nふたつめ。\n\n※個人差があります。\n{FOOTER}");
    assert_eq!(said.iter().map(text).collect::<Vec<_>>(), [expected]);
}

#[test]
fn each_moment_opens_with_its_own_call() {
    let library = library();
    let calls = [
        (expected(1, "", "2026-04-01"), "2026-03-05", "きょうは妊娠36週1日です。"),
        (expected(1, "", "2026-04-01"), "2026-03-04", "きょうから妊娠36週です。"),
        (expected(1, "あお", "2026-04-01"), "2026-03-05", "あお、きょうは妊娠36週1日です。"),
        (expected(1, "あお", "2026-04-01"), "2026-03-04", "あお、きょうから妊娠36週です。"),
        (born(1, "", "2026-04-01"), "2026-04-01", "きょうが、生まれた日です。"),
        (born(1, "あお", "2026-04-01"), "2026-04-01", "あお、きょうが生まれた日です。"),
        (born(1, "", "2026-04-01"), "2026-04-02", "生まれて2日目です。"),
        (born(1, "", "2026-04-01"), "2027-04-01", "1歳です。生まれて366日目です。"),
        (born(1, "あお", "2026-04-01"), "2029-04-01", "あお、3歳です。生まれて1097日目です。"),
    ];
    for (child, day, call) in calls {
        let said = daily_on(&[child], day, &library, 5);
        assert!(text(&said[0]).starts_with(&format!("{call}\n\n")), "{day}: {said:?}");
    }
}

#[test]
fn a_day_without_a_manuscript_still_has_call_and_footer() {
    let said = daily_on(&[born(1, "", "2026-04-01")], "2026-07-09", &library(), 5);
    assert_eq!(text(&said[0]), format!("生まれて100日目です。\n\n※個人差があります。\n{FOOTER}"));
}

#[test]
fn a_manuscript_is_sent_until_the_day_it_expires_and_no_longer() {
    let body_when_expiring = |expires| {
        let mut day_100 = manuscript("day/100", &[(&[], false, "むかしの話。")]);
        day_100.expires = Some(date(expires));
        let said = daily_on(&[born(1, "", "2026-04-01")], "2026-07-09", &library_with(vec![day_100], vec![]), 5);
        text(&said[0]).contains("むかし")
    };
    assert!(body_when_expiring("2026-07-09"));
    assert!(!body_when_expiring("2026-07-08"));
}

#[test]
fn a_reader_sees_the_paragraphs_for_everybody_and_for_their_role() {
    let day_5 = manuscript(
        "day/5",
        &[
            (&[], false, "みんなに。"),
            (&[Role::Father], false, "父に。"),
            (&[Role::Mother, Role::Father], false, "ふたりに。"),
        ],
    );
    let library = library_with(vec![day_5], vec![]);
    let body = |role| {
        let said = daily_on(&[Follow { role, ..born(1, "", "2026-04-01") }], "2026-04-05", &library, 5);
        text(&said[0]).split("\n\n").skip(1).take_while(|line| !line.starts_with('※')).collect::<Vec<_>>().concat()
    };
    assert_eq!(body(Role::Father), "みんなに。父に。ふたりに。");
    assert_eq!(body(Role::Mother), "みんなに。ふたりに。");
    assert_eq!(body(Role::Other), "みんなに。");
}

#[test]
fn what_nobody_reviewed_is_marked_on_that_text_only() {
    let mut unread = manuscript("day/5", &[(&[], false, "五日目。")]);
    unread.review.reviewer = None;
    let library = library_with(vec![unread, manuscript("preg/w30d0", &[(&[], false, "三十週。")])], vec![]);
    let said = daily_on(&[born(1, "", "2026-04-01"), expected(2, "", "2026-06-14")], "2026-04-05", &library, 5);
    assert!(text(&said[0]).contains("三十週。\n\n※個人差があります。"));
    assert!(!text(&said[0]).contains("監修前"));
    assert!(text(&said[1]).contains("五日目。\n\n※個人差があります。（見本・監修前）"));
}

#[test]
fn a_nickname_that_looks_like_a_placeholder_stays_what_was_typed() {
    let day_5 = manuscript("day/5", &[(&[], false, "{nickname}と{desk}（{phone}）へ。{day_count}日目。")]);
    let library = library_with(vec![day_5], vec![]);
    let said = daily_on(&[born(1, "{phone}{nickname}", "2026-04-01")], "2026-04-05", &library, 5);
    let expected = "{phone}{nickname}、生まれて5日目です。\n\n\
                    {phone}{nickname}とこども家庭センター（000-000-0000）へ。5日目。\n\n";
    assert!(text(&said[0]).starts_with(expected), "{said:?}");
    let nameless = daily_on(&[born(1, "", "2026-04-01")], "2026-04-05", &library, 5);
    assert!(text(&nameless[0]).contains("お子さんとこども家庭センター"));
}

#[test]
fn a_round_day_on_a_regular_day_brings_both_texts_under_one_call() {
    let regular = manuscript("day/202", &[(&[], false, "いつもの。")]);
    let round = manuscript("round/200", &[(&[], false, "区切りの。")]);
    let library = library_with(vec![regular, round], vec![]);
    let section = Section {
        child: ChildId(1),
        nickname: None,
        role: Role::Other,
        call: Call::Day { day_count: 202 },
        slots: ["day/202", "round/200"].map(|slot| slot.parse().unwrap()).to_vec(),
        corrected: None,
    };
    let parts = DailyParts {
        overdue: Vec::new(),
        onward: Vec::new(),
        day: date("2026-04-01"),
        locale: "ja".to_owned(),
        leads: vec![],
        sections: vec![section],
        municipal: vec![],
    };
    let said = daily(&parts, &library, 5);
    assert!(text(&said[0]).contains("202日目です。\n\nいつもの。\n\n区切りの。\n\n※"));
}

#[test]
fn twins_that_read_the_same_words_share_a_text_with_both_names() {
    let day_5 = manuscript("day/5", &[(&[], false, "五日目。")]);
    let library = library_with(vec![day_5], vec![]);
    let twins = [born(1, "あお", "2026-04-01"), born(2, "はる", "2026-04-01")];
    let said = daily_on(&twins, "2026-04-05", &library, 5);
    assert_eq!(said.len(), 1);
    assert!(text(&said[0]).starts_with("あお・はる、生まれて5日目です。\n\n五日目。"));
    let half_named = daily_on(&[born(1, "あお", "2026-04-01"), born(2, "", "2026-04-01")], "2026-04-05", &library, 5);
    assert!(text(&half_named[0]).starts_with("生まれて5日目です。"));
}

#[test]
fn siblings_have_a_text_each_and_only_the_last_names_the_way_out() {
    let children = [born(1, "あお", "2025-04-01"), born(2, "はる", "2026-04-01")];
    let said = daily_on(&children, "2026-04-01", &library(), 5);
    assert!(text(&said[0]).starts_with("はる、きょうが生まれた日です。"));
    assert!(text(&said[1]).starts_with("あお、1歳です。"));
    assert!(!text(&said[0]).contains(FOOTER) && text(&said[1]).ends_with(FOOTER));
}

#[test]
fn explanations_stand_on_top_of_the_first_text() {
    let (follows, library) = ([born(1, "", "2026-04-01"), expected(2, "", "2026-08-01")], library());
    let profile = Profile { leads: vec![Lead::Resumed, Lead::BirthReported(ChildId(1))], ..Profile::default() };
    let reader = ReaderPlan { follows: &follows, profile: &profile, locale: "ja" };
    let said = daily(&message_on(&reader, date("2026-04-05"), &library).unwrap(), &library, 5);
    assert!(text(&said[0]).starts_with("お届けを再開しました。\nご家族からお知らせがありました。\n\nきょう"));
    assert!(!text(&said[1]).contains("お届けを再開しました。"));
}

#[test]
fn one_line_says_it_for_twins_too_and_none_is_said_above_the_letters_of_another() {
    let (twins, library) = ([born(1, "", "2026-04-01"), born(2, "", "2026-04-01")], library());
    let leads = vec![Lead::BirthReported(ChildId(1)), Lead::DueDateMoved(ChildId(3)), Lead::BirthReported(ChildId(2))];
    let profile = Profile { leads, ..Profile::default() };
    let said = |follows: &[Follow]| {
        let reader = ReaderPlan { follows, profile: &profile, locale: "ja" };
        text(&daily(&message_on(&reader, date("2026-04-05"), &library).unwrap(), &library, 5)[0]).to_owned()
    };
    assert!(said(&twins).starts_with("ご家族からお知らせがありました。\n\n生まれて"));
    let other_news = ["ご家族から", "新しい予定日"];
    let speaks = |text: &str| other_news.iter().any(|line| text.contains(line));
    assert!(!speaks(&said(&[born(9, "", "2026-04-01")])), "another child");
    assert!(!speaks(&said(&[expected(1, "", "2026-08-01")])), "not born after all");
    assert!(!speaks(&said(&[born(3, "", "2026-04-01")])), "a due date that is over");
}

fn preterm() -> Follow {
    let mut child = follow(1, "", Journey::Born { born: date("2026-04-01"), due: Some(date("2026-05-27")) });
    child.child.corrected = true;
    child
}

#[test]
fn a_corrected_age_changes_the_development_paragraphs_and_nothing_else() {
    let own = [(&[][..], false, "はじめ。"), (&[], true, "百日の発達。"), (&[], false, "おわり。")];
    let younger = [(&[][..], false, "四十四日の話。"), (&[], true, "四十四日の発達。")];
    let manuscripts = || vec![manuscript("day/100", &own), manuscript("day/44", &younger)];
    let library = library_with(manuscripts(), vec![]);
    let by_due_date = daily_on(&[preterm()], "2026-07-09", &library, 5);
    assert!(
        text(&by_due_date[0]).starts_with(
            "生まれて100日目です。\n\nはじめ。\n\n（予定日から数えて）\n四十四日の発達。\n\nおわり。\n\n※"
        )
    );
    let by_birth_date = daily_on(&[born(1, "", "2026-04-01")], "2026-07-09", &library, 5);
    assert!(text(&by_birth_date[0]).contains("はじめ。\n\n百日の発達。\n\nおわり。"));
}

#[test]
fn before_the_due_date_nothing_is_said_about_the_development_of_a_preterm_child() {
    let day_20 = manuscript("day/20", &[(&[], false, "はじめ。"), (&[], true, "二十日の発達。")]);
    let said = daily_on(&[preterm()], "2026-04-20", &library_with(vec![day_20], vec![]), 5);
    assert!(text(&said[0]).contains("はじめ。\n\n※") && !text(&said[0]).contains("予定日から"));
}

#[test]
fn development_that_nobody_reviewed_is_marked_too() {
    let mut younger = manuscript("day/44", &[(&[], true, "四十四日の発達。")]);
    younger.review.reviewer = None;
    let library = library_with(vec![manuscript("day/100", &[(&[], false, "百。")]), younger], vec![]);
    let said = daily_on(&[preterm()], "2026-07-09", &library, 5);
    assert!(
        text(&said[0])
            .contains("百。\n\n（予定日から数えて）\n四十四日の発達。\n\n※個人差があります。（見本・監修前）")
    );
}

#[test]
fn a_municipal_text_is_a_card_that_can_be_called_and_read_aloud() {
    let mut kenshin = municipal_text("kenshin", "day/90", "day/110");
    kenshin.title = "3〜4か月児健診".to_owned();
    kenshin.paragraphs = vec!["あ".repeat(50), "い".repeat(50)];
    kenshin.page = Some("https://aoba.example.jp/kenshin".to_owned());
    let library = library_with(vec![], vec![kenshin]);
    let said = daily_on(&[born(1, "", "2026-04-01")], "2026-07-09", &library, 5);
    assert_eq!((said.len(), said[1].sender.as_deref()), (2, Some("あおば市")));
    let (alt, card) = card(&said[1]);
    let opening = format!("{}{}", "あ".repeat(50), "い".repeat(10));
    assert_eq!(alt, format!("あおば市から：3〜4か月児健診。こども家庭センター 000-000-0000。{opening}"));
    assert_eq!(card.kicker.as_deref(), Some("あおば市からのご案内"));
    assert_eq!((card.title.as_str(), card.rows.len(), &card.note), ("3〜4か月児健診", 5, &None));
    let contact = "こども家庭センター\n000-000-0000（平日8時30分〜17時15分）".to_owned();
    assert_eq!(card.rows[2], Row::Small { text: contact });
    let Row::Button { button, weight: Weight::Primary } = &card.rows[3] else { panic!("{:?}", card.rows[3]) };
    assert_eq!(button.action, Action::Uri { uri: "tel:0000000000".to_owned() });
}

#[test]
fn a_municipal_text_without_page_or_reviewer_has_no_page_button_and_says_so() {
    let mut text = municipal_text("kenshin", "day/90", "day/110");
    text.page = Some("http://aoba.example.jp".to_owned());
    text.review.reviewer = None;
    let said = daily_on(&[born(1, "", "2026-04-01")], "2026-07-09", &library_with(vec![], vec![text]), 5);
    let (_, card) = card(&said[1]);
    assert_eq!(card.note.as_deref(), Some("（見本・監修前）"));
    assert_eq!(card.rows.iter().filter(|row| matches!(row, Row::Button { .. })).count(), 1);
}

/// Six children on one day, two of whom bring a municipal text.
fn a_full_house(budget: usize) -> Vec<Message> {
    let texts = vec![municipal_text("a", "day/1", "day/50"), municipal_text("b", "preg/w20d0", "preg/w39d6")];
    let mut family: Vec<Follow> = (1..=5).map(|id| born(id, &format!("子{id}"), &format!("2026-03-0{id}"))).collect();
    family.push(expected(6, "子6", "2026-06-01"));
    daily_on(&family, "2026-04-01", &library_with(vec![], texts), budget)
}

#[test]
fn within_any_budget_every_child_is_spoken_to_youngest_first() {
    for budget in 1..=MAX_OBJECTS {
        let said = a_full_house(budget);
        assert!(said.len() <= budget);
        let cards = said.iter().filter(|message| matches!(message.body, Body::Cards { .. })).count();
        assert_eq!(cards, 2.min(budget - 1));
        let whole: String = said.iter().take(said.len() - cards).map(text).collect::<Vec<_>>().join("|");
        let order: Vec<_> = (1..=6).rev().map(|id| whole.find(&format!("子{id}、")).unwrap()).collect();
        assert!(order.is_sorted(), "{order:?}");
        assert_eq!(whole.matches(FOOTER).count(), 1);
    }
}

#[test]
fn the_youngest_keeps_a_text_of_its_own_as_long_as_there_is_room() {
    let said = a_full_house(5);
    assert!(!text(&said[0]).contains("＊＊＊") && !text(&said[1]).contains("＊＊＊"));
    assert_eq!(text(&said[2]).matches("＊＊＊").count(), 3);
}

#[test]
fn texts_are_joined_only_as_far_as_they_fit_into_one_object() {
    let long = "あ".repeat(1_900);
    let manuscripts = (28..=32).map(|day| manuscript(&format!("day/{day}"), &[(&[], false, long.as_str())])).collect();
    let family: Vec<Follow> = (1..=5).map(|id| born(id, "", &format!("2026-03-0{id}"))).collect();
    let said = daily_on(&family, "2026-04-01", &library_with(manuscripts, vec![]), 3);
    assert_eq!(said.len(), 3);
    assert!(said.iter().all(|message| units(text(message)) <= MAX_TEXT_UNITS));
    assert_eq!(said.iter().map(|message| text(message).matches("日目です").count()).sum::<usize>(), 5);
}

#[test]
fn every_phrase_of_the_list_is_known_to_the_test_wording_with_its_placeholders() {
    let library = library();
    for (key, allowed) in PHRASES {
        let phrase = library.phrases("ja").get(key).unwrap_or_else(|| panic!("{key}"));
        for name in crate::domain::phrases::placeholders(&phrase.text) {
            assert!(allowed.contains(&name), "{key}: {name}");
        }
    }
}

#[test]
fn the_card_of_42_weeks_stands_after_the_texts_and_before_the_towns_cards() {
    let family = [expected(1, "あお", "2026-03-18"), born(2, "ゆず", "2025-04-01")];
    let library = library_with(vec![], vec![municipal_text("a", "y1/w00", "y1/w52")]);
    let said = daily_on(&family, "2026-04-01", &library, 5);
    assert!(text(&said[0]).starts_with("ゆず、") && text(&said[0]).ends_with(FOOTER));
    let Body::Buttons { text, buttons, .. } = &said[1].body else { panic!("{said:?}") };
    assert_eq!(text, "妊娠中のお届けは、きのうで終わりました。");
    let Action::Date { data, initial, min, max } = &buttons[0].action else { panic!("{buttons:?}") };
    assert_eq!(data, "h1|born|ask|||1.1");
    let days = ["2026-04-01", "2025-11-12", "2026-05-01"].map(date);
    assert_eq!([*initial, *min, *max], days, "22 weeks 0 days to the day on which it is forgotten");
    assert_eq!(buttons.len(), 3);
    assert!(matches!(said[2].body, Body::Cards { .. }));
}

#[test]
fn who_may_not_report_a_birth_is_offered_no_date() {
    let family = [Follow { role: Role::Grandparent, registrant: false, ..expected(1, "", "2026-03-18") }];
    let said = daily_on(&family, "2026-04-01", &library(), 5);
    let Body::Buttons { text, buttons, .. } = &said[0].body else { panic!("{said:?}") };
    assert_eq!(text, "妊娠中のお届けは、きのうで終わりました。ご家族に合わせます。");
    assert_eq!(buttons.len(), 1);
    assert_eq!(said.len(), 1, "no text, and no footer without one");
}

#[test]
fn an_explanation_on_the_day_of_the_card_is_a_text_of_its_own() {
    let profile = Profile { leads: vec![Lead::DueDateMoved(ChildId(1))], ..Profile::default() };
    let family = [expected(1, "", "2026-03-18")];
    let reader = ReaderPlan { follows: &family, profile: &profile, locale: "ja" };
    let parts = message_on(&reader, date("2026-04-01"), &library()).unwrap();
    let said = daily(&parts, &library(), 5);
    assert_eq!(text(&said[0]), "新しい予定日に合わせています。");
    assert!(matches!(said[1].body, Body::Buttons { .. }));
}

#[test]
fn twins_without_a_name_are_several_in_the_text_too() {
    let texts = [("preg/w30d0", "{nickname}のこと。"), ("day/5", "{nickname}のこと。")];
    let library = library_with(texts.map(|(slot, text)| manuscript(slot, &[(&[], false, text)])).into(), vec![]);
    let expecting = [expected(1, "あお", "2026-06-14"), expected(2, "", "2026-06-14")];
    assert!(text(&daily_on(&expecting, "2026-04-05", &library, 5)[0]).contains("\n\n赤ちゃんたちのこと。"));
    let here = [born(1, "", "2026-04-01"), born(2, "", "2026-04-01")];
    assert!(text(&daily_on(&here, "2026-04-05", &library, 5)[0]).contains("\n\nお子さんたちのこと。"));
    assert!(text(&daily_on(&here[..1], "2026-04-05", &library, 5)[0]).contains("\n\nお子さんのこと。"));
}

#[test]
fn the_last_letter_of_a_child_says_whose_letters_go_on() {
    let last = manuscript("birthday/3", &[(&[], false, "さいごに。")]);
    let library = library_with(vec![last], vec![]);
    let said = |others: &[Follow]| {
        let family = [&[born(1, "あお", "2023-04-01")], others].concat();
        let said = daily_on(&family, "2026-04-01", &library, 5);
        said.iter().map(|message| text(message).to_owned()).find(|text| text.starts_with("あお、3歳")).unwrap()
    };
    assert!(!said(&[]).contains("このあとも"));
    assert!(said(&[born(2, "ゆず", "2025-01-02")]).contains("さいごに。\n\nこのあとも、ゆずの分をお届けします。\n\n※"));
    assert!(said(&[expected(2, "", "2026-10-01")]).contains("このあとも、ほかのお子さんの分をお届けします。"));
}

mod room {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::calendar::days_after;
    use crate::domain::programme::placement::shown_keys;
    use crate::domain::programme::planned::note_planned;

    fn a_library(lengths: &[usize]) -> Library {
        let texts = ["a", "b", "c"].map(|id| municipal_text(id, "day/1", "day/90"));
        let more = municipal_text("d", "preg/w20d0", "preg/w41d6");
        let manuscript_of = |(length, day): (&usize, u16)| {
            manuscript(&format!("day/{day}"), &[(&[], false, "あ".repeat(*length).as_str())])
        };
        let manuscripts = lengths.iter().zip(1..).map(manuscript_of).collect();
        library_with(manuscripts, texts.into_iter().chain([more]).collect())
    }

    fn family(days: &[i64], due: Option<i64>, today: chrono::NaiveDate) -> Vec<Follow> {
        let born = |(days, id): (&i64, i64)| {
            follow(id, &format!("子{id}"), Journey::Born { born: days_after(today, -days), due: None })
        };
        let due = due.map(|days| follow(90, "子90", Journey::Expected { due: days_after(today, -days) }));
        days.iter().zip(1..).map(born).chain(due).collect()
    }

    proptest! {
        #[test]
        fn what_is_noted_as_shown_was_shown_and_what_found_no_room_comes_another_day(
            days in prop::collection::vec(0i64..80, 1..6),
            due in prop::option::of(0i64..=14),
            lengths in prop::collection::vec(0usize..2_300, 80),
            leads in prop::bool::ANY,
            budget in 3usize..=MAX_OBJECTS,
        ) {
            let (today, library) = (date("2026-04-01"), a_library(&lengths));
            let family = family(&days, due, today);
            let of_all = family.iter().map(|follow| follow.child.id);
            let of_all = of_all.flat_map(|child| [Lead::DueDateMoved(child), Lead::BirthReported(child)]);
            let leads = of_all.filter(|_| leads).collect();
            let profile = Profile { leads, ..Profile::default() };
            let reader = ReaderPlan { follows: &family, profile: &profile, locale: "ja" };
            let parts = within(message_on(&reader, today, &library).unwrap(), &library, budget);
            let said = daily(&parts, &library, budget);
            prop_assert!(said.len() <= budget);
            let cards = said.iter().filter(|message| matches!(message.body, Body::Cards { .. })).count();
            prop_assert_eq!(cards, parts.municipal.len(), "every planned card is there");
            let asked = said.iter().filter(|message| matches!(message.body, Body::Buttons { .. })).count();
            prop_assert_eq!(asked, usize::from(!parts.overdue.is_empty()));
            let texts = said.iter().filter_map(|message| match &message.body {
                Body::Text { text } => Some(text.as_str()),
                _ => None,
            });
            let whole = texts.collect::<Vec<_>>();
            prop_assert!(whole.iter().all(|text| units(text) <= MAX_TEXT_UNITS));
            // Up to three children there is always room for everybody's words.
            if parts.sections.len() <= 3 - asked {
                for section in &parts.sections {
                    let name = section.nickname.as_ref().unwrap().expose();
                    prop_assert!(whole.iter().any(|text| text.contains(name)), "{} is missing", name);
                }
            }
            let mut planned = profile.clone();
            note_planned(&mut planned, &parts, &library);
            prop_assert_eq!(planned.shown.len(), shown_keys(&parts, &library).len());
            let again = ReaderPlan { profile: &planned, ..reader };
            let same = within(message_on(&again, today, &library).unwrap(), &library, budget);
            prop_assert!(same.municipal.starts_with(&parts.municipal), "read again, the day is the same");
        }
    }
}
