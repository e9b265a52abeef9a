//! What is true of SQLite only: one file, one server.

use crate::server::run;
use crate::settings::{assert_refused, serve};
use crate::stage::Stage;
use crate::support::time;

#[tokio::test]
async fn a_second_server_on_the_same_file_is_refused_and_the_first_goes_on() {
    let stage = Stage::at("2026-11-22 09:00").await;
    let first = stage.serve("2026-11-22 09:00", &[]);
    let other = crate::server::free_address();
    for arguments in [["serve"], ["migrate"]] {
        let settings = stage.settings(time("2026-11-22 09:00"), &[("LISTEN", &other)]);
        let second = run(stage.folder(), &settings, &arguments);
        assert_eq!(second.status.code(), Some(1), "{arguments:?}");
        assert!(second.err.contains("別の hagukumi が使っています"), "{}", second.err);
    }
    let ready = reqwest::get(format!("http://{}/readyz", stage.address)).await.unwrap();
    assert_eq!(ready.status(), 200);
    first.stop();
}

#[tokio::test]
async fn more_than_one_server_is_refused_with_the_name_of_what_it_takes() {
    let stage = Stage::at("2026-11-22 09:00").await;
    let ended = serve(&stage, &[("REPLICAS", "2")]);
    assert_refused(&ended, "HAGUKUMI_REPLICAS");
    assert_refused(&ended, "PostgreSQL");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let stage = Stage::at("2026-11-22 09:00").await;
    stage.serve("2026-11-22 09:00", &[]).stop();
    let other = stage.folder().join("other.sqlite");
    std::fs::write(&other, "this is no database, and it is long enough to look at".repeat(40)).unwrap();
    let key = stage.folder().join("hagukumi.key").display().to_string();
    let url = format!("sqlite://{}", other.display());
    assert_refused(&serve(&stage, &[("DATABASE_URL", &url), ("KEY_FILE", &key)]), "database");
}
