//! Codes: found by their hash only, used once, forgotten in time.

use hagukumi::domain::code::{Code, CodeKind};

use crate::bench::{Bench, NOW, at};

fn code(text: &str) -> Code {
    Code::read(text).unwrap()
}

async fn keep(bench: &Bench, reader: &hagukumi::store::ReaderRow, kind: CodeKind, code: &Code) {
    let tx = bench.store.begin().await.unwrap();
    tx.keep_code(reader, kind, code).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_code_is_found_until_it_is_used_and_used_once() {
    let bench = Bench::new().await;
    let reader = bench.reader('a').await;
    keep(&bench, &reader, CodeKind::Invitation, &code("7K4M-9RTP")).await;
    let tx = bench.store.begin().await.unwrap();
    assert!(tx.typed_code(bench.account, &code("7K4M-9RTQ")).await.unwrap().is_none());
    let found = tx.typed_code(bench.account, &code("7k4m9rtp")).await.unwrap().unwrap();
    assert_eq!((found.reader, found.kind), (reader.id, CodeKind::Invitation));
    assert!(tx.use_code(found.id).await.unwrap() && !tx.use_code(found.id).await.unwrap());
    assert!(tx.typed_code(bench.account, &code("7K4M-9RTP")).await.unwrap().is_none());
    assert!(tx.code(bench.account, found.id).await.unwrap().is_none());
}

#[tokio::test]
async fn expired_codes_are_not_found_and_are_forgotten() {
    let bench = Bench::new().await;
    let reader = bench.reader('a').await;
    keep(&bench, &reader, CodeKind::Transfer, &code("7K4M-9RTP")).await;
    let later = NOW + CodeKind::Transfer.lasts().num_milliseconds();
    bench.store.forget_codes(later - 1).await.unwrap();
    assert_eq!(bench.store.count("code").await.unwrap(), 1);
    bench.clock.advance_to(at(later));
    let tx = bench.store.begin().await.unwrap();
    assert!(tx.typed_code(bench.account, &code("7K4M-9RTP")).await.unwrap().is_none());
    drop(tx);
    bench.store.forget_codes(later).await.unwrap();
    assert_eq!(bench.store.count("code").await.unwrap(), 0);
}

#[tokio::test]
async fn an_enquiry_number_is_asked_for_at_its_own_place_and_the_newest_counts() {
    let bench = Bench::new().await;
    let reader = bench.reader('a').await;
    let digits = code("2345-6789");
    keep(&bench, &reader, CodeKind::Enquiry, &digits).await;
    let tx = bench.store.begin().await.unwrap();
    assert!(tx.typed_code(bench.account, &digits).await.unwrap().is_none());
    drop(tx);
    assert!(bench.store.enquiry(bench.account, &digits, NOW).await.unwrap().is_some());
    let half_an_hour = CodeKind::Enquiry.lasts().num_milliseconds();
    assert!(bench.store.enquiry(bench.account, &digits, NOW + half_an_hour).await.unwrap().is_none());
    keep(&bench, &reader, CodeKind::Enquiry, &code("9876-5432")).await;
    assert!(bench.store.enquiry(bench.account, &digits, NOW).await.unwrap().is_none());
    assert_eq!(bench.store.count("code").await.unwrap(), 1);
}
