//! Which tables and columns a backup holds, in the order in which they are written and restored.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sea_orm::QueryResult;
use sea_orm::sea_query::Value as Sql;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::store::{Result, StoreError};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Text,
    /// 64 bits.
    Number,
    /// 32 bits.
    Small,
    Truth,
    Bytes,
}

use Kind::{Bytes, Number, Small, Text, Truth};

/// A table with its columns; the first ones, as many as `keys`, name a row.
#[derive(Debug)]
pub(super) struct Table {
    pub name: &'static str,
    pub keys: usize,
    pub columns: &'static [(&'static str, Kind)],
}

/// Every table but the book of migrations.
#[rustfmt::skip]
pub(super) const TABLES: [Table; 12] = [
    Table { name: "meta", keys: 1, columns: &[("name", Text), ("value", Text)] },
    Table {
        name: "account", keys: 1,
        columns: &[
            ("id", Number), ("slug", Text), ("bot_user_id", Text), ("held", Text), ("held_at", Number),
            ("probe_at", Number), ("menu_lock", Number), ("menu_lock_until", Number),
        ],
    },
    Table {
        name: "reader", keys: 1,
        columns: &[
            ("id", Number), ("account_id", Number), ("user_blind", Bytes), ("user_sealed", Bytes), ("locale", Text),
            ("standing", Text), ("standing_at", Number), ("last_event_at", Number), ("conversation_sealed", Bytes),
            ("turn", Number), ("profile_sealed", Bytes), ("next_due_at", Number), ("next_care_at", Number),
            ("created_at", Number), ("updated_at", Number), ("menu_wanted", Small), ("menu_linked", Number),
        ],
    },
    Table {
        name: "child", keys: 1,
        columns: &[
            ("id", Number), ("account_id", Number), ("version", Number), ("profile_sealed", Bytes),
            ("created_at", Number), ("updated_at", Number),
        ],
    },
    Table {
        name: "follow", keys: 2,
        columns: &[
            ("reader_id", Number), ("child_id", Number), ("role", Text), ("registrant", Truth),
            ("stopped_sealed", Bytes), ("created_at", Number),
        ],
    },
    Table {
        name: "consent", keys: 1,
        columns: &[
            ("id", Number), ("reader_id", Number), ("version", Small), ("locale", Text), ("agreed_at", Number),
        ],
    },
    Table {
        name: "webhook_event", keys: 1,
        columns: &[
            ("id", Number), ("account_id", Number), ("event_key", Text), ("lane", Bytes), ("sent_at", Number),
            ("received_at", Number), ("state", Text), ("attempts", Small), ("note", Text), ("payload_sealed", Bytes),
        ],
    },
    Table {
        name: "delivery", keys: 1,
        columns: &[
            ("id", Number), ("account_id", Number), ("reader_id", Number), ("user_blind", Bytes), ("purpose", Text),
            ("via", Text), ("state", Text), ("lease_until", Number), ("fence", Small), ("attempts", Small),
            ("maybe_sent", Truth), ("next_attempt_at", Number), ("window_until", Number), ("rides_on", Number),
            ("parts_sealed", Bytes), ("request_id", Text), ("error", Text), ("created_at", Number),
            ("settled_at", Number),
        ],
    },
    Table {
        name: "code", keys: 1,
        columns: &[
            ("id", Number), ("account_id", Number), ("reader_id", Number), ("kind", Text), ("code_blind", Bytes),
            ("expires_at", Number), ("used_at", Number), ("created_at", Number),
        ],
    },
    Table {
        name: "menu_version", keys: 1,
        columns: &[
            ("id", Number), ("account_id", Number), ("state", Text), ("number", Number), ("made_at", Number),
            ("default_page", Number), ("body", Text),
        ],
    },
    Table {
        name: "menu_call", keys: 1,
        columns: &[("id", Number), ("account_id", Number), ("kind", Text), ("at", Number)],
    },
    Table {
        name: "menu_leaver", keys: 1,
        columns: &[("id", Number), ("account_id", Number), ("user_sealed", Bytes), ("since", Number)],
    },
];

/// Tables in which a family leaves something: a database in which one of them has a row is in use.
pub(super) const OF_FAMILIES: [&str; 8] =
    ["reader", "child", "follow", "consent", "webhook_event", "delivery", "code", "menu_leaver"];

impl Kind {
    /// A column of a row as the backup writes it.
    pub(super) fn written(self, row: &QueryResult, column: &str) -> Result<Value> {
        Ok(match self {
            Text => row.try_get::<Option<String>>("", column)?.map_or(Value::Null, Value::from),
            Number => row.try_get::<Option<i64>>("", column)?.map_or(Value::Null, Value::from),
            Small => row.try_get::<Option<i32>>("", column)?.map_or(Value::Null, Value::from),
            Truth => row.try_get::<Option<bool>>("", column)?.map_or(Value::Null, Value::from),
            Bytes => row
                .try_get::<Option<Vec<u8>>>("", column)
                .map_err(StoreError::from)?
                .map_or(Value::Null, |bytes| Value::from(BASE64.encode(bytes))),
        })
    }

    /// What the backup wrote, for a statement; `None` where it is something else.
    pub(super) fn read(self, written: &Value) -> Option<Sql> {
        let null = written.is_null();
        match self {
            Text if null => Some(Sql::String(None)),
            Number if null => Some(Sql::BigInt(None)),
            Small if null => Some(Sql::Int(None)),
            Truth if null => Some(Sql::Bool(None)),
            Bytes if null => Some(Sql::Bytes(None)),
            Text => written.as_str().map(Sql::from),
            Number => written.as_i64().map(Sql::from),
            Small => written.as_i64().and_then(|number| i32::try_from(number).ok()).map(Sql::from),
            Truth => written.as_bool().map(Sql::from),
            Bytes => written.as_str().and_then(|text| BASE64.decode(text).ok()).map(Sql::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{EntityTrait, IdenStatic as _, Iterable as _};

    use super::*;

    fn columns<E: EntityTrait>() -> Vec<&'static str> {
        E::Column::iter().map(|column| column.as_str()).collect()
    }

    #[test]
    fn no_column_of_any_table_is_forgotten_by_a_backup() {
        let known = [
            columns::<entity::meta::Entity>(),
            columns::<entity::account::Entity>(),
            columns::<entity::reader::Entity>(),
            columns::<entity::child::Entity>(),
            columns::<entity::follow::Entity>(),
            columns::<entity::consent::Entity>(),
            columns::<entity::webhook_event::Entity>(),
            columns::<entity::delivery::Entity>(),
            columns::<entity::code::Entity>(),
            columns::<entity::menu_version::Entity>(),
            columns::<entity::menu_call::Entity>(),
            columns::<entity::menu_leaver::Entity>(),
        ];
        for (table, known) in TABLES.iter().zip(known) {
            let ours: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
            assert_eq!(ours, known, "{}", table.name);
        }
    }
}
