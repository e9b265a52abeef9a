//! Every mistake an author can make: its file, its line, and a sentence that says what is right.

use super::folder::{BODY, CHILDCARE, Folder, MATERNITY, MUNICIPALITY, said};

const DAYS: &str = "packs/childcare.ja/days.md";
const WEEKS: &str = "packs/maternity.ja/weeks.md";
const TEXT: &str = "municipal/aoba/texts/kenshin.md";
const TOWN: &str = "municipal/aoba/municipality.toml";

fn expect(file: &str, text: &str, line: usize, sentence: &str) {
    let findings = Folder::with(&[(file, text)]).load().expect_err(text).0;
    let place = format!("{file}:{line}: ");
    let told = findings.iter().any(|finding| {
        let finding = finding.to_string();
        finding.starts_with(&place) && !finding.contains("（注意）") && finding.contains(sentence)
    });
    assert!(told, "expected {place}…{sentence}… for\n{text}\nbut heard\n{}", said(&findings));
}

#[test]
fn a_mistake_in_a_manuscript_is_told_with_its_line() {
    let body = BODY.trim();
    for (text, line, sentence) in [
        (format!("+++\nreviewer = \"\"\n\n# day/1 題\n{body}\n"), 1, "前書きが閉じていません"),
        (format!("+++\nreviewr = \"\"\n+++\n# day/1 題\n{body}\n"), 2, "もしかして「reviewer」ですか"),
        (format!("+++\nreviewer = \"\n+++\n# day/1 題\n{body}\n"), 2, "設定として読めません"),
        (format!("+++\nreviewer = 1\n+++\n# day/1 題\n{body}\n"), 2, "引用符"),
        (format!("+++\n\nexpires = \"来年\"\n+++\n# day/1 題\n{body}\n"), 3, "2027-03-31 の形の日付"),
        (format!("+++\nexpires = 2027-02-30\n+++\n# day/1 題\n{body}\n"), 2, ""),
        (format!("+++\nlaw = \"boshi\"\n+++\n# day/1 題\n{body}\n"), 2, "文字の列"),
        (format!("+++\nsources = [1]\n+++\n# day/1 題\n{body}\n"), 2, "文字の列"),
        (format!("はじめに\n# day/1 題\n{body}\n"), 1, "見出しの前に文章"),
        (format!("# day/1\n{body}\n"), 1, "題名がありません"),
        (format!("#day/1 題\n{body}\n"), 1, "# ひとつと空白"),
        (format!("## day/1 題\n{body}\n"), 1, "# ひとつと空白"),
        (format!("＃ day/1 題\n{body}\n"), 1, "半角の「#」"),
        (format!("# day/01 題\n{body}\n"), 1, "もしかして「day/1」ですか"),
        (format!("# こんにちは 題\n{body}\n"), 1, "枠の名前として読めません"),
        (format!("# day/104 題\n{body}\n"), 1, "近い枠は day/103 と day/106 です"),
        (format!("# birthday/1 題\n{body}\n"), 1, "1歳の誕生日の枠は y1/w00 です"),
        (format!("# preg/w12d0 題\n{body}\n"), 1, "配信日（pack.toml の cadence）にありません"),
        (format!("# day/1 題\n{body}\n\n# day/2 題\n{body}\n\n# day/1 題\n{body}\n"), 7, "days.md の1行目にもあります"),
        ("# day/1 題\n\n\n".to_owned(), 1, "本文がありません"),
        (format!("# day/1 題\n\n# day/2 題\n{body}\n"), 1, "本文がありません"),
        (format!("# day/1 題\n[mother]\n{body}\n"), 1, "全員に向けた段落がありません"),
        (format!("# day/1 題\n{body}\n\n[fahter]\nおとうさん\n"), 4, "もしかして「father」ですか"),
        (format!("# day/1 題\n{body}\n\n[mother, father]\nふたり\n"), 4, "空白で区切ります"),
        (format!("# day/1 題\n{body}\n\n［father］\nおとうさん\n"), 4, "半角の [ ]"),
        (format!("# day/1 題\n{body}\n\n[]\nだれか\n"), 4, "タグが空です"),
        (format!("# day/1 題\n{body}\n\n[father]\n\nおとうさん\n"), 4, "あいだに空の行は入れません"),
        (format!("# day/1 題\n{body}\n[father]\nおとうさん\n"), 3, "段落の最初の行"),
        (format!("# day/1 題\n{body}\n{{nickname}}、{{age}}さい\n"), 3, "{age} という差し込みは、ここでは使えません"),
        (format!("# day/1 題\n{body}\n{{nikname}}\n"), 3, "もしかして「nickname」ですか"),
        (format!("# day/1 題\n{body}\n{{weeks}}週\n"), 3, "{weeks}"),
        (format!("# day/1 題\n{body}\n{{ nickname }}\n"), 3, "差し込み"),
        (format!("# day/1 題\n{body}\nかっこ {{ だけ\n"), 3, "組になっていない"),
        (format!("# day/1 題\n{body}\nかっこ }} だけ\n"), 3, "組になっていない"),
        (format!("# day/1 題\n{body}\n｛nickname｝\n"), 3, "半角の { }"),
        (format!("# day/1 題\n\n{{ expires = 2027-03-31 }}\n{body}\n"), 3, "見出しのすぐ下の行"),
        (format!("# day/1 題\n{{ expire = 2027-03-31 }}\n{body}\n"), 2, "もしかして「expires」ですか"),
        (format!("# day/1 題\n{{ expires = 2027-03-31\n{body}\n"), 2, "設定として読めません"),
        (format!("# day/1 題\n{}\n", "あ".repeat(4_800)), 1, "本文が長すぎます"),
        (format!("# day/1 題\n{}\n", "👶".repeat(2_400)), 1, "本文が長すぎます"),
    ] {
        expect(DAYS, &text, line, sentence);
        expect(DAYS, &text.replace('\n', "\r\n"), line, sentence);
    }
    expect(WEEKS, &format!("# preg/w12d0 題\n{body}\n{{day_count}}\n"), 3, "{weeks}");
    expect(WEEKS, &format!("# preg/w4d0 題\n{body}\n"), 1, "もしかして「preg/w04d0」ですか");
    expect(
        WEEKS,
        &format!("# preg/w12d0 題\n{body}\n\n[corrected]\n発達\n"),
        4,
        "妊娠中の原稿では [corrected] は使えません",
    );
}

#[test]
fn a_mistake_in_a_pack_is_told_with_its_line() {
    let pack = "packs/childcare.ja/pack.toml";
    for (from, to, line, sentence) in [
        ("id = \"childcare.ja\"", "id = \"kosodate\"", 1, "フォルダーの名前と同じ「childcare.ja」"),
        ("series = \"childcare\"\n", "", 1, "「series」がありません"),
        ("series = \"childcare\"", "series = \"kosodate\"", 2, "maternity"),
        ("series = \"childcare\"", "series = \"maternity\"", 7, "この原稿集の series では使えません"),
        ("footer = \"※個人差があります。\"", "footer = \"\"", 4, "「footer」が空です"),
        ("footer", "fotter", 4, "もしかして「footer」ですか"),
        ("locale = \"ja\"", "locale = \"ja\"\ncomplete = 1", 4, "true か false"),
        ("kind = \"days\"", "kind = \"day\"", 7, "gestation、days、weeks、birthday、round"),
        ("from = 1\n", "", 6, "「from」を 1 から 1097 までの数字"),
        ("to = 100", "to = 0", 9, "「to」は 1 から 1097 まで"),
        ("from = 1\n", "from = 101\n", 8, "from が to より後"),
        ("every = 1", "every = 0", 10, "「every」は 1 から 52 まで"),
        ("every = 1", "evry = 1", 10, "もしかして「every」ですか"),
        ("to = 100", "to = 103", 12, "day/103 は、上の [[cadence]] にもう入っています"),
        ("year = 1", "year = 3", 20, "「year」は 1 から 2 まで"),
        ("years = 3", "years = 3\n\n[[cadence]]\nkind = \"round\"\ndays = [300, 200]", 31, "小さい順"),
    ] {
        assert!(CHILDCARE.contains(from), "{from}");
        expect(pack, &CHILDCARE.replacen(from, to, 1), line, sentence);
    }
    let maternity = "packs/maternity.ja/pack.toml";
    expect(maternity, &MATERNITY.replace("41w6d", "42w0d"), 9, "4w0d から 41w6d まで");
    expect(maternity, &MATERNITY.replace("4w0d", "4週"), 8, "4w0d から 41w6d まで");
    expect(
        "packs/childcare.xx/pack.toml",
        &CHILDCARE.replace("care.ja", "care.xx"),
        1,
        "時期（series）・言語（locale）が同じ",
    );
}

fn municipal_text(from: &str, to: &str) -> String {
    let text = "+++\ntitle = \"健診\"\ndepartment = \"係\"\nphone = \"000-000-0000\"\nhours = \"平日\"\nfrom = \"day/90\"\nto = \"day/120\"\n+++\n\n本文です。\n";
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

#[test]
fn a_mistake_in_a_municipal_text_is_told_with_its_line() {
    for (from, to, line, sentence) in [
        ("title = \"健診\"\n", "", 1, "「title」がありません"),
        ("phone = \"000-000-0000\"\n", "", 1, "「phone」がありません"),
        ("phone = \"000-000-0000\"", "phone = \"０００-０００-００００\"", 4, "半角の数字"),
        ("phone = \"000-000-0000\"", "phone = \"なし\"", 4, "半角の数字"),
        ("hours = \"平日\"", "hours = \"\"", 5, "「hours」が空です"),
        ("from = \"day/90\"", "from = \"90日\"", 6, "day/37"),
        ("from = \"day/90\"", "from = \"round/200\"", 6, "day/37"),
        ("from = \"day/90\"", "from = \"preg/w03d0\"", 6, "4週0日から41週6日"),
        ("from = \"day/90\"", "from = \"y1/w00\"", 6, "from が to より後"),
        ("to = \"day/120\"", "to = \"day/120\"\npage = \"http://aoba.example.jp\"", 8, "https://"),
        ("to = \"day/120\"", "to = \"day/120\"\npage = \"https://あおば市\"", 8, "全角文字なし"),
        ("to = \"day/120\"", "to = \"day/120\"\nlaw = [\"boshi\"]", 8, "valid_until"),
        ("to = \"day/120\"", "to = \"day/120\"\nonce = \"はい\"", 8, "true か false"),
        ("to = \"day/120\"", "to = \"day/120\"\nexpires = 2027-03-31", 8, "「expires」という項目はありません"),
        ("to = \"day/120\"", "to = \"day/120\"\narea = [\"北郡\"]", 8, "もしかして「北部」ですか"),
        ("本文です。", "", 9, "本文がありません"),
        ("本文です。", "{name}さん", 10, "{name} という差し込み"),
        ("本文です。", "# 題\n本文です。", 10, "title に書いてください"),
        ("本文です。", "[father]\n本文です。", 10, "タグは使えません"),
        ("+++\ntitle", "title", 1, "前書き"),
    ] {
        expect(TEXT, &municipal_text(from, to), line, sentence);
    }
    expect("municipal/aoba/texts/健診.md", &municipal_text("", ""), 1, "ファイルの名前");
}

#[test]
fn a_mistake_in_a_municipality_is_told_with_its_line() {
    for (from, to, line, sentence) in [
        ("name = \"あおば市\"\n", "", 1, "「name」がありません"),
        (
            "sender = \"あおば市 こども家庭センター\"",
            "sender = \"あおば市こども未来部こども家庭センター母子保健係\"",
            7,
            "20文字まで",
        ),
        ("sender = \"あおば市 こども家庭センター\"", "sender = \"あおば市LINE\"", 7, "「LINE」という言葉は使えません"),
        ("https://aoba.example.jp/kosodate", "http://aoba.example.jp/", 10, "https://"),
        ("page = \"https://aoba.example.jp/kosodate\"", "leap_birthday = \"2-29\"", 10, "leap_birthday は"),
        ("[desk]", "[desc]", 22, "もしかして「desk」ですか"),
        ("[desk]", "[desc]", 1, "相談の窓口（[desk]）がありません"),
        ("phone = \"110\"", "phone = \"110番\"", 38, "半角の数字"),
        ("[hotline.yorisoi]", "[hotline.yorisou]", 62, "もしかして「yorisoi」ですか"),
        ("[hotline.yorisoi]", "[hotline.yorisou]", 31, "[hotline.yorisoi] がありません"),
        ("\"中央\"", "\"あおば市の北のほうにある、とても長い名前の地域\"", 15, "20文字まで"),
        ("\"中央\"", "\"北部\"", 15, "地域「北部」が2回"),
        ("areas = [", "areas = [\"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\", ", 15, "10まで"),
        ("@aoba", "aoba", 19, "ベーシックID"),
        ("@aoba", "@あおば", 19, "ベーシックID"),
    ] {
        assert!(MUNICIPALITY.contains(from), "{from}");
        expect(TOWN, &MUNICIPALITY.replacen(from, to, 1), line, sentence);
    }
    expect("municipal/aoba/privacy.md", "個人情報\n\n{name}\n", 3, "{name} という差し込み");
    expect("municipal/aoba/privacy.md", "\n", 1, "空です");
}

#[test]
fn a_mistake_in_the_phrases_or_danger_words_is_told_with_its_line() {
    let phrases = "phrases/ja/b.toml";
    expect(phrases, "[bye]\ntxt = \"さようなら\"\n", 2, "もしかして「text」ですか");
    expect(phrases, "[hello]\ntext = \"やあ\"\n", 1, "phrases/ja/a.toml にもあります");
    expect(phrases, "bye = \"さようなら\"\n", 1, "[bye] の見出し");
    expect(phrases, &format!("[bye]\nlabels = {{ yes = \"{}\" }}\n", "は".repeat(41)), 2, "40文字まで");
    expect(phrases, &format!("[bye]\ntext = \"{}\"\n", "は".repeat(5_001)), 2, "長すぎます");
    let danger = "version = 1\n[patterns]\nA = \"(\"\nB = \"b\"\nC = \"c\"\nD = \"d\"\nE = \"e\"\n";
    expect("danger/ja.toml", danger, 3, "A の言葉の書き方");
    expect("danger/ja.toml", danger, 2, "「F」がありません");
}

#[test]
fn what_is_missing_is_told_where_it_should_be() {
    for (file, sentence) in [
        ("packs/childcare.ja/pack.toml", "pack.toml がありません"),
        ("municipal/aoba/municipality.toml", "municipality.toml がありません"),
        ("municipal/aoba/privacy.md", "privacy.md"),
        ("danger/ja.toml", "danger/ja.toml"),
    ] {
        let folder = Folder::with(&[(DAYS, &format!("# day/1 題\n{BODY}"))]);
        folder.remove(file);
        let told = said(&folder.load().unwrap_err().0);
        assert!(told.contains(sentence), "{file}: {told}");
    }
    let folder = Folder::with(&[]);
    assert!(!said(&folder.findings("2026-11-22")).contains("phrases/ja:1: "));
    folder.remove("phrases/ja/a.toml");
    assert!(said(&folder.findings("2026-11-22")).contains("phrases/ja:1: 会話のことば [ask_consent] がありません"));
    folder.remove("phrases/ja/daily.toml");
    assert!(said(&folder.findings("2026-11-22")).contains("会話のことば（phrases/ja/*.toml）がありません"));
    folder.write("phrases/ja/a.toml", b"[hello]\n");
    assert!(said(&folder.findings("2026-11-22")).contains("phrases/ja:1: 会話のことば [daily_footer] がありません"));
}

#[test]
fn a_file_that_is_not_utf_8_is_told_with_its_line() {
    let folder = Folder::with(&[]);
    folder.write(DAYS, b"# day/1 a\n\x82\xa0\x82\xa2\n");
    let told = said(&folder.load().unwrap_err().0);
    assert!(told.starts_with("packs/childcare.ja/days.md:2: 文字コードがUTF-8ではありません"), "{told}");
}

#[test]
fn all_mistakes_are_told_at_once_by_file_and_line() {
    let folder = Folder::with(&[
        (DAYS, "# day/1\n{x}\n\n# day/200 題\nあ\n"),
        (TEXT, "+++\nphone = 1\n+++\n"),
        ("phrases/ja/b.toml", "x = 1\n"),
    ]);
    let findings = folder.load().unwrap_err().0;
    for file in [DAYS, TEXT, "phrases/ja/b.toml"] {
        assert!(findings.iter().any(|finding| finding.place.file == file), "{file}");
    }
    assert!(findings.is_sorted_by_key(|finding| finding.place.clone()));
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let source = crate::content::Source::Directory("/nowhere/at/all".into());
    let told = said(&crate::content::load(&source, None).unwrap_err().0);
    assert!(told.contains("原稿のフォルダーが見つかりません"), "{told}");
}
