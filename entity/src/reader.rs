//! One LINE user who follows an account.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reader")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub account_id: i64,
    pub user_blind: Vec<u8>,
    pub user_sealed: Vec<u8>,
    pub locale: String,
    pub standing: String,
    pub standing_at: i64,
    pub last_event_at: i64,
    pub conversation_sealed: Vec<u8>,
    pub turn: i64,
    pub profile_sealed: Vec<u8>,
    pub next_due_at: Option<i64>,
    pub next_care_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub menu_wanted: Option<i32>,
    pub menu_linked: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
