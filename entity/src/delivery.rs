//! One thing that leaves.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub account_id: i64,
    pub reader_id: Option<i64>,
    pub user_blind: Vec<u8>,
    pub purpose: String,
    pub via: String,
    pub state: String,
    pub lease_until: Option<i64>,
    pub fence: i32,
    pub attempts: i32,
    pub maybe_sent: bool,
    pub next_attempt_at: Option<i64>,
    pub window_until: i64,
    pub rides_on: Option<i64>,
    pub parts_sealed: Option<Vec<u8>>,
    pub request_id: Option<String>,
    pub error: Option<String>,
    pub created_at: i64,
    pub settled_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
