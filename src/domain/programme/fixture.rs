//! A library with the default cadence, and families, for the tests of this half of the domain.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::pack::{Cadence, Manuscript, Pack, Paragraph, Place, Review, Series};
use super::slot::Slot;
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
        valid_until: None,
        law: Vec::new(),
        review: Review { reviewer: Some("こども家庭課".to_owned()), on: None },
        place: Place::default(),
    }
}

/// The default cadence, no manuscripts, no municipal texts.
pub(crate) fn library() -> Library {
    let phrase = |(key, text): (&str, &str)| (key.to_owned(), Phrase { text: text.to_owned(), ..Phrase::default() });
    let desk = Desk {
        name: "こども家庭センター".to_owned(),
        phone: "000-000-0000".to_owned(),
        hours: "平日".to_owned(),
        confirmed_on: None,
    };
    Library {
        packs: vec![pack(Series::Maternity, maternity()), pack(Series::Childcare, childcare())],
        phrases: vec![Phrases::new("ja".to_owned(), crate::domain::compose::TEST_PHRASES.map(phrase).into())],
        municipality: Municipality {
            slug: "aoba".to_owned(),
            name: "あおば市".to_owned(),
            service: "あおば子育てだより".to_owned(),
            sender: "あおば市".to_owned(),
            desk,
            page: None,
            hotlines: Vec::new(),
            privacy: String::new(),
            texts: Vec::new(),
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
