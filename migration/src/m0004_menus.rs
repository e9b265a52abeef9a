//! Rich menus: what was applied, whose turn it is to apply, and which page each reader wants and was given.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary, integer_null, string, text};

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: [&str; 3] = ["menu_version", "menu_call", "menu_leaver"];
const BY_MENU: &str = "reader_by_menu";

fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(name).col(big_integer("id").primary_key()).col(big_integer("account_id")).to_owned()
}

fn version() -> TableCreateStatement {
    table("menu_version")
        .col(string("state"))
        .col(big_integer("number"))
        .col(big_integer("made_at"))
        .col(big_integer_null("default_page"))
        .col(text("body"))
        .to_owned()
}

fn call() -> TableCreateStatement {
    table("menu_call").col(string("kind")).col(big_integer("at")).to_owned()
}

fn leaver() -> TableCreateStatement {
    table("menu_leaver").col(binary("user_sealed")).col(big_integer("since")).to_owned()
}

/// SQLite adds one column at a time.
fn columns() -> [(&'static str, ColumnDef); 4] {
    [
        ("account", big_integer_null("menu_lock")),
        ("account", big_integer_null("menu_lock_until")),
        ("reader", integer_null("menu_wanted")),
        ("reader", big_integer_null("menu_linked")),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        let mut index = Index::create();
        index.name(BY_MENU).table("reader").col("account_id").col("menu_wanted").col("menu_linked");
        manager.create_index(index).await?;
        for create in [version(), call(), leaver()] {
            manager.create_table(create).await?;
        }
        for name in TABLES {
            let index = Index::create().name(format!("{name}_by_account")).table(name).col("account_id").to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in TABLES {
            manager.drop_table(Table::drop().table(name).to_owned()).await?;
        }
        manager.drop_index(Index::drop().name(BY_MENU).table("reader").to_owned()).await?;
        for (table, column) in columns() {
            let name = column.get_column_name();
            manager.alter_table(Table::alter().table(table).drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}
