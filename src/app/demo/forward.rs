//! 「早送り」: morning after morning through the same pipeline as ever, while the phones scroll along.
//!
//! Nothing is made up for it. Whoever has not registered yet is played from adding the account on, with
//! a due date that makes today 4w0d; on the due date the birth is reported. Both happen in the chat, by
//! the buttons and words that anybody has.

use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use tokio::time::{Instant, sleep_until};

use super::CHANNEL;
use super::hands::{Hands, morning, next_morning};
use crate::clock::Clock as _;
use crate::domain::calendar::{self, JST};
use crate::domain::family::{Follow, Journey};
use crate::simulator::{Progress, Until, User};
use crate::store::StoreError;

/// How long a morning stays at least, so that eyes can follow: a year and a half is about half a minute.
const GLANCE: Duration = Duration::from_millis(60);
/// How long the bot may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Programmes begin at 4w0d, this many days before the due date.
const PROGRAMME_DAYS: i64 = 252;
/// What a child is called where nobody said it.
const NICKNAME: &str = "あおちゃん";
/// What registration asks, by the label that shows it, from the last question to the first.
const LAST: &str = "登録する";
const NAMING: &str = "つけない";
const DATING: &str = "出産予定日をえらぶ";
const CONSENT: &str = "同意して登録する";

/// Takes the progress off the phones, however it ends.
struct Shown<'h>(&'h Hands);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        self.0.forwarding.store(false, Ordering::SeqCst);
        self.0.simulator.show_progress(None);
    }
}

impl Hands {
    /// Lets mornings pass until the day that is wanted, or until somebody says halt.
    pub(super) async fn forward(&self, user: String, until: Until) -> Result<(), String> {
        self.halted.store(false, Ordering::SeqCst);
        self.forwarding.store(true, Ordering::SeqCst);
        let shown = Shown(self);
        let user = self.simulator.channel(CHANNEL).user_with_id(user);
        if self.child_of(&user).await?.is_none() {
            self.register(&user).await?;
        }
        let child = self.child_of(&user).await?.ok_or_else(|| "登録できませんでした。".to_owned())?;
        let goal = goal(&child, until).ok_or("お届けがとまっているあいだは、早送りできません。")?;
        if goal <= self.now().date() {
            return Err("その日は、もう過ぎています。".to_owned());
        }
        let ms = |time| calendar::instant(time, JST).timestamp_millis();
        self.simulator.show_progress(Some(Progress { from_ms: ms(self.now()), to_ms: ms(morning(goal)) }));
        let passed = self.mornings(&user, child, goal).await;
        drop(shown);
        passed
    }

    async fn mornings(&self, user: &User, mut child: Journey, goal: NaiveDate) -> Result<(), String> {
        while self.now() < morning(goal) && !self.halted.load(Ordering::SeqCst) {
            let (begun, seen) = (Instant::now(), user.bubbles());
            let last = match child {
                Journey::Expected { due } if due > self.now().date() => due.min(goal),
                _ => goal,
            };
            self.advance(self.next_busy_morning().await?.min(morning(last))).await?;
            if let Journey::Expected { due } = child
                && due <= self.now().date()
                && due < goal
            {
                child = self.report_birth(user).await?;
            }
            if user.bubbles() > seen {
                sleep_until(begun + GLANCE).await;
            }
        }
        Ok(())
    }

    /// The next morning before which something is due. Days on which nothing happens are not shown one
    /// by one.
    async fn next_busy_morning(&self) -> Result<NaiveDateTime, String> {
        let next = next_morning(self.now());
        let due = self.app.store().next_moment(self.clock.now().timestamp_millis()).await.map_err(unreadable)?;
        let due = due.and_then(DateTime::from_timestamp_millis).map(|due| next_morning(calendar::civil(due, JST)));
        Ok(due.unwrap_or(next).max(next))
    }

    /// The journey of the child that this person waits for, or else of the youngest. Nothing where
    /// nobody has registered; a stopped one only where there is no other.
    async fn child_of(&self, user: &User) -> Result<Option<Journey>, String> {
        let follows = self.follows(user).await.map_err(unreadable)?;
        let wanted = |follow: &&Follow| match &follow.child.journey {
            journey if !follow.is_active() => (0, journey.born()),
            Journey::Expected { due } => (2, Some(*due)),
            journey => (1, journey.born()),
        };
        Ok(follows.iter().max_by_key(wanted).map(|follow| match follow.is_active() {
            true => follow.child.journey.clone(),
            false => Journey::Stopped { on: self.now().date(), before: Box::new(follow.child.journey.clone()) },
        }))
    }

    async fn follows(&self, user: &User) -> Result<Vec<Follow>, StoreError> {
        let store = self.app.store();
        let Some(account) = store.account(CHANNEL).await? else { return Ok(Vec::new()) };
        let blind = store.sealer().blind_of(account.id, user.id());
        let tx = store.begin().await?;
        match tx.reader_by_user(account.id, blind).await? {
            Some(reader) => tx.follows(reader.id).await,
            None => Ok(Vec::new()),
        }
    }

    /// Answers what registration asks, from wherever it stands.
    async fn register(&self, user: &User) -> Result<(), String> {
        let seen = user.bubbles();
        match user.is_friend() {
            true => user.says("登録").await,
            false => user.add_friend().await,
        };
        let due = calendar::days_after(self.now().date(), PROGRAMME_DAYS).to_string();
        let mut question = self.asked(user, seen).await?;
        loop {
            let seen = user.bubbles();
            match question {
                CONSENT => user.try_tap(CONSENT).await?,
                DATING => user.try_pick(DATING, &due).await?,
                NAMING => user.says(NICKNAME).await,
                _ => user.try_tap(LAST).await?,
            };
            if question == LAST {
                self.has_answered(user, seen + 1).await;
                return Ok(());
            }
            question = self.asked(user, seen).await?;
        }
    }

    /// Which of registration's questions came after the first `seen` bubbles.
    async fn asked(&self, user: &User, seen: usize) -> Result<&'static str, String> {
        let open = |label: &&'static str| user.offers(label, seen);
        let questions = [LAST, NAMING, DATING, CONSENT];
        let found = user.comes_to(PATIENCE, || questions.iter().any(&open)).await;
        let question = questions.into_iter().find(&open).filter(|_| found);
        question.ok_or_else(|| "いまの会話のつづきを終えてから、もう一度押してください。".to_owned())
    }

    /// Waits until the bot has said something beyond the first `seen` bubbles.
    async fn has_answered(&self, user: &User, seen: usize) -> bool {
        user.comes_to(PATIENCE, || user.bubbles() > seen).await
    }

    /// 「生まれた」, the date of today, 「はい」.
    async fn report_birth(&self, user: &User) -> Result<Journey, String> {
        const ASKED: &str = "誕生日をえらぶ";
        let waits = || "お子さんが生まれたことを、会話で知らせてください。そのあと、つづきへ進めます。".to_owned();
        let today = self.now().date().to_string();
        let seen = user.bubbles();
        user.says("生まれた").await;
        if !user.comes_to(PATIENCE, || user.offers(ASKED, seen)).await {
            return Err(waits());
        }
        let seen = user.bubbles();
        user.try_pick(ASKED, &today).await?;
        if !user.comes_to(PATIENCE, || user.offers("はい", seen)).await {
            return Err(waits());
        }
        let seen = user.bubbles();
        user.try_tap("はい").await?;
        self.has_answered(user, seen + 1).await;
        let child = self.child_of(user).await?;
        child.filter(|journey| journey.born().is_some()).ok_or_else(waits)
    }
}

fn unreadable(error: StoreError) -> String {
    tracing::error!(error = &error as &dyn std::error::Error, "the family could not be read");
    "登録を読めませんでした。".to_owned()
}

/// The day on which it is far enough; nothing where nothing is delivered any more.
fn goal(child: &Journey, until: Until) -> Option<NaiveDate> {
    let (Journey::Expected { due: birth } | Journey::Born { born: birth, .. }) = child else { return None };
    Some(match until {
        Until::DueDate => *birth,
        Until::FirstBirthday => calendar::months_after(*birth, 12),
        Until::ThirdBirthday => calendar::months_after(*birth, 36),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn it_goes_as_far_as_is_wanted_counted_from_the_birth_or_else_the_due_date() {
        let expected = Journey::Expected { due: day("2027-03-01") };
        assert_eq!(goal(&expected, Until::DueDate), Some(day("2027-03-01")));
        assert_eq!(goal(&expected, Until::FirstBirthday), Some(day("2028-03-01")));
        let born = Journey::Born { born: day("2027-02-20"), due: Some(day("2027-03-01")) };
        assert_eq!(goal(&born, Until::ThirdBirthday), Some(day("2030-02-20")));
        let stopped = Journey::Stopped { on: day("2027-02-21"), before: Box::new(born) };
        assert_eq!(goal(&stopped, Until::FirstBirthday), None, "nobody is hurried past a loss");
    }
}
