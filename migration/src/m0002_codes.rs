//! Codes: invitations, moves to another phone, enquiries.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary, string};

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

fn code() -> TableCreateStatement {
    Table::create()
        .table("code")
        .col(big_integer("id").primary_key())
        .col(big_integer("account_id"))
        .col(big_integer("reader_id"))
        .col(string("kind"))
        .col(binary("code_blind"))
        .col(big_integer("expires_at"))
        .col(big_integer_null("used_at"))
        .col(big_integer("created_at"))
        .to_owned()
}

fn index(columns: &[&'static str], unique: bool) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("code_by_{}", columns.join("_"))).table("code");
    for column in columns {
        index.col(*column);
    }
    if unique {
        index.unique();
    }
    index
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(code()).await?;
        for create in
            [index(&["account_id", "code_blind"], true), index(&["reader_id"], false), index(&["expires_at"], false)]
        {
            manager.create_index(create).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("code").to_owned()).await
    }
}
