//! Whether a backup can be used: it is restored into a scratch database, and everything in it is opened.

use futures::TryStreamExt as _;
use sea_orm::{ConnectionTrait as _, Statement, StreamTrait as _};

use super::read::{Backup, RestoreError};
use super::seals::{SEALS, place};
use crate::domain::ids::ReaderId;
use crate::store::{Result, Store, StoreError};

/// Something about a backup that must not be, in a sentence.
pub type Finding = String;

/// Findings of one kind that are told one by one.
const TOLD: usize = 20;

impl Store {
    /// Restores a backup here, into a scratch database, and looks at every row of it.
    ///
    /// # Errors
    ///
    /// [`RestoreError`] when it cannot be restored at all.
    pub async fn verify(&self, backup: &Backup, rehearsing: bool) -> Result<Vec<Finding>, RestoreError> {
        self.copy(backup, rehearsing).await?;
        let mut findings = self.whole().await?;
        for (table, rows) in self.counted(backup).await? {
            findings.push(format!("{table} の行の数が合いません（{rows}）"));
        }
        if !matches!(self.migrations_waiting().await, Ok(0)) {
            findings.push("データベースを、この版の形にできません".to_owned());
        }
        findings.extend(few(self.unopened().await?));
        findings.extend(few(self.unreadable().await?));
        Ok(findings)
    }

    /// What SQLite says about the file.
    async fn whole(&self) -> Result<Vec<Finding>> {
        let ask = Statement::from_string(self.reader.get_database_backend(), "PRAGMA integrity_check".to_owned());
        let mut said = Vec::new();
        for row in self.reader.query_all_raw(ask).await? {
            said.push(row.try_get::<String>("", "integrity_check")?);
        }
        Ok(said
            .into_iter()
            .filter(|line| line != "ok")
            .map(|line| format!("データベースがこわれています（{line}）"))
            .collect())
    }

    async fn counted(&self, backup: &Backup) -> Result<Vec<(&'static str, String)>> {
        let mut wrong = Vec::new();
        for table in super::tables::TABLES.map(|table| table.name) {
            let (here, there) = (self.count(table).await?, backup.manifest.rows.get(table).copied().unwrap_or(0));
            if u64::try_from(here) != Ok(there) {
                wrong.push((table, format!("控えでは {there}、復元すると {here}")));
            }
        }
        Ok(wrong)
    }

    /// Values that the key does not open.
    async fn unopened(&self) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        for seal in SEALS {
            let mut values = self.reader.stream(&seal.values()).await?;
            while let Some(row) = values.try_next().await? {
                findings.extend(seal.open(&self.sealer, &row)?.opened.err().map(|error| place(&error)));
            }
        }
        Ok(findings)
    }

    /// Readers who cannot be read although everything opens, with what they follow.
    async fn unreadable(&self) -> Result<Vec<Finding>> {
        let tx = self.begin().await?;
        let mut findings = Vec::new();
        for id in tx.ids_of_readers().await? {
            findings.extend(self.unreadable_reader(&tx, id).await?);
        }
        tx.give_up().await;
        Ok(findings)
    }

    async fn unreadable_reader(&self, tx: &crate::store::Tx, id: ReaderId) -> Result<Option<Finding>> {
        match tx.readers(&[id]).await {
            Ok(_) => Ok(None),
            Err(error @ StoreError::Corrupt { .. }) => Ok(Some(place(&error))),
            Err(error) => Err(error),
        }
    }
}

fn few(mut findings: Vec<Finding>) -> Vec<Finding> {
    let more = findings.len().saturating_sub(TOLD);
    findings.truncate(TOLD);
    if more > 0 {
        findings.push(format!("ほかに {more} か所"));
    }
    findings
}
