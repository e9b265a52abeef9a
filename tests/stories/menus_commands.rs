//! What an operator types, and reads.

use std::process::Command;

use crate::menu_files::MenuFiles;
use crate::menus::sees;
use crate::menus_applied::changes;
use crate::support::{Registers, World};

/// Runs `hagukumi rich-menu …` on the world's database with these files; returns its status and its words.
async fn typed(world: &World, files: &std::path::Path, words: &str) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hagukumi"));
    command.env_clear().args(["rich-menu"]).args(words.split_whitespace()).current_dir(world.database().folder());
    command.envs(world.settings(&[("RICH_MENU_DIR", files.to_str().unwrap())]));
    let ran = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    (ran.status.code().unwrap(), said)
}

#[track_caller]
fn tells(said: &(i32, String), code: i32, parts: &[&str]) {
    assert_eq!(said.0, code, "{}", said.1);
    for part in parts {
        assert!(said.1.contains(part), "{}\ndoes not say {part}", said.1);
    }
}

#[tokio::test]
async fn an_operator_plans_applies_changes_a_word_goes_back_and_takes_a_copy() {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    let path = files.path();
    tells(
        &typed(&world, path, "plan").await,
        0,
        &["作る", "組futsuu／childcare", "検査6、作成6（この1時間に、あと100）"],
    );
    assert!(changes(&world, 0).is_empty());
    tells(
        &typed(&world, path, "apply").await,
        0,
        &["作りました：組futsuu／quiet", "妊娠期 1人", "版1を反映しました。"],
    );
    assert_eq!(sees(&hana).as_deref(), Some("pregnancy"));
    tells(&typed(&world, path, "plan").await, 0, &["変更はありません。"]);
    files.reword("futsuu/pregnancy.toml", "返事", "返答");
    let planned = typed(&world, path, "plan --format json").await;
    tells(&planned, 0, &["\"creates\":2", "\"readers\":1", "\"created_this_hour\":6", "\"do\":\"create\""]);
    tells(&typed(&world, path, "apply").await, 0, &["版2を反映しました。"]);
    assert!(hana.user.labels().contains(&"返答".to_owned()));
    tells(
        &typed(&world, path, "rollback").await,
        0,
        &["読者のメニューを替えました：妊娠期 1人", "前の版にもどしました（版3）"],
    );
    assert!(!hana.user.labels().contains(&"返答".to_owned()));
    let copy = path.join("copy");
    let before = world.line.ledger().len();
    tells(&typed(&world, path, &format!("export --out {}", copy.display())).await, 0, &["書き出しました"]);
    tells(&typed(&world, &copy, "plan").await, 0, &["変更はありません。"]);
    assert!(changes(&world, before).is_empty());
    tells(
        &typed(&world, path, &format!("export --out {}", copy.display())).await,
        1,
        &["フォルダーが空ではありません"],
    );
}

#[tokio::test]
async fn files_with_mistakes_are_told_line_by_line_and_nothing_is_sent() {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    files.reword("futsuu/quiet.toml", "reply = \"consult\"", "reply = \"konsult\"");
    files.reword("futsuu/childcare.toml", "label = \"返事\"\n", "");
    let before = world.line.ledger().len();
    for command in ["plan", "apply", "preview"] {
        let said = typed(&world, files.path(), command).await;
        let quiet =
            "futsuu/quiet.toml:9: 領域1「返事」: reply に「konsult」は書けません。もしかして「consult」ですか。";
        let childcare = "futsuu/childcare.toml:6: 領域1: 読み上げる名前がありません。";
        tells(&said, 1, &[quiet, childcare]);
    }
    assert_eq!(world.line.ledger().len(), before, "LINE was asked nothing");
}

#[tokio::test]
async fn what_cannot_be_done_is_said_with_what_to_do() {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    let path = files.path();
    tells(&typed(&world, path, "rollback").await, 1, &["もどせる前の版がありません"]);
    tells(&typed(&world, path, "export --out x").await, 1, &["まだ何も反映していません"]);
    tells(&typed(&world, path, "plan --account other").await, 1, &["「other」というアカウントは、設定にありません"]);
    tells(&typed(&world, path, "apply --test-readers 12345678").await, 1, &["問い合わせ番号 12345678 は使えません"]);
    world.line.revoke_tokens();
    tells(
        &typed(&world, path, "plan").await,
        1,
        &["LINE のメニューを見る", "LINE does not accept our channel access token"],
    );
}

#[tokio::test]
async fn a_preview_is_one_page_with_every_area_and_what_is_read_aloud() {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    let page = files.path().join("preview.html");
    tells(&typed(&world, files.path(), &format!("preview --out {}", page.display())).await, 0, &[]);
    let html = std::fs::read_to_string(page).unwrap();
    assert_eq!(html.matches("<section>").count(), 6);
    assert_eq!(html.matches("data:image/png;base64,").count(), 6);
    // 400 of 800 pixels are half of a phone.
    assert_eq!(html.matches("left:187.5px;top:0.0px;width:187.5px").count(), 4);
    let order =
        ["返事", "返事をする（born）", "ほかの面", "タブを替える（pregnancy-town）"].map(|part| html.find(part));
    assert!(order.is_sorted() && order[0].is_some(), "{order:?}");
    assert!(!html.contains("http"), "nothing is loaded from elsewhere");
}
