//! What became of the requests is written down, and what it says about the account is drawn.

use tokio::sync::mpsc;

use super::{Channel, Deliveries, DeliveryError, either};
use crate::domain::delivery::health::{Change, HoldReason};
use crate::domain::delivery::{Parts, Purpose, Report};
use crate::domain::ids::{AccountId, DeliveryId};
use crate::fail::{self, Point};
use crate::store::{Blind, Leased, Outcome, StoreError, Tries, Via};

/// Outcomes written in one transaction.
const RECORDS: usize = 500;

/// What became of the rows that were to be sent.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sent {
    /// Rows that were tried, or ended without.
    pub ended: usize,
    /// Requests that LINE was asked.
    pub asked: usize,
}

/// An attempt and what it came to.
pub(super) struct Attempt {
    /// What is to be written into the row.
    pub outcome: Outcome,
    /// What LINE answered, if it was asked.
    pub report: Option<Report>,
    /// Which content was said; see [`super::speak::content`].
    pub content: u64,
    /// How it was to leave.
    pub via: Via,
    /// Whose day was read in it, where LINE took an answer that shows one.
    pub read: Option<Read>,
}

/// A day that somebody has read.
pub(super) struct Read {
    reader: (AccountId, Blind),
    purpose: Purpose,
    request_id: Option<String>,
}

impl Read {
    /// The day that this row shows inside an answer, which LINE took with that request.
    pub(super) fn within(row: &Leased, request_id: Option<String>) -> Option<Self> {
        let Parts::Answer { said, .. } = &row.parts else { return None };
        let (reader, today) = (row.reader.as_ref()?, said.today.as_ref()?);
        Some(Self { reader: (row.account, reader.blind), purpose: Purpose::daily(today.day), request_id })
    }
}

/// What a batch of attempts says about the account.
enum Conclusion {
    /// LINE takes pushes; or, when `free`, at least replies.
    Works { free: bool },
    /// It does not.
    Fails(HoldReason),
}

impl Deliveries {
    /// Writes outcomes as they come, together where they come together. One that cannot be written
    /// does not cost the others; its row is taken up again when the lease has run out.
    pub(super) async fn write_down(
        &self,
        channel: &Channel,
        probing: bool,
        mut heard: mpsc::UnboundedReceiver<Attempt>,
    ) -> Result<Sent, DeliveryError> {
        let (mut sent, mut failure, mut attempts) = (Sent::default(), None, Vec::new());
        while heard.recv_many(&mut attempts, RECORDS).await > 0 {
            sent.ended += attempts.len();
            sent.asked += attempts.iter().filter(|attempt| attempt.report.is_some()).count();
            let written = match self.record(&attempts).await {
                Ok(()) => self.draw_conclusions(channel, probing, &attempts).await,
                Err(error) => Err(error),
            };
            failure = failure.or(written.err());
            attempts.clear();
        }
        failure.map_or(Ok(sent), Err)
    }

    /// Writes outcomes together; when that fails, one by one, so that one row cannot cost the others. An
    /// outcome that was written although nobody knows it stays the same when it is written again.
    async fn record(&self, attempts: &[Attempt]) -> Result<(), DeliveryError> {
        let mut attempts: Vec<&Attempt> = attempts.iter().collect();
        // Rows are locked in the order of their ids.
        attempts.sort_by_key(|attempt| attempt.outcome.id);
        if self.record_again(&attempts).await.is_ok() {
            return Ok(());
        }
        for attempt in attempts {
            self.record_again(&[attempt]).await?;
        }
        Ok(())
    }

    async fn record_again(&self, attempts: &[&Attempt]) -> Result<(), StoreError> {
        let mut tries = Tries::default();
        loop {
            match self.record_once(attempts).await {
                Err(error) if tries.again(&error) => {}
                done => return done,
            }
        }
    }

    async fn record_once(&self, attempts: &[&Attempt]) -> Result<(), StoreError> {
        let via = way_of(attempts.iter().copied());
        fail::at(either(via, Point::D4, Point::E3));
        let tx = self.store.begin().await?;
        let outcomes: Vec<&Outcome> = attempts.iter().map(|attempt| &attempt.outcome).collect();
        tx.record_all(&outcomes).await?;
        for Read { reader, purpose, request_id } in attempts.iter().filter_map(|attempt| attempt.read.as_ref()) {
            tx.settle_read(*reader, purpose, request_id.as_deref()).await?;
        }
        fail::at(either(via, Point::D5, Point::E4));
        tx.commit().await?;
        fail::at(either(via, Point::D6, Point::E5));
        Ok(())
    }

    /// What single outcomes say about the account. The last word of a batch decides whether it is held.
    ///
    /// A reply tells about the token only: LINE takes replies also when it takes no push, and refuses
    /// one for reasons of its own.
    async fn draw_conclusions(
        &self,
        channel: &Channel,
        probing: bool,
        attempts: &[Attempt],
    ) -> Result<(), DeliveryError> {
        let mut conclusion = None;
        for attempt in attempts {
            let Some(report) = attempt.report else { continue };
            let free = attempt.via == Via::Reply;
            if report == Report::Accepted && (!free || conclusion.is_none()) {
                conclusion = Some(Conclusion::Works { free });
            }
            match note(channel, probing, attempt, report) {
                Change::None => {}
                Change::Hold(reason) => conclusion = Some(Conclusion::Fails(reason)),
                Change::Refuse(row) => self.refuse(row).await?,
                Change::Withdraw(_) => tracing::error!(
                    "a content was refused for five readers and is withdrawn: run `hagukumi check --online`"
                ),
            }
        }
        match conclusion {
            None => Ok(()),
            Some(Conclusion::Works { free }) => self.release(channel, free).await,
            Some(Conclusion::Fails(reason)) => self.hold(channel, reason).await,
        }
    }

    async fn refuse(&self, row: DeliveryId) -> Result<(), DeliveryError> {
        let tx = self.store.begin().await?;
        tx.refuse(&[row]).await?;
        tx.commit().await?;
        tracing::error!(delivery.id = %row, "LINE refuses this row while others pass");
        Ok(())
    }
}

/// How these have left: by push, where any of them has.
fn way_of<'a>(mut attempts: impl Iterator<Item = &'a Attempt>) -> Via {
    if attempts.any(|attempt| attempt.via == Via::Push) { Via::Push } else { Via::Reply }
}

/// What one outcome means for the account.
fn note(channel: &Channel, probing: bool, attempt: &Attempt, report: Report) -> Change {
    let mut health = channel.health.lock().expect("no panic while health is held");
    match (attempt.via, report) {
        (Via::Reply, Report::Unauthorized) => Change::Hold(HoldReason::Token),
        (Via::Reply, _) => Change::None,
        // While the account is held, a refusal says nothing about its reader.
        (Via::Push, Report::Rejected) if probing => Change::Hold(HoldReason::Wall),
        (Via::Push, report) => {
            if probing && report == Report::Accepted {
                health.forgive();
            }
            health.note(report, attempt.outcome.id, attempt.content)
        }
    }
}
