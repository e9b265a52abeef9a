//! Every sealed column there is: to be opened, when a backup is verified, or sealed again with another key.
//!
//! Sealing again goes on beside servers. A value is replaced only where it is still the one that was
//! opened, so whatever a server writes meanwhile stays; and what was sealed again is not looked at twice, so
//! the work can be interrupted anywhere and begun again.

use sea_orm::sea_query::{Expr, ExprTrait as _, Func, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait as _, QueryResult};

use crate::store::seal::At;
use crate::store::{Result, Sealer, Store, StoreError, Tries};

/// A sealed column, and the columns that name its row: the first one is a part of the seal.
#[derive(Debug, Clone, Copy)]
pub struct Seal {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    keys: &'static [&'static str],
}

const fn seal(table: &'static str, column: &'static str) -> Seal {
    Seal { table, column, keys: &["id"] }
}

/// All of them.
pub const SEALS: [Seal; 8] = [
    seal("reader", "user_sealed"),
    seal("reader", "conversation_sealed"),
    seal("reader", "profile_sealed"),
    seal("child", "profile_sealed"),
    Seal { table: "follow", column: "stopped_sealed", keys: &["child_id", "reader_id"] },
    seal("webhook_event", "payload_sealed"),
    seal("delivery", "parts_sealed"),
    seal("menu_leaver", "user_sealed"),
];

/// Values that are sealed again in one transaction.
const BATCH: u64 = 200;

/// What sealing again came to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Resealed {
    /// Values that have the current key now.
    pub values: u64,
    /// Values that no key opens; they were left alone.
    pub damaged: u64,
}

/// A sealed value that was looked into.
pub(super) struct Looked {
    /// The keys of its row.
    keys: Vec<i64>,
    /// The value as it is kept.
    sealed: Vec<u8>,
    /// What is in it.
    pub(super) opened: Result<Vec<u8>>,
}

impl Seal {
    fn at(&self, row: i64) -> At<'static> {
        At { table: self.table, column: self.column, row }
    }

    /// All values, in the order of their rows.
    pub(super) fn values(&self) -> SelectStatement {
        let mut query = Query::select();
        query.columns(self.keys.iter().copied()).column(self.column).from(self.table);
        query.and_where(Expr::col(self.column).is_not_null());
        for key in self.keys {
            query.order_by(*key, Order::Asc);
        }
        query
    }

    /// Those that were sealed with another key than this one.
    fn values_of_others(&self, number: u8) -> SelectStatement {
        let begins = Func::cust("substr").arg(Expr::col(self.column)).arg(1).arg(2);
        let mut query = self.values();
        query.and_where(Expr::expr(begins).ne(Sealer::header(number).to_vec()));
        query
    }

    /// Opens one of them.
    pub(super) fn open(&self, sealer: &Sealer, row: &QueryResult) -> Result<Looked> {
        let keys: Vec<i64> = self.keys.iter().map(|key| row.try_get("", key)).collect::<Result<_, _>>()?;
        let sealed: Vec<u8> = row.try_get("", self.column)?;
        let opened = sealer.open(self.at(keys[0]), &sealed);
        Ok(Looked { keys, sealed, opened })
    }
}

impl Store {
    /// How many values were sealed with another key than the current one.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn sealed_by_others(&self) -> Result<i64> {
        let mut all = 0;
        for seal in SEALS {
            let mut query = seal.values_of_others(self.sealer.current());
            query.clear_selects().clear_order_by().expr_as(Expr::cust("COUNT(*)"), "n");
            let row = self.reader.query_one(&query).await?;
            all += row.map(|row| row.try_get::<i64>("", "n")).transpose()?.unwrap_or(0);
        }
        Ok(all)
    }

    /// Seals everything that has another key with the current one; `told` hears how many values it are so
    /// far.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`]; what was sealed again stays so.
    pub async fn reseal(&self, mut told: impl FnMut(u64)) -> Result<Resealed> {
        let mut done = Resealed::default();
        for seal in SEALS {
            let mut damaged = 0;
            loop {
                let mut tries = Tries::default();
                let batch = loop {
                    match self.reseal_batch(seal, damaged).await {
                        Err(error) if tries.again(&error) => {}
                        batch => break batch?,
                    }
                };
                damaged += batch.damaged;
                done.values += batch.values;
                told(done.values);
                if batch.values + batch.damaged == 0 {
                    break;
                }
            }
            done.damaged += damaged;
        }
        Ok(done)
    }

    /// What cannot be opened stays in front, and is passed over the next time.
    async fn reseal_batch(&self, seal: Seal, passed_over: u64) -> Result<Resealed> {
        let tx = self.begin().await?;
        let mut query = seal.values_of_others(self.sealer.current());
        query.limit(BATCH).offset(passed_over);
        let mut done = Resealed::default();
        for row in tx.inner.query_all(&query).await? {
            let Looked { keys, sealed, opened } = seal.open(&self.sealer, &row)?;
            let Ok(plain) = opened else {
                done.damaged += 1;
                continue;
            };
            let mut update = Query::update();
            update.table(seal.table).value(seal.column, self.sealer.seal(seal.at(keys[0]), &plain));
            for (key, value) in seal.keys.iter().zip(&keys) {
                update.and_where(Expr::col(*key).eq(*value));
            }
            update.and_where(Expr::col(seal.column).eq(sealed));
            tx.inner.execute(&update).await?;
            done.values += 1;
        }
        tx.commit().await?;
        Ok(done)
    }
}

/// A value that cannot be opened, by its place.
pub(super) fn place(error: &StoreError) -> String {
    match error {
        StoreError::Corrupt { table, column, row } => format!("{table} {row} の {column} を開けません"),
        StoreError::Database(_) | StoreError::Unknown(_) | StoreError::Address => "データベースを読めません".to_owned(),
        StoreError::NewerKey => "鍵ファイルが古く、開けないところがあります".to_owned(),
    }
}
