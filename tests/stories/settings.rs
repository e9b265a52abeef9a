//! Settings that are wrong: the built server says what to do in a sentence, shows no secret, and ends
//! with the right exit code.

use std::os::unix::fs::PermissionsExt as _;

use crate::server::{Ended, run};
use crate::stage::Stage;
use crate::support::{SECRET, TOKEN, time};

pub fn serve(stage: &Stage, more: &[(&str, &str)]) -> Ended {
    run(stage.folder(), &stage.settings(time("2026-11-22 09:00"), more), &["serve"])
}

#[track_caller]
pub fn assert_refused(ended: &Ended, words: &str) {
    assert_eq!(ended.status.code(), Some(1), "{words}: {}", ended.err);
    assert!(ended.err.contains(words), "{words:?} is not in: {}", ended.err);
    for secret in [SECRET, TOKEN, "hunter2-hunter2"] {
        assert!(!ended.err.contains(secret) && !ended.out.contains(secret), "{}", ended.err);
    }
    assert!(!ended.err.contains("panicked"), "{}", ended.err);
}

#[tokio::test]
async fn mistakes_in_settings_are_told_and_nothing_is_served() {
    let stage = Stage::at("2026-11-22 09:00").await;
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    std::fs::write(stage.folder().join("folder"), "not one").unwrap();
    let nowhere = format!("sqlite://{}/folder/x.sqlite", stage.folder().display());
    let table: &[(&[(&str, &str)], &str)] = &[
        (&[("CHANNEL_SECRET", "")], "HAGUKUMI_CHANNEL_SECRET"),
        (&[("CHANNEL_SECRET", "x")], "HAGUKUMI_CHANNEL_SECRET"),
        (&[("CHANNEL_SECRET", "hunter2-hunter2,")], ""),
        (&[("CHANNEL_ACCESS_TOKEN", "")], "HAGUKUMI_CHANNEL_ACCESS_TOKEN"),
        (&[("CHANNEL_ACCESS_TOKEN", "hunter2-hunter2 日本")], "token"),
        (&[("CHANNEL_ACCESS_TOKEN", ""), ("CHANNEL_ID", "hunter2-hunter2")], "channel id"),
        (&[("CHANNEL_ACCESS_TOKEN_FILE", "/nowhere")], "HAGUKUMI_CHANNEL_ACCESS_TOKEN_FILE"),
        (&[("LISTEN", "everywhere")], "HAGUKUMI_LISTEN"),
        (&[("LISTEN", taken.as_str())], taken.as_str()),
        (&[("DATABASE_URL", "mysql://x")], "HAGUKUMI_DATABASE_URL"),
        (&[("DATABASE_URL", "sqlite::memory:")], "HAGUKUMI_DATABASE_URL"),
        (&[("DATABASE_URL", nowhere.as_str())], "folder"),
        (&[("KEY_FILE", "/nowhere/key")], "/nowhere/key"),
        (&[("CONTENT_DIR", "/nowhere")], "原稿"),
        (&[("MUNICIPALITY", "atlantis")], "原稿"),
        (&[("BOT_USER_ID", "me")], "HAGUKUMI_BOT_USER_ID"),
        (&[("DELIVERY_TIME", "25:00")], "HAGUKUMI_DELIVERY_TIME"),
        (&[("REPLICAS", "0")], "HAGUKUMI_REPLICAS"),
        (&[("PUBLIC_URL", "ftp://x")], "HAGUKUMI_PUBLIC_URL"),
        (&[("REHEARSAL_CLOCK", "tomorrow")], "HAGUKUMI_REHEARSAL_CLOCK"),
        (&[("LINE_API_URL", "https://api.line.me")], "HAGUKUMI_REHEARSAL_CLOCK"),
        (&[("LINE_API_URL", "not an address")], "HAGUKUMI_LINE_API_URL"),
        (&[("LISTN", "x")], "listen"),
        (&[("LOG_FORMAT", "xml")], "HAGUKUMI_LOG_FORMAT"),
        (&[("ACCOUNT", "Main!")], "HAGUKUMI_ACCOUNT"),
        (&[("LISTEN", "x"), ("REPLICAS", "x")], "2つ"),
    ];
    let _kept = std::net::TcpListener::bind(&taken);
    for (settings, words) in table.iter().filter(|(_, words)| !words.is_empty()) {
        assert_refused(&serve(&stage, settings), words);
    }
}

#[tokio::test]
async fn a_key_that_others_can_read_another_key_and_a_lost_key_are_refused() {
    let stage = Stage::at("2026-11-22 09:00").await;
    stage.registered("2027-03-01").await;
    let key = stage.folder().join("hagukumi.key");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);

    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_refused(&serve(&stage, &[]), "chmod 600");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();

    let right = std::fs::read_to_string(&key).unwrap();
    for (wrong, words) in [
        ("1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", "another key file"),
        ("hunter2-hunter2\n", "has no key"),
        ("", "has no key"),
    ] {
        std::fs::write(&key, wrong).unwrap();
        assert_refused(&serve(&stage, &[]), words);
    }
    std::fs::remove_file(&key).unwrap();
    assert_refused(&serve(&stage, &[]), "hagukumi.key");
    assert!(!key.exists(), "no new key in the place of a lost one");
    std::fs::write(&key, right).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    stage.serve("2026-11-22 09:05", &[]).stop();
}

#[tokio::test]
async fn a_newer_schema_is_refused_by_name() {
    let stage = Stage::at("2026-11-22 09:00").await;
    stage.serve("2026-11-22 09:00", &[]).stop();
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_from_the_future', 0)";
    stage.database().damage(newer).await;
    for arguments in ["serve", "migrate"] {
        let ended = run(stage.folder(), &stage.settings(time("2026-11-22 09:00"), &[]), &[arguments]);
        assert_refused(&ended, "m9999_from_the_future");
    }
}

#[tokio::test]
async fn unreviewed_texts_are_not_served_to_lines_own_hosts() {
    let stage = Stage::at("2026-11-22 09:00").await;
    let line = [("LINE_API_URL", "https://api.line.me"), ("REHEARSAL_CLOCK", "")];
    assert_refused(&serve(&stage, &line), "HAGUKUMI_SEND_UNREVIEWED");
}

#[tokio::test]
async fn wrong_usage_ends_with_two_and_right_usage_with_nothing() {
    let stage = Stage::at("2026-11-22 09:00").await;
    for (arguments, code) in [
        (&["--help"][..], 0),
        (&["--version"], 0),
        (&["serve", "--help"], 0),
        (&[], 2),
        (&["dance"], 2),
        (&["serve", "--fast"], 2),
        (&["calendar", "--due", "someday"], 2),
        (&["--config", "/nowhere.toml", "check"], 1),
    ] {
        let ended = run(stage.folder(), &[], arguments);
        assert_eq!(ended.status.code(), Some(code), "{arguments:?}: {}{}", ended.out, ended.err);
    }
}

#[tokio::test]
async fn a_strange_environment_of_somebody_else_keeps_nobody_from_starting() {
    let stage = Stage::at("2026-11-22 09:00").await;
    let strange: std::ffi::OsString = std::os::unix::ffi::OsStringExt::from_vec(vec![0xff, 0xfe]);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_hagukumi"))
        .arg("check")
        .current_dir(stage.folder())
        .env("SOMEBODY_ELSES", strange)
        .output()
        .unwrap();
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"));
}
