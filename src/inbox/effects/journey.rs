//! What befalls a child: it is expected, born, moved to another date, lost, or found again.

use chrono::NaiveDate;

use super::Work;
use crate::domain::conversation::{Dates, Enrolment};
use crate::domain::family::{Journey, Lead};
use crate::domain::ids::ChildId;
use crate::store::{Fact, Result};

impl Work<'_> {
    pub(super) async fn enrol(&mut self, enrolment: &Enrolment) -> Result<()> {
        let journey = match enrolment.dates {
            Dates::Due { due } => Journey::Expected { due },
            Dates::Born { born } => Journey::Born { born, due: None },
        };
        let child = self.tx.keep_child(self.account.id, journey, enrolment.nickname.clone()).await?;
        self.tx.keep_follow(self.reader.id, child, enrolment.role, true).await?;
        self.newcomers.push(child);
        self.reload().await
    }

    pub(super) async fn move_due_date(&mut self, child: ChildId, due: NaiveDate) -> Result<()> {
        self.change_family(child, Some(Lead::DueDateMoved(child)), |child| match &mut child.journey {
            Journey::Expected { due: old } => *old = due,
            Journey::Born { due: old, .. } => *old = Some(due),
            Journey::Stopped { .. } => {}
        })
        .await
    }

    pub(super) async fn move_birth_date(&mut self, child: ChildId, date: NaiveDate) -> Result<()> {
        self.change_family(child, None, |child| {
            if let Journey::Born { born, .. } = &mut child.journey {
                *born = date;
            }
        })
        .await
    }

    pub(super) async fn report_birth(&mut self, child: ChildId, born: NaiveDate) -> Result<()> {
        let news = Lead::BirthReported(child);
        self.change_family(child, Some(news), |child| {
            if let Journey::Expected { due } = child.journey {
                child.journey = Journey::Born { born, due: Some(due) };
            }
        })
        .await?;
        // Who reported it needs no telling.
        self.reader.profile.leads.retain(|lead| *lead != news);
        Ok(())
    }

    pub(super) async fn undo_birth(&mut self, child: ChildId) -> Result<()> {
        self.change_family(child, None, |child| {
            if let Journey::Born { due: Some(due), .. } = child.journey {
                child.journey = Journey::Expected { due };
            }
        })
        .await
    }

    pub(super) async fn report_loss(&mut self, children: &[ChildId]) -> Result<()> {
        let on = self.today();
        for child in children {
            self.change_family(*child, None, |child| {
                if !child.journey.is_stopped() {
                    let before = Box::new(child.journey.clone());
                    child.journey = Journey::Stopped { on, before };
                }
            })
            .await?;
            self.tx.note(Fact::Lost(*child, true));
        }
        Ok(())
    }

    pub(super) async fn undo_loss(&mut self, children: &[ChildId]) -> Result<()> {
        for child in children {
            self.change_family(*child, None, |child| {
                if let Journey::Stopped { before, .. } = &child.journey {
                    child.journey = (**before).clone();
                }
            })
            .await?;
            self.tx.note(Fact::Lost(*child, false));
        }
        self.reader.profile.resumed_at = Some(self.sent_at);
        self.reader.profile.loss_undone_at = Some(self.sent_at);
        Ok(())
    }
}
