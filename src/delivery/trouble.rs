//! A LINE that does not answer: nothing is pushed but, now and then, one real row.
//!
//! - It is *silent* when so many pushes of an account in a row had no usable answer (see
//!   [`Trouble`]); whatever it answers ends that, and everything that waits leaves at once.
//! - Rows that were taken up already come first, those that were tried least in front: they are in doubt,
//!   and a row that never gets an answer must not keep the others from finding out. A reader who has no
//!   row is taken when none of these is due for another attempt.
//! - Replies go on: somebody waits for them, and their tokens do not wait.
//!
//! Each server finds out for itself, and forgets it when it ends.

use std::sync::MutexGuard;

use super::ask::report;
use super::send::Trial;
use super::{Channel, Deliveries, DeliveryError, Kind};
use crate::domain::delivery::trouble::{News, Trouble};
use crate::line::client::{Accepted, Cause, SendError};
use crate::store::{First, Leased, Wanted};

/// How often a row is looked for that can be tried, before the next tick.
const LOOKS: usize = 10;

impl Channel {
    fn trouble(&self) -> MutexGuard<'_, Trouble> {
        self.trouble.lock().expect("no panic while trouble is looked at")
    }

    /// Whether LINE does not answer this account's pushes.
    pub(super) fn is_in_trouble(&self) -> bool {
        self.trouble().is_on()
    }
}

impl Deliveries {
    /// When one row is tried next, where LINE does not answer (milliseconds since 1970).
    #[must_use]
    pub fn next_trial(&self) -> Option<i64> {
        let now = self.ambient.now_ms();
        self.channels.iter().filter_map(|channel| channel.trouble().try_at()).filter(|at| *at > now).min()
    }

    /// Takes note of what came of a push. That too much of our own was on its way says nothing about LINE.
    pub(super) fn hear(&self, channel: &Channel, result: Result<&Accepted, &SendError>) {
        if matches!(result, Err(SendError::NotSent(Cause::Busy))) {
            return;
        }
        let news = channel.trouble().heard(report(result).0, self.ambient.now_ms());
        let account = channel.account.slug.as_str();
        match news {
            News::None => return,
            News::Silent => tracing::error!(account, "LINE does not answer; one delivery is tried now and then"),
            News::Back => tracing::info!(account, "LINE answers again; everything that waits goes out"),
        }
        metrics::gauge!("hagukumi_line_silent", "account" => channel.account.slug.clone())
            .set(f64::from(u8::from(news == News::Silent)));
    }

    /// Sends replies, and one other row when it is time; returns how many rows were dealt with.
    pub(super) async fn serve_in_trouble(&self, channel: &Channel, kind: Kind) -> Result<usize, DeliveryError> {
        let done = self.replies_alone(channel, kind).await?;
        Ok(done + self.try_line(channel, kind).await?)
    }

    /// What LINE answers, or that it does not, is heard where it was asked.
    async fn try_line(&self, channel: &Channel, kind: Kind) -> Result<usize, DeliveryError> {
        let Ok(_only_one) = channel.probing.try_lock() else { return Ok(0) };
        let mut ended = 0;
        while channel.trouble().may_try(self.ambient.now_ms()) {
            let Some(row) = self.row_in_hand(channel, kind).await? else { break };
            let sent = self.send_as(channel, vec![row], Trial::OfTrouble).await?;
            ended += sent.ended;
            if sent.asked > 0 {
                break;
            }
        }
        Ok(ended)
    }

    async fn row_in_hand(&self, channel: &Channel, kind: Kind) -> Result<Option<Leased>, DeliveryError> {
        let wanted = match kind {
            Kind::Answers => Wanted::Answers,
            Kind::Mornings => Wanted::Mornings,
        };
        for _ in 0..LOOKS {
            if let Some(row) = self.lease(channel, wanted, First::LeastTried, 1).await?.pop() {
                return Ok(Some(row));
            }
            // One that cannot be read was put aside; there may be others.
            if !self.store.has_leasable(channel.account.id, wanted, self.ambient.now_ms()).await? {
                break;
            }
        }
        if kind == Kind::Mornings { self.planned_to_try(channel).await } else { Ok(None) }
    }
}
