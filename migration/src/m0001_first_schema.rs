//! The first schema: accounts, readers, children, who follows whom, consent, what arrived and what
//! leaves.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary, binary_null, boolean, integer, string, string_null,
};

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: [&str; 8] = ["meta", "account", "reader", "child", "follow", "consent", "webhook_event", "delivery"];

fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(name).to_owned()
}

fn id() -> ColumnDef {
    big_integer("id").primary_key().to_owned()
}

fn meta() -> TableCreateStatement {
    table("meta").col(string("name").primary_key()).col(string("value")).to_owned()
}

fn account() -> TableCreateStatement {
    table("account")
        .col(id())
        .col(string("slug").unique_key())
        .col(string_null("bot_user_id"))
        .col(string_null("held"))
        .col(big_integer_null("held_at"))
        .col(big_integer_null("probe_at"))
        .to_owned()
}

fn reader() -> TableCreateStatement {
    table("reader")
        .col(id())
        .col(big_integer("account_id"))
        .col(binary("user_blind"))
        .col(binary("user_sealed"))
        .col(string("locale"))
        .col(string("standing"))
        .col(big_integer("standing_at"))
        .col(big_integer("last_event_at"))
        .col(binary("conversation_sealed"))
        .col(big_integer("turn"))
        .col(binary("profile_sealed"))
        .col(big_integer_null("next_due_at"))
        .col(big_integer_null("next_care_at"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .to_owned()
}

fn child() -> TableCreateStatement {
    table("child")
        .col(id())
        .col(big_integer("account_id"))
        .col(big_integer("version"))
        .col(binary("profile_sealed"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .to_owned()
}

fn follow() -> TableCreateStatement {
    table("follow")
        .col(big_integer("reader_id"))
        .col(big_integer("child_id"))
        .col(string("role"))
        .col(boolean("registrant"))
        .col(binary_null("stopped_sealed"))
        .col(big_integer("created_at"))
        .primary_key(Index::create().col("reader_id").col("child_id"))
        .to_owned()
}

fn consent() -> TableCreateStatement {
    table("consent")
        .col(id())
        .col(big_integer("reader_id"))
        .col(integer("version"))
        .col(string("locale"))
        .col(big_integer("agreed_at"))
        .to_owned()
}

fn webhook_event() -> TableCreateStatement {
    table("webhook_event")
        .col(id())
        .col(big_integer("account_id"))
        .col(string("event_key"))
        .col(binary("lane"))
        .col(big_integer("sent_at"))
        .col(big_integer("received_at"))
        .col(string("state"))
        .col(integer("attempts"))
        .col(string_null("note"))
        .col(binary_null("payload_sealed"))
        .to_owned()
}

fn delivery() -> TableCreateStatement {
    table("delivery")
        .col(id())
        .col(big_integer("account_id"))
        .col(big_integer_null("reader_id"))
        .col(binary("user_blind"))
        .col(string("purpose"))
        .col(string("via"))
        .col(string("state"))
        .col(big_integer_null("lease_until"))
        .col(integer("fence"))
        .col(integer("attempts"))
        .col(boolean("maybe_sent"))
        .col(big_integer_null("next_attempt_at"))
        .col(big_integer("window_until"))
        .col(big_integer_null("rides_on"))
        .col(binary_null("parts_sealed"))
        .col(string_null("request_id"))
        .col(string_null("error"))
        .col(big_integer("created_at"))
        .col(big_integer_null("settled_at"))
        .to_owned()
}

fn index(table: &'static str, columns: &[&'static str], unique: bool) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_by_{}", columns.join("_"))).table(table);
    for column in columns {
        index.col(*column);
    }
    if unique {
        index.unique();
    }
    index
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("reader", &["account_id", "user_blind"], true),
        index("reader", &["account_id", "next_due_at"], false),
        index("reader", &["next_care_at"], false),
        index("follow", &["child_id"], false),
        index("consent", &["reader_id"], false),
        index("webhook_event", &["account_id", "event_key"], true),
        index("webhook_event", &["state", "lane", "sent_at"], false),
        index("delivery", &["account_id", "user_blind", "purpose"], true),
        index("delivery", &["state", "next_attempt_at"], false),
        index("delivery", &["state", "lease_until"], false),
        index("delivery", &["rides_on"], false),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for create in [meta(), account(), reader(), child(), follow(), consent(), webhook_event(), delivery()] {
            manager.create_table(create).await?;
        }
        for create in indexes() {
            manager.create_index(create).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in TABLES.into_iter().rev() {
            manager.drop_table(Table::drop().table(name).to_owned()).await?;
        }
        Ok(())
    }
}
