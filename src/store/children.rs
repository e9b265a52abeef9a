//! Children and who follows them.

use entity::{child, follow};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};

use super::seal::{At, Sealer};
use super::{Fact, Result, StoreError, Tx};
use crate::domain::family::{Child, Follow, Journey, Nickname, OwnStop, Role};
use crate::domain::ids::{AccountId, ChildId, ReaderId};

/// What is sealed about a child.
#[derive(Serialize, Deserialize)]
struct ChildProfile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nickname: Option<Nickname>,
    #[serde(flatten)]
    journey: Journey,
    #[serde(default)]
    corrected: bool,
}

const fn profile_at(child: i64) -> At<'static> {
    At { table: "child", column: "profile_sealed", row: child }
}

/// An edge has no id of its own. The child's column name is its own, so an edge cannot stand in for
/// a profile; the reader's id is inside the sealed text.
const fn stop_at(child: i64) -> At<'static> {
    At { table: "follow", column: "stopped_sealed", row: child }
}

#[derive(Serialize, Deserialize)]
struct SealedStop {
    reader: i64,
    stop: OwnStop,
}

fn child_of(sealer: &Sealer, row: &child::Model) -> Result<Child> {
    let profile: ChildProfile = sealer.open_json(profile_at(row.id), &row.profile_sealed)?;
    Ok(Child {
        id: ChildId(row.id),
        version: row.version,
        nickname: profile.nickname,
        journey: profile.journey,
        corrected: profile.corrected,
    })
}

fn follow_of(sealer: &Sealer, edge: &follow::Model, child: Child) -> Result<Follow> {
    let corrupt = |column| StoreError::corrupt(At { table: "follow", column, row: edge.child_id });
    let stopped = edge.stopped_sealed.as_deref().map(|sealed| {
        let stop: SealedStop = sealer.open_json(stop_at(edge.child_id), sealed)?;
        if stop.reader == edge.reader_id { Ok(stop.stop) } else { Err(corrupt("stopped_sealed")) }
    });
    let role = Role::from_word(&edge.role).ok_or_else(|| corrupt("role"))?;
    Ok(Follow { child, role, registrant: edge.registrant, stopped: stopped.transpose()? })
}

/// The follow edges of these readers with their children, by reader, oldest first.
pub(super) async fn follows_of(
    db: &impl ConnectionTrait,
    sealer: &Sealer,
    readers: &[i64],
) -> Result<Vec<(ReaderId, Follow)>> {
    let rows = follow::Entity::find()
        .filter(follow::Column::ReaderId.is_in(readers.iter().copied()))
        .order_by_asc(follow::Column::CreatedAt)
        .order_by_asc(follow::Column::ChildId)
        .all(db)
        .await?;
    let ids = rows.iter().map(|edge| edge.child_id);
    let children = child::Entity::find().filter(child::Column::Id.is_in(ids)).all(db).await?;
    let mut follows = Vec::with_capacity(rows.len());
    for edge in &rows {
        let found = children.iter().find(|child| child.id == edge.child_id);
        let row = found.ok_or_else(|| StoreError::corrupt(profile_at(edge.child_id)))?;
        follows.push((ReaderId(edge.reader_id), follow_of(sealer, edge, child_of(sealer, row)?)?));
    }
    Ok(follows)
}

impl Tx {
    /// Everything a reader follows, oldest first.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn follows(&self, reader: ReaderId) -> Result<Vec<Follow>> {
        let follows = follows_of(&self.inner, &self.sealer, &[reader.0]).await?;
        Ok(follows.into_iter().map(|(_, follow)| follow).collect())
    }

    /// Keeps a new child; its id is given here.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn keep_child(
        &self,
        account: AccountId,
        journey: Journey,
        nickname: Option<Nickname>,
    ) -> Result<ChildId> {
        let now = self.ambient.now_ms();
        let child = Child { id: ChildId(self.ambient.id()), version: 1, nickname, journey, corrected: false };
        let row = child::ActiveModel {
            id: Set(child.id.0),
            account_id: Set(account.0),
            version: Set(child.version),
            profile_sealed: Set(self.sealed_child(&child)),
            created_at: Set(now),
            updated_at: Set(now),
        };
        child::Entity::insert(row).exec_without_returning(&self.inner).await?;
        Ok(child.id)
    }

    fn sealed_child(&self, child: &Child) -> Vec<u8> {
        let profile = ChildProfile {
            nickname: child.nickname.clone(),
            journey: child.journey.clone(),
            corrected: child.corrected,
        };
        self.sealer.seal_json(profile_at(child.id.0), &profile)
    }

    /// The child of that id.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn child(&self, id: ChildId) -> Result<Option<Child>> {
        let row = child::Entity::find_by_id(id.0).one(&self.inner).await?;
        row.map(|row| child_of(&self.sealer, &row)).transpose()
    }

    /// Writes a child's profile and version.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn save_child(&self, child: &Child) -> Result<()> {
        let update = Query::update()
            .table(child::Entity)
            .value(child::Column::Version, child.version)
            .value(child::Column::ProfileSealed, self.sealed_child(child))
            .value(child::Column::UpdatedAt, self.ambient.now_ms())
            .and_where(Expr::col(child::Column::Id).eq(child.id.0))
            .to_owned();
        self.inner.execute(&update).await?;
        Ok(())
    }

    /// Lets a reader follow a child.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn keep_follow(&self, reader: ReaderId, child: ChildId, role: Role, registrant: bool) -> Result<()> {
        let row = follow::ActiveModel {
            reader_id: Set(reader.0),
            child_id: Set(child.0),
            role: Set(role.as_str().to_owned()),
            registrant: Set(registrant),
            stopped_sealed: Set(None),
            created_at: Set(self.ambient.now_ms()),
        };
        follow::Entity::insert(row).exec_without_returning(&self.inner).await?;
        Ok(())
    }

    /// Sets or lifts a reader's own stop for a child.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn set_stop(&self, reader: ReaderId, child: ChildId, stop: Option<OwnStop>) -> Result<()> {
        self.note(Fact::Stop(reader, child, stop));
        let sealed = stop.map(|stop| self.sealer.seal_json(stop_at(child.0), &SealedStop { reader: reader.0, stop }));
        let update = Query::update()
            .table(follow::Entity)
            .value(follow::Column::StoppedSealed, sealed)
            .and_where(Expr::col(follow::Column::ReaderId).eq(reader.0))
            .and_where(Expr::col(follow::Column::ChildId).eq(child.0))
            .to_owned();
        self.inner.execute(&update).await?;
        Ok(())
    }

    /// The readers who follow a child, in the order of their ids: the order in which they are locked.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn followers(&self, child: ChildId) -> Result<Vec<ReaderId>> {
        let rows = follow::Entity::find()
            .filter(follow::Column::ChildId.eq(child.0))
            .order_by_asc(follow::Column::ReaderId)
            .all(&self.inner)
            .await?;
        Ok(rows.into_iter().map(|edge| ReaderId(edge.reader_id)).collect())
    }
}
