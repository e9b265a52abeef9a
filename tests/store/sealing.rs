//! What lies in the file tells nobody who the readers are.

use chrono::NaiveDate;
use hagukumi::domain::family::{Journey, Role};
use hagukumi::domain::ids::LineUserId;
use hagukumi::store::{EventState, NewEvent, StoreError};

use crate::bench::{Bench, NOW, open, user};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[tokio::test]
async fn neither_user_id_nor_date_nor_words_lie_in_the_file() {
    let bench = Bench::new().await;
    let reader = bench.reader('a').await;
    let tx = bench.store.begin().await.unwrap();
    let born = Journey::Born { born: day("2026-08-14"), due: Some(day("2026-09-01")) };
    let child = tx.keep_child(bench.account, born, None).await.unwrap();
    tx.keep_follow(reader.id, child, Role::Mother, true).await.unwrap();
    let event = NewEvent {
        account: bench.account,
        key: "01EVENT".into(),
        lane: reader.blind,
        sent_at: NOW,
        state: EventState::Pending,
        note: None,
        payload: "眠れません".as_bytes().to_vec(),
    };
    tx.keep_events(&[event]).await.unwrap();
    tx.commit().await.unwrap();
    bench.keep(&bench.row(&reader, "answer/01EVENT", hagukumi::domain::delivery::State::Waiting)).await.unwrap();

    let contents = bench.database.contents().await;
    assert!(contents.hold("01EVENT"), "the test looks at the right bytes");
    for secret in [user('a').expose(), "2026-08-14", "2026-09-01", "眠れません", "やあ", "token"] {
        assert!(!contents.hold(secret), "{secret} lies in the clear");
    }
}

#[tokio::test]
async fn another_key_finds_nobody_and_a_sealed_row_names_itself_and_nothing_else() {
    let bench = Bench::new().await;
    let reader = bench.reader('a').await;
    let stranger = open(&bench.database, &bench.clock, [8; 32]).await;
    let blind = stranger.sealer().blind(bench.account, &user('a'));
    let tx = stranger.begin().await.unwrap();
    assert!(tx.reader_by_user(bench.account, blind).await.unwrap().is_none());
    let error = tx.readers(&[reader.id]).await.unwrap_err();
    assert!(matches!(&error, StoreError::Corrupt { table, row, .. } if table == "reader" && *row == reader.id.0));
    assert!(!format!("{error:?} {error}").contains(user('a').expose()));
}

#[tokio::test]
async fn what_was_kept_opens_again_after_the_database_was_closed() {
    let bench = Bench::new().await;
    let reader = bench.reader('a').await;
    let again = open(&bench.database, &bench.clock, crate::bench::ROOT).await;
    let tx = again.begin().await.unwrap();
    let found = tx.reader_by_user(bench.account, reader.blind).await.unwrap().unwrap();
    assert_eq!(found.user, LineUserId::parse(user('a').expose()).unwrap());
}
