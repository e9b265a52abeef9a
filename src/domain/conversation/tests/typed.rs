//! Whoever cannot or will not tap can type.

use super::super::postback::{Data, Tap};
use super::super::wording::{Prompt, render};
use super::super::{Input, State};
use super::samples::{big_family, states};
use super::world::{World, buttons_of, phrases};
use crate::domain::message::Action;

/// Entries are commands of their own; their words are tried beside the labels.
fn sent(action: &Action) -> Option<&str> {
    match action {
        Action::Postback { data, .. } => Some(data),
        Action::Date { .. } | Action::Uri { .. } | Action::Copy { .. } => None,
    }
}

fn at(state: &State) -> World {
    let mut world = big_family();
    world.talk.state = state.clone();
    world.talk.asked_at = state.is_open().then_some(world.now);
    world
}

#[test]
fn every_answer_can_be_typed_as_its_label_or_its_number() {
    for state in states() {
        let world = at(&state);
        let messages = render(&[Prompt::Question(state.clone())], &world.facts(), &phrases());
        for (button, number) in messages.iter().flat_map(buttons_of).zip(1..) {
            let Some(data) = sent(&button.action) else { continue };
            let tapped = world.decide(&Input::Postback { data: data.into(), date: None });
            // Where a name, weeks or children are asked, a number is not a choice.
            let counted = !matches!(
                state,
                State::AskingNickname { .. }
                    | State::AskingNewName { .. }
                    | State::NamingTwins { .. }
                    | State::CountingTwins { .. }
                    | State::AskingWeeks { .. }
            );
            if counted {
                assert_eq!(world.decide(&Input::Text(number.to_string())), tapped, "{number} at {state:?}");
            }
            // A child and a date are chosen by number; names are tried elsewhere.
            let typed = match Data::parse(data).unwrap().tap {
                Tap::Pick(index) if counted => (index + 1).to_string(),
                _ => button.label.clone(),
            };
            assert_eq!(world.decide(&Input::Text(typed.clone())), tapped, "{typed} at {state:?}");
        }
    }
}

#[test]
fn every_question_can_be_left_by_a_word() {
    for state in states().into_iter().filter(State::is_open) {
        let world = at(&state);
        let left = world.decide(&Input::Text("やめる".into()));
        assert_eq!((left.next.state, left.effects), (State::Idle, vec![]), "{state:?}");
        let back = world.decide(&Input::Text("もどる".into()));
        assert!(back.next.state != state && back.effects.is_empty(), "{state:?}");
    }
}

#[test]
fn every_question_stays_open_when_the_answer_is_not_understood() {
    for state in states().into_iter().filter(State::is_open) {
        let names =
            matches!(state, State::AskingNickname { .. } | State::AskingNewName { .. } | State::NamingTwins { .. });
        if names {
            continue;
        }
        let mut world = at(&state);
        world.says("ほげほげ").sees_not("000-000-0000");
        assert_eq!(world.state(), &state);
        assert!(world.prompts.contains(&Prompt::Question(state.clone())), "{state:?}");
        world.says("ほげほげ").sees("000-000-0000");
        assert!(world.labels().contains(&"電話する".to_owned()), "{state:?}");
    }
}

#[test]
fn asking_again_keeps_the_buttons_that_are_already_on_the_screen() {
    let mut world = World::new();
    world.says("登録").says("同意");
    let picker = world.data_of("出産予定日をえらぶ");
    world.says("ほげほげ").says("ほげほげ");
    world.receives(&Input::Postback { data: picker, date: Some("2027-03-01".into()) }).sees("（2/3）");
}
