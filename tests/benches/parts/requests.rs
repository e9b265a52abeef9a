//! The bare HTTP loop: the pushes of a morning with the same client, pool, bodies and number in flight as ours,
//! by somebody who knows them already and keeps nothing.

use chrono::NaiveDate;
use futures::StreamExt as _;
use hagukumi::content::{self, Source};
use hagukumi::domain::compose::{MAX_OBJECTS, daily};
use hagukumi::domain::family::{Child, Follow, Journey, Profile, Role};
use hagukumi::domain::ids::ChildId;
use hagukumi::domain::programme::plan::{ReaderPlan, message_on};
use hagukumi::line::outgoing::all_to_line;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{Orders, say, token, told};
use crate::people::{BORN, DAY, user};

/// Its name.
pub const REQUESTS: &str = "requests";
/// Ours has as many on their way for one account, and for all where they do not wait.
const IN_FLIGHT: usize = 256;
/// Stands in a body for whoever it is for.
const SOMEBODY: &str = "U-somebody";

/// Whom to push to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Errand {
    /// Where LINE is.
    pub api: String,
    /// How many readers each account has.
    pub readers: Vec<usize>,
}

/// What came of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Sent {
    /// Accepted.
    pub accepted: usize,
    /// Anything else.
    pub failed: usize,
    /// The length of a body (bytes).
    pub body: usize,
}

/// With `go` everybody is pushed to once; `begin` and `end` stand around it.
pub async fn send(mut orders: Orders, words: &[String]) {
    let errand: Errand = told(words);
    let client = reqwest::Client::builder().http1_only().no_proxy().pool_max_idle_per_host(IN_FLIGHT).build();
    let client = client.expect("a client");
    let (body, address) = (body(), format!("{}/v2/bot/message/push", errand.api));
    println!("ready");
    while orders.next().await.is_some() {
        let all = errand
            .readers
            .iter()
            .enumerate()
            .flat_map(|(account, readers)| (0..*readers).map(move |reader| (account, reader)));
        println!("begin");
        let answers = futures::stream::iter(all).map(|(account, reader)| {
            let request = client.post(&address).header("authorization", format!("Bearer {}", token(account)));
            let request = request
                .header("content-type", "application/json")
                .header("x-line-retry-key", Uuid::from_u64_pair(account as u64 + 1, reader as u64).to_string());
            let request = request.body(body.replace(SOMEBODY, &user(account, reader)));
            async move {
                let Ok(answer) = request.send().await else { return false };
                answer.status().as_u16() == 200 && answer.bytes().await.is_ok()
            }
        });
        let answers: Vec<bool> = answers.buffer_unordered(IN_FLIGHT).collect().await;
        println!("end");
        let accepted = answers.iter().filter(|accepted| **accepted).count();
        say("sent ", &Sent { accepted, failed: answers.len() - accepted, body: body.len() });
    }
}

/// The message of the day, as every reader gets it.
fn body() -> String {
    let library = content::load(&Source::Embedded, None).expect("what ships can be read").library;
    let journey = Journey::Born { born: BORN.parse().expect("a day"), due: None };
    let nickname = serde_json::from_value(json!("はるとくん")).expect("a name");
    let child = Child { id: ChildId(1), version: 1, nickname: Some(nickname), journey, corrected: false };
    let follows = [Follow { child, role: Role::Mother, registrant: true, stopped: None }];
    let plan = ReaderPlan { follows: &follows, profile: &Profile::default(), locale: "ja" };
    let day: NaiveDate = DAY.parse().expect("a day");
    let parts = message_on(&plan, day, &library).expect("that day has a message");
    json!({"to": SOMEBODY, "messages": all_to_line(&daily(&parts, &library, MAX_OBJECTS))}).to_string()
}
