//! Many families at once, put into the store in a few transactions: to register each by chatting would take
//! longer than everything else a story does with them.

use hagukumi::domain::family::{Journey, Role, Standing};
use hagukumi::domain::ids::LineUserId;
use hagukumi::simulator::Channel;
use hagukumi::store::{NewReader, Store};

use crate::support::time;

/// Families in a transaction.
const BATCH: usize = 500;

/// `small` families, or `large` in the long run of the tests.
pub fn count(small: usize, large: usize) -> usize {
    if std::env::var_os("HAGUKUMI_TEST_LONG").is_some_and(|long| long == "1") { large } else { small }
}

/// So many families of that account of LINE, each with a child born on 1 September 2026, whose next message is
/// due at that time; their LINE user ids.
pub async fn settle_in(store: &Store, line: &Channel, families: usize, due: &str) -> Vec<String> {
    settle_in_with(store, line, families, ("2026-09-01", due)).await
}

/// As [`settle_in`], with children born on that day.
pub async fn settle_in_with(store: &Store, line: &Channel, families: usize, (born, due): (&str, &str)) -> Vec<String> {
    let account = store.account(line.slug()).await.unwrap().expect("the server knows its accounts").id;
    // The same person is not a reader of two accounts here.
    let own = [line.slug(), born].concat().bytes().fold(0_u64, |sum, byte| sum * 31 % 999_999_937 + u64::from(byte));
    let users: Vec<String> = (0..families).map(|number| format!("U{own:016x}{number:016x}")).collect();
    for batch in users.chunks(BATCH) {
        let tx = store.begin().await.unwrap();
        for user in batch {
            let _knows_line = line.user_with_id(user.clone());
            let user = LineUserId::parse(user).unwrap();
            let at = time("2026-11-22 09:00").timestamp_millis();
            let new = NewReader { account, user, locale: "ja".into(), at };
            let mut reader = tx.keep_reader(new).await.unwrap();
            let journey = Journey::Born { born: born.parse().unwrap(), due: None };
            let child = tx.keep_child(account, journey, None).await.unwrap();
            tx.keep_follow(reader.id, child, Role::Other, true).await.unwrap();
            reader.standing = Standing::Following;
            reader.next_due_at = Some(time(due).timestamp_millis());
            tx.save_reader(&reader).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    users
}
