//! Every story is judged when it is over (see `support::history`); here the judge itself is tried.

use serde_json::json;

use crate::support::{Registers, TOKEN, World};

const UNDECIDED: &str = "was never decided";

/// A world in which something arrived that nobody looked at.
async fn with_something_undecided() -> World {
    let world = World::at("2026-11-22 09:00").await;
    assert_eq!(world.somebody().user.add_friend().await, 200);
    world
}

/// Somebody else has the account's token, and sends what the bot has sent already.
async fn sent_again_by_somebody_else(world: &World) {
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    world.until("2026-11-23 12:00").await;
    let [push] = hana.pushes().try_into().unwrap();
    let again = json!({ "to": hana.user.id(), "messages": push.messages });
    let request = reqwest::Client::new().post(format!("{}/v2/bot/message/push", world.line_url())).bearer_auth(TOKEN);
    let answer = request.header("content-type", "application/json").body(again.to_string()).send().await;
    assert_eq!(answer.unwrap().status(), 200);
}

#[tokio::test]
#[should_panic(expected = "I1: an event of 2026-11-22 09:00:00 was never decided")]
async fn what_nobody_looked_at_fails_a_story() {
    with_something_undecided().await;
}

#[tokio::test]
async fn what_a_story_says_beforehand_does_not_fail_it() {
    let world = with_something_undecided().await;
    world.witness.expects("I1", UNDECIDED, "the story ends while something waits");
}

#[tokio::test]
#[should_panic(expected = "I1 was expected (nothing waits) and holds")]
async fn what_was_said_beforehand_and_does_not_happen_fails_a_story() {
    let world = World::at("2026-11-22 09:00").await;
    world.witness.expects("I1", UNDECIDED, "nothing waits");
}

#[tokio::test]
#[should_panic(expected = "I3: ")]
async fn a_second_push_behind_the_bots_back_fails_a_story() {
    let world = World::at("2026-11-22 09:00").await;
    sent_again_by_somebody_else(&world).await;
}
