//! A library with the default cadence, and families, for the tests of this half of the domain.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::pack::{Cadence, Manuscript, Pack, Paragraph, Place, Review, Series};
use super::slot::Slot;
use crate::domain::calendar::LeapRule;
use crate::domain::conversation::danger::DangerWords;
use crate::domain::family::{Child, Follow, Journey, Nickname, Role};
use crate::domain::ids::ChildId;
use crate::domain::library::Library;
use crate::domain::municipal::{Desk, MunicipalText, Municipality};
use crate::domain::phrases::{Phrase, Phrases};

pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn maternity() -> Vec<Cadence> {
    vec![Cadence::Gestation { from: 28, to: 293, every: 1 }]
}

/// The regular lines of the default childcare cadence, without the round days.
pub(crate) fn childcare_regular() -> Vec<Cadence> {
    vec![
        Cadence::Days { from: 1, to: 100, every: 1 },
        Cadence::Days { from: 103, to: 364, every: 3 },
        Cadence::Weeks { year: 1, from: 0, to: 52, every: 1 },
        Cadence::Weeks { year: 2, from: 0, to: 50, every: 2 },
        Cadence::Birthday { years: 3 },
    ]
}

pub(crate) fn childcare() -> Vec<Cadence> {
    let round = Cadence::Round { days: (2..=10).map(|hundreds| hundreds * 100).collect() };
    childcare_regular().into_iter().chain([round]).collect()
}

pub(crate) fn pack(series: Series, cadence: Vec<Cadence>) -> Pack {
    let id = if series == Series::Maternity { "maternity.ja" } else { "childcare.ja" };
    Pack {
        id: id.to_owned(),
        series,
        locale: "ja".to_owned(),
        cadence,
        footer: "※個人差があります。".to_owned(),
        complete: false,
        revision: "0".repeat(16),
        manuscripts: BTreeMap::new(),
    }
}

pub(crate) fn manuscript(slot: &str, paragraphs: &[(&[Role], bool, &str)]) -> Manuscript {
    let paragraphs = paragraphs.iter().map(|(roles, corrected, text)| Paragraph {
        roles: roles.to_vec(),
        corrected: *corrected,
        text: (*text).to_owned(),
    });
    Manuscript {
        slot: slot.parse().unwrap(),
        title: slot.to_owned(),
        paragraphs: paragraphs.collect(),
        review: Review { reviewer: Some("佐藤（助産師）".to_owned()), on: None },
        expires: None,
        law: Vec::new(),
        place: Place::default(),
    }
}

pub(crate) fn municipal_text(id: &str, from: &str, to: &str) -> MunicipalText {
    MunicipalText {
        id: id.to_owned(),
        title: format!("{id}のご案内"),
        paragraphs: vec![format!("{id}の本文です。")],
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
        once: false,
        department: "こども家庭センター".to_owned(),
        phone: "000-000-0000".to_owned(),
        hours: "平日8時30分〜17時15分".to_owned(),
        page: None,
        areas: Vec::new(),
        valid_until: None,
        law: Vec::new(),
        review: Review { reviewer: Some("こども家庭課".to_owned()), on: None },
        place: Place::default(),
    }
}

/// Plain stand-ins for `content/phrases/ja/daily.toml`.
fn phrases() -> Phrases {
    let texts = [
        ("daily_call_pregnancy", "きょうは妊娠{weeks}週{days}日です。"),
        ("daily_call_pregnancy_named", "{nickname}、きょうは妊娠{weeks}週{days}日です。"),
        ("daily_call_pregnancy_week", "きょうから妊娠{weeks}週です。"),
        ("daily_call_pregnancy_week_named", "{nickname}、きょうから妊娠{weeks}週です。"),
        ("daily_call_birth_day", "きょうが、生まれた日です。"),
        ("daily_call_birth_day_named", "{nickname}、きょうが生まれた日です。"),
        ("daily_call_day", "生まれて{day_count}日目です。"),
        ("daily_call_day_named", "{nickname}、生まれて{day_count}日目です。"),
        ("daily_call_birthday", "{years}歳です。生まれて{day_count}日目です。"),
        ("daily_call_birthday_named", "{nickname}、{years}歳です。生まれて{day_count}日目です。"),
        ("daily_lead_resumed", "お届けを再開しました。"),
        ("daily_lead_due_date_moved", "新しい予定日に合わせています。"),
        ("daily_lead_birth_reported", "ご家族からお知らせがありました。"),
        ("daily_lead_family_joined", "ご家族が、加わりました。"),
        ("daily_nameless_expected", "赤ちゃん"),
        ("daily_nameless", "お子さん"),
        ("daily_nameless_expected_several", "赤ちゃんたち"),
        ("daily_nameless_several", "お子さんたち"),
        ("daily_onward", "このあとも、ほかのお子さんの分をお届けします。"),
        ("daily_onward_named", "このあとも、{nickname}の分をお届けします。"),
        ("daily_overdue", "妊娠中のお届けは、きのうで終わりました。"),
        ("daily_overdue_family", "妊娠中のお届けは、きのうで終わりました。ご家族に合わせます。"),
        ("daily_corrected", "（予定日から数えて）"),
        ("daily_other_locale", "この回は日本語です。"),
        ("daily_unreviewed", "（見本・監修前）"),
        ("daily_footer", "「変更」か「停止」と送ってください。"),
    ];
    let text = |(key, text): (&str, &str)| (key.to_owned(), Phrase { text: text.to_owned(), ..Phrase::default() });
    let labels = [("phone", "電話する"), ("page", "くわしく見る")];
    let municipal = Phrase {
        text: "{department}\n{phone}（{hours}）".to_owned(),
        menu: None,
        title: Some("{municipality}からのご案内".to_owned()),
        alt: Some("{municipality}から：{title}。{department} {phone}。{opening}".to_owned()),
        labels: labels.map(|(name, label)| (name.to_owned(), label.to_owned())).into(),
    };
    let municipal = ("daily_municipal".to_owned(), municipal);
    Phrases::new("ja".to_owned(), texts.into_iter().map(text).chain([municipal]).collect())
}

/// The default cadence, no manuscripts, no municipal texts.
pub(crate) fn library() -> Library {
    let desk = Desk {
        name: "こども家庭センター".to_owned(),
        phone: "000-000-0000".to_owned(),
        hours: "平日".to_owned(),
        confirmed_on: None,
    };
    Library {
        packs: vec![pack(Series::Maternity, maternity()), pack(Series::Childcare, childcare())],
        phrases: vec![phrases()],
        municipality: Municipality {
            slug: "aoba".to_owned(),
            name: "あおば市".to_owned(),
            service: "あおば子育てだより".to_owned(),
            sender: "あおば市".to_owned(),
            desk,
            page: None,
            hotlines: Vec::new(),
            leap: LeapRule::default(),
            privacy: String::new(),
            texts: Vec::new(),
            areas: Vec::new(),
            line_id: None,
        },
        danger: DangerWords::default(),
    }
}

pub(crate) fn library_with(manuscripts: Vec<Manuscript>, texts: Vec<MunicipalText>) -> Library {
    let mut library = library();
    library.municipality.texts = texts;
    for text in manuscripts {
        let pack = usize::from(!matches!(text.slot, Slot::Pregnancy(_)));
        library.packs[pack].manuscripts.insert(text.slot, text);
    }
    library
}

pub(crate) fn follow(id: i64, nickname: &str, journey: Journey) -> Follow {
    let nickname = (!nickname.is_empty()).then(|| Nickname::from_read(nickname.to_owned()));
    let child = Child { id: ChildId(id), version: 1, nickname, journey, corrected: false };
    Follow { child, role: Role::Mother, registrant: true, stopped: None }
}

pub(crate) fn expected(id: i64, nickname: &str, due: &str) -> Follow {
    follow(id, nickname, Journey::Expected { due: date(due) })
}

pub(crate) fn born(id: i64, nickname: &str, on: &str) -> Follow {
    follow(id, nickname, Journey::Born { born: date(on), due: None })
}
