//! A reader, a phone that shows the rendered messages, and an inbox that applies the effects.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::super::danger::DangerWords;
use super::super::sharing::{Sharing, Typed, needs};
use super::super::wording::{Prompt, render};
use super::super::{AccountFacts, Conversation, Dates, Effect, Facts, Input, State, Step, Today, step};
use crate::domain::calendar::LeapRule;
use crate::domain::family::{Child, Follow, Journey, Nickname, OwnStop, Pause, Profile, Role, Standing};
use crate::domain::ids::ChildId;
use crate::domain::message::{Action, Body, Button, Message, Row};
use crate::domain::municipal::{Desk, Municipality};
use crate::domain::phrases::{Phrase, Phrases};
use crate::domain::programme::plan::Hours;

static PHRASES: LazyLock<Phrases> = LazyLock::new(read_phrases);
static DANGER: LazyLock<DangerWords> = LazyLock::new(read_danger_words);

/// The phrases that are shipped.
pub(in super::super) fn phrases() -> Phrases {
    PHRASES.clone()
}

/// The danger words that are shipped.
pub(in super::super) fn danger_words() -> DangerWords {
    DANGER.clone()
}

fn read_phrases() -> Phrases {
    let files = [
        include_str!("../../../../content/phrases/ja/birth.toml"),
        include_str!("../../../../content/phrases/ja/change.toml"),
        include_str!("../../../../content/phrases/ja/children.toml"),
        include_str!("../../../../content/phrases/ja/common.toml"),
        include_str!("../../../../content/phrases/ja/danger.toml"),
        include_str!("../../../../content/phrases/ja/dates.toml"),
        include_str!("../../../../content/phrases/ja/greeting.toml"),
        include_str!("../../../../content/phrases/ja/help.toml"),
        include_str!("../../../../content/phrases/ja/registration.toml"),
        include_str!("../../../../content/phrases/ja/rest.toml"),
        include_str!("../../../../content/phrases/ja/settings.toml"),
        include_str!("../../../../content/phrases/ja/sharing.toml"),
        include_str!("../../../../content/phrases/ja/stop.toml"),
        include_str!("../../../../content/phrases/ja/today.toml"),
    ];
    let mut all = BTreeMap::new();
    for file in files {
        for (key, phrase) in toml::from_str::<BTreeMap<String, Phrase>>(file).unwrap() {
            assert!(all.insert(key.clone(), phrase).is_none(), "{key} stands in two files");
        }
    }
    Phrases::new("ja".into(), all)
}

fn read_danger_words() -> DangerWords {
    #[derive(serde::Deserialize)]
    struct File {
        exclusions: Vec<String>,
        patterns: BTreeMap<String, String>,
    }
    let file: File = toml::from_str(include_str!("../../../../content/danger/ja.toml")).unwrap();
    DangerWords::new(&file.exclusions, &file.patterns).unwrap()
}

pub(in super::super) fn municipality() -> Municipality {
    let desk = |name: &str, phone: &str| Desk {
        name: name.into(),
        phone: phone.into(),
        hours: "平日8時30分〜17時15分".into(),
        confirmed_on: None,
    };
    let hotlines = [
        ("ambulance", "いま危ないとき 119", "119"),
        ("police", "110", "110"),
        ("child_abuse", "児童相談所 189", "189"),
        ("child_guidance", "児童相談所 相談専用", "0120-189-783"),
        ("child_medical", "こども医療電話相談 #8000", "#8000"),
        ("emergency_advice", "救急安心センター #7119", "#7119"),
        ("yorisoi", "よりそいホットライン", "0120-279-338"),
        ("inochi_sos", "#いのちSOS", "0120-061-338"),
        ("kokoro", "こころの健康相談", "0570-064-556"),
        ("dv_plus", "DV相談プラス", "0120-279-889"),
        ("dv_navi", "DV相談ナビ", "#8008"),
        ("poison", "中毒110番", "072-727-2499"),
        ("pregnancy_sos", "にんしんSOS", "000-000-0001"),
        ("loss", "流産・死産の相談", "000-000-0002"),
    ];
    Municipality {
        slug: "aoba".into(),
        name: "あおば市".into(),
        service: "あおば子育てだより".into(),
        sender: "あおば市".into(),
        desk: desk("こども家庭センター", "000-000-0000"),
        page: Some("https://aoba.example.jp/kosodate".into()),
        hotlines: hotlines.map(|(key, name, phone)| (key.to_owned(), desk(name, phone))).into(),
        leap: LeapRule::default(),
        privacy: String::new(),
        texts: Vec::new(),
        areas: vec!["北部".into(), "南部".into()],
        line_id: Some("@aoba".into()),
    }
}

/// One reader and the account, on 2026-11-22 (a Sunday) unless told otherwise.
#[derive(Clone)]
pub(in super::super) struct World {
    pub(in super::super) now: NaiveDateTime,
    pub(in super::super) turn: i64,
    pub(in super::super) talk: Conversation,
    pub(in super::super) standing: Option<Standing>,
    pub(in super::super) consented: bool,
    pub(in super::super) profile: Profile,
    pub(in super::super) follows: Vec<Follow>,
    pub(in super::super) today: Today,
    pub(in super::super) menu: bool,
    pub(in super::super) reviewed: bool,
    pub(in super::super) privacy_url: Option<&'static str>,
    pub(in super::super) municipality: Municipality,
    pub(in super::super) sharing: Sharing,
    phrases: Phrases,
    danger: DangerWords,
    /// The effects of the last step.
    pub(in super::super) effects: Vec<Effect>,
    /// What the last step said.
    pub(in super::super) screen: Vec<Message>,
    /// The prompts of the last step.
    pub(in super::super) prompts: Vec<Prompt>,
}

pub(in super::super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

impl World {
    pub(in super::super) fn new() -> Self {
        Self {
            now: "2026-11-22T09:00:00".parse().unwrap(),
            turn: 0,
            talk: Conversation::default(),
            standing: None,
            consented: false,
            profile: Profile::default(),
            follows: Vec::new(),
            today: Today::Ready,
            menu: false,
            reviewed: false,
            privacy_url: Some("https://bot.example.jp/privacy"),
            municipality: municipality(),
            sharing: Sharing::default(),
            phrases: phrases(),
            danger: danger_words(),
            effects: Vec::new(),
            screen: Vec::new(),
            prompts: Vec::new(),
        }
    }

    /// A reader who follows and has agreed, with these children registered by the reader.
    pub(in super::super) fn with(children: &[(&str, Journey)]) -> Self {
        let mut world = Self::new();
        world.standing = Some(Standing::Following);
        world.consented = true;
        world.turn = 10;
        for (name, journey) in children {
            world.add(name, journey.clone(), Role::Other, true);
        }
        world
    }

    pub(in super::super) fn add(&mut self, name: &str, journey: Journey, role: Role, registrant: bool) {
        let id = ChildId(100 + i64::try_from(self.follows.len()).unwrap());
        let nickname = (!name.is_empty()).then(|| Nickname::from_read(name.into()));
        let child = Child { id, version: 1, nickname, journey, corrected: false };
        self.follows.push(Follow { child, role, registrant, stopped: None });
    }

    pub(in super::super) fn facts(&self) -> Facts<'_> {
        self.facts_with(&self.sharing)
    }

    /// What the inbox would look up for this input: a typed code is what `sharing` says.
    fn looked_up(&self, input: &Input) -> Sharing {
        let needs = needs(&self.talk, input);
        let found = &self.sharing;
        Sharing {
            chance: found.chance,
            typed: if needs.typed.is_some() { found.typed.clone() } else { Typed::Nothing },
            held: found.held.clone().filter(|held| needs.held == Some(held.code)),
            moves: found.moves.filter(|moves| needs.held == Some(moves.code)),
            unspoken_for: if needs.parents { found.unspoken_for.clone() } else { Vec::new() },
            members: if needs.members { found.members.clone() } else { Vec::new() },
        }
    }

    fn facts_with<'a>(&'a self, sharing: &'a Sharing) -> Facts<'a> {
        Facts {
            now: self.now,
            turn: self.turn,
            standing: self.standing,
            consented: self.consented,
            profile: &self.profile,
            follows: &self.follows,
            today: self.today,
            account: AccountFacts {
                municipality: &self.municipality,
                minute: 480,
                menu: self.menu,
                reviewed: self.reviewed,
                privacy_url: self.privacy_url,
                danger: &self.danger,
                hours: Hours::default(),
            },
            sharing,
        }
    }

    pub(in super::super) fn decide(&self, input: &Input) -> Step {
        step(&self.talk, input, &self.facts_with(&self.looked_up(input)))
    }

    /// Decides, renders as the inbox does, and applies the effects.
    pub(in super::super) fn receives(&mut self, input: &Input) -> &mut Self {
        let (decided, sharing) = (self.decide(input), self.looked_up(input));
        if decided.next.state != self.talk.state {
            self.turn += 1;
        }
        self.talk = decided.next;
        self.screen = render(&decided.prompts, &self.facts_with(&sharing), &self.phrases);
        self.prompts = decided.prompts;
        self.effects = decided.effects;
        for effect in self.effects.clone() {
            self.apply(&effect);
        }
        self
    }

    pub(in super::super) fn says(&mut self, text: &str) -> &mut Self {
        self.receives(&Input::Text(text.into()))
    }

    /// Taps the button of that label on the present screen.
    pub(in super::super) fn taps(&mut self, label: &str) -> &mut Self {
        let data = self.data_of(label);
        self.receives(&Input::Postback { data, date: None })
    }

    /// Picks a date with the button of that label on the present screen.
    pub(in super::super) fn picks(&mut self, label: &str, date: &str) -> &mut Self {
        let data = self.data_of(label);
        self.receives(&Input::Postback { data, date: Some(date.into()) })
    }

    pub(in super::super) fn data_of(&self, label: &str) -> String {
        let found = self.buttons().into_iter().find(|button| button.label == label);
        let found = found.unwrap_or_else(|| panic!("no button {label} on {:?}", self.labels()));
        match found.action {
            Action::Postback { data, .. } | Action::Date { data, .. } => data,
            other => panic!("{label} sends nothing: {other:?}"),
        }
    }

    pub(in super::super) fn later(&mut self, time: TimeDelta) -> &mut Self {
        self.now += time;
        self
    }

    pub(in super::super) fn buttons(&self) -> Vec<Button> {
        self.screen.iter().flat_map(buttons_of).collect()
    }

    pub(in super::super) fn labels(&self) -> Vec<String> {
        self.buttons().into_iter().map(|button| button.label).collect()
    }

    /// Everything on the screen that can be read, buttons excepted.
    pub(in super::super) fn read(&self) -> String {
        self.screen.iter().map(text_of).collect::<Vec<_>>().join("\n")
    }

    #[track_caller]
    pub(in super::super) fn sees(&mut self, part: &str) -> &mut Self {
        assert!(self.read().contains(part), "「{part}」 is not in:\n{}", self.read());
        self
    }

    #[track_caller]
    pub(in super::super) fn sees_not(&mut self, part: &str) -> &mut Self {
        assert!(!self.read().contains(part), "「{part}」 is in:\n{}", self.read());
        self
    }

    #[track_caller]
    pub(in super::super) fn wants(&mut self, effects: &[Effect]) -> &mut Self {
        assert_eq!(self.effects, effects, "after:\n{}", self.read());
        self
    }

    pub(in super::super) fn state(&self) -> &State {
        &self.talk.state
    }

    fn apply(&mut self, effect: &Effect) {
        let today = self.now.date();
        match effect {
            Effect::Consent { .. } => self.consented = true,
            Effect::Enrol(enrolment) => {
                let journey = match enrolment.dates {
                    Dates::Due { due } => Journey::Expected { due },
                    Dates::Born { born } => Journey::Born { born, due: None },
                };
                let name = enrolment.nickname.as_ref().map_or("", |name| name.expose()).to_owned();
                self.add(&name, journey, enrolment.role, true);
            }
            Effect::MoveDueDate { child, due } => self.child(*child).journey = Journey::Expected { due: *due },
            Effect::MoveBirthDate { child, born } => {
                self.child(*child).journey = Journey::Born { born: *born, due: None };
            }
            Effect::Rename { child, nickname } => self.child(*child).nickname.clone_from(nickname),
            Effect::ReportBirth { child, born } => {
                let child = self.child(*child);
                let Journey::Expected { due } = child.journey else { panic!("born twice") };
                child.journey = Journey::Born { born: *born, due: Some(due) };
                child.version += 1;
            }
            Effect::UndoBirth { child } => {
                let child = self.child(*child);
                let Journey::Born { due: Some(due), .. } = child.journey else { panic!("not born here") };
                child.journey = Journey::Expected { due };
                child.version += 1;
            }
            Effect::EnrolTwin { of, nickname } => {
                let twin = self.follow(*of).clone();
                self.add("", twin.child.journey, twin.role, twin.registrant);
                let child = &mut self.follows.last_mut().expect("just added").child;
                (child.nickname, child.corrected) = (nickname.clone(), twin.child.corrected);
            }
            Effect::Count { children, corrected } => {
                children.iter().for_each(|child| self.child(*child).corrected = *corrected);
            }
            Effect::Stop { children, reason } => {
                for child in children {
                    self.follow(*child).stopped = Some(OwnStop { on: today, reason: *reason });
                }
            }
            Effect::UndoStop { children } => children.iter().for_each(|child| self.follow(*child).stopped = None),
            Effect::ReportLoss { children } => {
                for child in children {
                    let child = self.child(*child);
                    let before = Box::new(child.journey.clone());
                    child.journey = Journey::Stopped { on: today, before };
                    child.version += 1;
                }
            }
            Effect::UndoLoss { children } => {
                for child in children {
                    let child = self.child(*child);
                    let Journey::Stopped { before, .. } = child.journey.clone() else { panic!("not stopped") };
                    child.journey = *before;
                    child.version += 1;
                }
            }
            Effect::Pause { until } => self.profile.pause = Some(Pause { until: *until }),
            Effect::Resume => self.profile.pause = None,
            Effect::Stand(standing) => self.standing = Some(*standing),
            Effect::ShowToday
            | Effect::ShowNewcomers
            | Effect::ShowEarlier
            | Effect::CountDanger(_)
            | Effect::StandStill
            | Effect::KeepCode { .. } => {}
            Effect::Join { code, role } => {
                let children = self.sharing.invitation(*code).expect("an invitation that is known").children.clone();
                for child in children {
                    if self.follows.iter().all(|follow| follow.child.id != child.id) {
                        self.follows.push(Follow { child, role: *role, registrant: false, stopped: None });
                    }
                }
                self.sharing.held = None;
                self.sharing.typed = Typed::Unusable;
            }
            Effect::Transfer { .. } => self.add("", Journey::Expected { due: day("2027-03-01") }, Role::Mother, true),
            Effect::RemoveMember { member } => self.sharing.members.retain(|one| one.reader != *member),
            Effect::SetRole { children, role } => {
                children.iter().for_each(|child| self.follow(*child).role = *role);
            }
            Effect::SetTime { minute } => self.profile.minute = Some(*minute),
            Effect::SetArea { area } => self.profile.area.clone_from(area),
            Effect::Erase => {
                self.follows.clear();
                self.consented = false;
                self.profile = Profile::default();
            }
        }
    }

    pub(in super::super) fn follow(&mut self, id: ChildId) -> &mut Follow {
        self.follows.iter_mut().find(|follow| follow.child.id == id).unwrap()
    }

    fn child(&mut self, id: ChildId) -> &mut Child {
        &mut self.follow(id).child
    }
}

/// The buttons of a message, quick replies included.
pub(in super::super) fn buttons_of(message: &Message) -> Vec<Button> {
    let own = match &message.body {
        Body::Text { .. } => vec![],
        Body::Buttons { buttons, .. } => buttons.clone(),
        Body::Confirm { buttons, .. } => buttons.to_vec(),
        Body::Cards { cards, .. } => cards
            .iter()
            .flat_map(|card| &card.rows)
            .filter_map(|row| match row {
                Row::Button { button, .. } => Some(button.clone()),
                Row::Text { .. } | Row::Small { .. } => None,
            })
            .collect(),
    };
    own.into_iter().chain(message.quick.clone()).collect()
}

/// What can be read in a message, buttons excepted.
pub(in super::super) fn text_of(message: &Message) -> String {
    match &message.body {
        Body::Text { text } | Body::Buttons { text, .. } | Body::Confirm { text, .. } => text.clone(),
        Body::Cards { cards, .. } => {
            let mut lines = Vec::new();
            for card in cards {
                lines.extend(card.kicker.clone());
                lines.push(card.title.clone());
                for row in &card.rows {
                    if let Row::Text { text } | Row::Small { text } = row {
                        lines.push(text.clone());
                    }
                }
                lines.extend(card.note.clone());
            }
            lines.join("\n")
        }
    }
}
