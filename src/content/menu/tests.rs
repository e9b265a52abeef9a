//! What files of menus may say, and what is said about those that do not.

use std::fs;
use std::sync::LazyLock;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::content::{Source, load};
use crate::domain::menu::meaning::Meaning;
use crate::domain::menu::set::Picture;

struct Folder(TempDir);

static AOBA: LazyLock<Municipality> = LazyLock::new(|| load(&Source::Embedded, None).unwrap().library.municipality);

const ICON: &str = "<svg viewBox=\"0 0 48 48\"><circle cx=\"24\" cy=\"24\" r=\"18\"/></svg>";
const HEAD: &str = "name = \"ふだん用\"\ncolour = \"#1f6f5c\"\n";
const AREA: &str = "[[area]]\nlabel = \"ヘルプ\"\nicon = \"help\"\nreply = \"help\"\n";

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend([width.to_be_bytes(), height.to_be_bytes()].concat());
    bytes.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}

impl Folder {
    /// Four pages of one area each.
    fn new() -> Self {
        let folder = Self(TempDir::new().unwrap());
        folder.write("icons/help.svg", ICON);
        folder.write("a/set.toml", HEAD);
        for stage in Stage::ALL {
            let page =
                format!("name = \"{}\"\nstage = \"{}\"\ntemplate = \"S1\"\n\n{AREA}", stage.name(), stage.word());
            folder.write(&format!("a/{}.toml", stage.word()), &page);
        }
        folder
    }

    fn with(path: &str, text: &str) -> Self {
        let folder = Self::new();
        folder.write(path, text);
        folder
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    fn load(&self) -> Result<LoadedMenus, Findings> {
        load_menus(&MenuSource::Directory(self.0.path().to_owned()), &AOBA)
    }

    /// What is said, one a line.
    fn says(&self) -> Vec<String> {
        match self.load() {
            Ok(loaded) => loaded.warnings.iter().map(ToString::to_string).collect(),
            Err(findings) => findings.0.iter().map(ToString::to_string).collect(),
        }
    }
}

/// A quiet page with this head and these areas.
fn quiet(head: &str, areas: &str) -> Folder {
    Folder::with("a/quiet.toml", &format!("name = \"しずか\"\nstage = \"quiet\"\n{head}\n\n{areas}"))
}

fn areas(count: usize, more: &str) -> String {
    let one =
        |at: usize| format!("[[area]]\nlabel = \"領域\"\nat = [{}, 0, 100, 500]\nreply = \"help\"\n{more}\n", at * 100);
    (0..count).map(one).collect()
}

#[track_caller]
fn assert_says(folder: &Folder, wanted: &[&str]) {
    let said = folder.says();
    assert_eq!(said.len(), wanted.len(), "{said:#?}");
    for (said, wanted) in said.iter().zip(wanted) {
        assert!(said.contains(wanted), "{said}\ndoes not say\n{wanted}");
    }
}

#[test]
fn the_starter_set_has_nothing_to_be_said_about() {
    let loaded = load_menus(&MenuSource::Embedded, &AOBA).unwrap();
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    let [set] = &loaded.menus.sets[..] else { panic!("one set") };
    let firsts: Vec<_> = set.pages.iter().filter_map(|page| page.stage).collect();
    assert_eq!(firsts, Stage::ALL);
    assert_eq!(set.pages.len(), 6);
    assert!(set.pages.iter().all(|page| matches!(page.picture, Picture::Drawn(_))));
}

#[test]
fn the_quiet_page_of_the_starter_set_speaks_of_no_child() {
    let menus = load_menus(&MenuSource::Embedded, &AOBA).unwrap().menus;
    let quiet = menus.sets[0].pages.iter().find(|page| page.stage == Some(Stage::Quiet)).unwrap();
    let said: String = quiet.areas.iter().map(|area| format!("{}{}", area.label, area.look.words.concat())).collect();
    assert!(["子", "赤", "生", "妊", "産", "母", "父"].iter().all(|word| !said.contains(word)), "{said}");
    assert!(quiet.areas.iter().all(|area| area.look.icon.as_deref() != Some("sprout")));
}

#[test]
fn four_pages_of_one_area_are_enough() {
    assert_says(&Folder::new(), &[]);
}

#[test]
fn wrong_heads_are_told_with_what_would_be_right() {
    for (text, said) in [
        ("colour = \"#1f6f5c\"\n", "a/set.toml:1: 「name」がありません。name = \"…\" の行を足してください。"),
        (
            "name = \"a\"\ncolor = \"#1f6f5c\"\ncolour = \"#1f6f5c\"\n",
            "a/set.toml:2: 「color」という項目はありません。もしかして「colour」ですか。",
        ),
        ("name = \"a\"\ncolour = \"green\"\n", "a/set.toml:2: 色「green」を読めません。"),
        ("name = \"a\"\ncolour = \"#7fc97f\"\n", "a/set.toml:2: 色 #7fc97f は、白い文字との差が 2.0:1 しかなく"),
        (
            "name = \"a\"\ncolour = \"#1f6f5c\"\nbar = \"とても長いメニューの名前です。\"\n",
            "a/set.toml:3: bar（メニューを開くところの文字）は、1文字から14文字までです（いまは15文字）。",
        ),
        ("name = \"a\"\ncolour = \"#1f6f5c\"\nuntil = 2027-04-01\n", "a/set.toml:3: until だけでは"),
        (
            "name = \"a\"\ncolour = \"#1f6f5c\"\nfrom = 2027-04-02\nuntil = 2027-04-01\n",
            "a/set.toml:3: until（終わりの日）が from（始まりの日）より前です。",
        ),
    ] {
        let said_all = Folder::with("a/set.toml", text).says();
        assert!(said_all.iter().any(|line| line.contains(said)), "{said_all:#?}\nnot: {said}");
    }
}

#[test]
fn a_folder_with_capitals_would_be_no_alias_of_lines() {
    let folder = Folder::new();
    fs::rename(folder.0.path().join("a"), folder.0.path().join("Natsu")).unwrap();
    assert_says(
        &folder,
        &[
            "Natsu/set.toml:1: 組のフォルダー「Natsu」の名前は、英小文字・数字・ハイフンで16文字までにしてください（LINE のエイリアスになるため、大文字は使えません）。",
        ],
    );
    assert_says(
        &Folder::with("a/Quiet2.toml", "name = \"a\"\n"),
        &["a/Quiet2.toml:1: メニューのファイル名「Quiet2」は"],
    );
}

#[test]
fn two_pages_for_a_stage_and_a_stage_without_one_are_told() {
    let second = format!("name = \"もうひとつ\"\nstage = \"childcare\"\ntemplate = \"S1\"\n\n{AREA}");
    assert_says(
        &Folder::with("a/second.toml", &second),
        &["a/second.toml:2: 「子育て期」のメニューが2つあります（a/childcare.toml にもあります）。"],
    );
    let folder = Folder::new();
    fs::remove_file(folder.0.path().join("a/quiet.toml")).unwrap();
    assert_says(
        &folder,
        &[
            "a/set.toml:1: 「やすみ・お別れ後」のメニューがありません。stage = \"quiet\" と書いたファイルを足してください",
        ],
    );
    let wrong = Folder::with("a/quiet.toml", &format!("name = \"a\"\nstage = \"quite\"\ntemplate = \"S1\"\n\n{AREA}"));
    assert!(
        wrong
            .says()
            .iter()
            .any(|line| line.contains("a/quiet.toml:2: 「quite」という時期はありません。もしかして「quiet」ですか。"))
    );
}

#[test]
fn a_page_that_nobody_can_reach_is_told() {
    let page = format!("name = \"ひとり\"\ntemplate = \"S1\"\n\n{AREA}");
    assert_says(&Folder::with("a/lonely.toml", &page), &["a/lonely.toml:1: このメニューは、だれにも出ません。"]);
}

#[test]
fn wrong_divisions_are_told() {
    for (head, area, said) in [
        ("template = \"L13\"", AREA, "a/quiet.toml:3: 「L13」という型はありません。使えるのは L1、L2、"),
        ("template = \"S2\"", AREA, "型 S2 の領域は2つですが、[[area]] は1つあります。"),
        ("", AREA, "分け方がありません。template = \"L12\""),
        ("template = \"S1\"\nsize = [2500, 843]", AREA, "template と size は、どちらかひとつだけ書いてください。"),
        ("size = [2500, 2500]", AREA, "size は [横, 縦] で、横は800から2500、縦は250以上、横は縦の1.45倍以上"),
        ("size = [2500, 843]", AREA, "領域1「ヘルプ」: 場所がありません。at = [左, 上, 幅, 高さ] を書いてください。"),
        ("template = \"S1\"\ntabs = [\"quiet\"]", AREA, "tabs は2つから4つまでです（いまは1つ）。"),
        (
            "template = \"S1\"\ntabs = [\"quiet\", \"childcare\"]",
            AREA,
            "「quiet」に、タブの名前（tab = \"…\"）がありません。",
        ),
        (
            "template = \"S1\"\ntab = \"あ\"\ntabs = [\"childcare\", \"pregnancy\"]",
            AREA,
            "tabs には、このメニュー（quiet）も一度だけ入れてください。",
        ),
        (
            "template = \"S1\"\ntab = \"あ\"\ntabs = [\"quiet\", \"chidcare\"]",
            AREA,
            "「chidcare」というメニューは、この組にありません。もしかして「childcare」ですか。",
        ),
    ] {
        let said_all = quiet(head, area).says();
        assert!(said_all.iter().any(|line| line.contains(said)), "{said_all:#?}\nnot: {said}");
    }
}

#[test]
fn areas_outside_over_each_other_and_too_many_are_told_all_at_once() {
    let free = "size = [2500, 843]";
    let outside = "[[area]]\nlabel = \"外\"\nicon = \"help\"\nat = [2400, 0, 101, 843]\nreply = \"help\"\n";
    assert_says(
        &quiet(free, outside),
        &[
            "a/quiet.toml:5: 領域1「外」: 絵（2500×843）からはみ出しています。左+幅は2500まで、上+高さは843までにしてください。",
        ],
    );
    let over = "[[area]]\nlabel = \"左\"\nat = [0, 0, 1000, 843]\nreply = \"help\"\n\n[[area]]\nlabel = \"右\"\nat = [999, 0, 1501, 843]\nreply = \"consult\"\n";
    assert_says(&quiet(free, over), &["a/quiet.toml:10: 領域2「右」: 領域1と重なっています。"]);
    let many = quiet(free, &areas(21, ""));
    assert!(
        many.says().iter().any(|line| line.contains("押すところは、タブを入れて20までです（いまは21）。")),
        "{:#?}",
        many.says()
    );
    let both = quiet(free, &format!("{outside}\n[[area]]\nat = [2300, 0, 200, 843]\nreply = \"helpp\"\n"));
    assert_eq!(both.says().len(), 4, "{:#?}", both.says());
}

#[test]
fn a_small_area_is_a_warning_and_no_error() {
    let folder = quiet("size = [2500, 843]\npicture = \"p.png\"", &areas(1, ""));
    folder.write("a/p.png", png(2500, 843));
    assert_says(&folder, &["（注意）領域1「領域」: 短い辺が100で、指で押しにくい大きさです。290以上にしてください。"]);
}

#[test]
fn wrong_areas_are_told_with_what_would_be_right() {
    for (area, said) in [
        ("reply = \"help\"", "領域1: 読み上げる名前がありません。label = \"相談する\" のように書いてください"),
        (
            "label = \"とても長くて読み上げるのに時間がかかる名前\"\nreply = \"help\"",
            "読み上げる名前は20文字までです（いまは21文字）。",
        ),
        ("label = \"a\"", "領域1: 押すと何が起きるかがありません。reply、page、phone、text、tab、date のどれかひとつ"),
        ("label = \"a\"\nreply = \"help\"\nphone = \"desk\"", "領域1: reply と phone がいっしょに書かれています。"),
        ("label = \"a\"\nreply = \"helpp\"", "reply に「helpp」は書けません。もしかして「help」ですか。"),
        ("label = \"a\"\nopen = \"help\"", "「open」という項目はありません。"),
        ("label = \"a\"\npage = \"http://aoba.example.jp\"", "page は https:// で始まるアドレスを"),
        (
            "label = \"a\"\nphone = \"desc\"",
            "phone は desk（相談窓口）か、municipality.toml の [hotline.…] の名前か、000-000-0000 の形の番号を書いてください。もしかして「desk」ですか。",
        ),
        (
            "label = \"a\"\ntab = \"quite\"",
            "「quite」というメニューは、この組にありません。もしかして「quiet」ですか。",
        ),
        ("label = \"a\"\ndate = \"due\"", "date に「due」は書けません。使えるのは born です。"),
        ("label = \"a\"\ntext = \"\"", "text は1文字から300文字までです。"),
        (
            "label = \"a\"\nreply = \"help\"\nicon = \"hepl\"",
            "アイコン「hepl」はありません。もしかして「help」ですか。",
        ),
        ("label = \"a\"\nreply = \"help\"\nwords = [\"あ\", \"い\", \"う\"]", "words（絵に書くことば）は2行までです。"),
    ] {
        let said_all = quiet("template = \"S1\"", &format!("[[area]]\n{area}\n")).says();
        assert!(said_all.iter().any(|line| line.contains(said)), "{said_all:#?}\nnot: {said}");
    }
}

#[test]
fn grapheme_clusters_are_counted_as_people_count_them() {
    let twenty = "👨‍👩‍👧".repeat(20);
    let folder =
        quiet("template = \"S1\"\npicture = \"p.png\"", &format!("[[area]]\nlabel = \"{twenty}\"\nreply = \"help\"\n"));
    folder.write("a/p.png", png(2500, 843));
    assert_says(&folder, &[]);
}

#[test]
fn words_that_nobody_answers_are_a_warning() {
    let folder = quiet("template = \"S1\"", "[[area]]\nlabel = \"あ\"\ntext = \"おなかがすいた\"\n");
    assert_says(
        &folder,
        &["（注意）領域1「あ」: 「おなかがすいた」と送られても、会話は決まった返事を持っていません。"],
    );
    assert_says(&quiet("template = \"S1\"", "[[area]]\nlabel = \"あ\"\ntext = \"相談\"\n"), &[]);
}

#[test]
fn words_that_do_not_fit_are_told() {
    let folder =
        quiet("template = \"S3\"", &"[[area]]\nlabel = \"とても長いことばを書く\"\nreply = \"help\"\n".repeat(3));
    let said = folder.says();
    assert!(said[0].starts_with("a/quiet.toml:5: "), "{said:#?}");
    assert!(
        said[0].contains("絵のことば「とても長いことばを書く」が、この枠に読める大きさで入りません。"),
        "{said:#?}"
    );
}

#[test]
fn wrong_pictures_are_told() {
    let says = |bytes: Option<Vec<u8>>| {
        let folder = quiet("template = \"S1\"\npicture = \"p.png\"", AREA);
        if let Some(bytes) = bytes {
            folder.write("a/p.png", bytes);
        }
        folder.says()
    };
    let padded = |bytes: usize| {
        let mut picture = png(2500, 843);
        picture.resize(bytes, 0);
        picture
    };
    assert!(says(None)[0].contains("a/quiet.toml:4: 絵のファイル a/p.png がありません。"));
    assert!(
        says(Some(png(2500, 1686)))[0]
            .contains("絵 p.png の大きさが違います（いまは 2500×1686）。2500×843 にしてください。")
    );
    assert!(says(Some(b"GIF89a".to_vec()))[0].contains("PNG でも JPEG でもありません。"));
    assert!(
        says(Some(padded(1024 * 1024 + 1)))[0]
            .contains("大きすぎます（1048577バイト）。1MB（1048576バイト）までです。")
    );
    assert_eq!(says(Some(padded(1024 * 1024))), [""; 0]);
    let plain = Folder::with("a/set.toml", "name = \"a\"\n");
    assert!(plain.says()[0].contains("絵がありません。picture = \"ファイル名.png\" を書くか、set.toml に colour"));
}

#[test]
fn sets_that_share_a_day_and_two_for_all_other_days_are_told() {
    let with = |slug: &str, head: &str| {
        let folder = Folder::new();
        let text = fs::read_to_string(folder.0.path().join("a/quiet.toml")).unwrap();
        folder.write(&format!("{slug}/set.toml"), format!("{HEAD}{head}")).write(&format!("{slug}/quiet.toml"), text);
        folder
    };
    assert_says(&with("b", "from = 2027-04-01\nuntil = 2027-04-30\n"), &[]);
    assert!(with("b", "").says().iter().any(|line| line.contains("期間のない組が2つあります（「a」もそうです）。")));
    let folder = with("b", "from = 2027-04-01\nuntil = 2027-04-30\n");
    folder.write("c/set.toml", format!("{HEAD}from = 2027-04-30\n"));
    folder.write("c/quiet.toml", fs::read(folder.0.path().join("b/quiet.toml")).unwrap());
    assert_says(&folder, &["c/set.toml:3: 「b」と、期間が重なっています。"]);
}

#[test]
fn meanings_are_understood() {
    for (line, wanted) in [
        ("page = \"home\"", Meaning::Page(AOBA.page.clone().unwrap())),
        ("phone = \"desk\"", Meaning::Phone(AOBA.desk.phone.clone())),
        ("phone = \"child_medical\"", Meaning::Phone("#8000".into())),
        ("phone = \"000-111-2222\"", Meaning::Phone("000-111-2222".into())),
        ("text = \"相談\"", Meaning::Text("相談".into())),
    ] {
        let loaded = quiet("template = \"S1\"", &format!("[[area]]\nlabel = \"あ\"\n{line}\n")).load().unwrap();
        let page = loaded.menus.sets[0].pages.iter().find(|page| page.slug == "quiet").unwrap();
        assert_eq!(page.areas[0].meaning, wanted);
    }
}

/// Lines that pages are made of, and some that they are not.
const LINES: [&str; 14] = [
    "name = \"あ\"",
    "stage = \"quiet\"",
    "template = \"L12\"",
    "template = 3",
    "size = [2500, 843]",
    "size = [65535, 1]",
    "tabs = [\"quiet\", \"childcare\"]",
    "tab = \"あ\"",
    "picture = \"../../etc/passwd\"",
    "[[area]]",
    "label = \"\"",
    "at = [65535, 65535, 65535, 65535]",
    "reply = \"help\"",
    "words = []",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_a_file_says_it_is_read_or_told_and_never_a_panic(
        lines in proptest::collection::vec(0..LINES.len(), 0..12),
        noise in "(?s).{0,20}",
        head in any::<bool>(),
    ) {
        let text: String = lines.iter().map(|at| format!("{}\n", LINES[*at])).collect();
        let file = if head { "a/set.toml" } else { "a/quiet.toml" };
        Folder::with(file, &text).says();
        Folder::with(file, &format!("{text}{noise}")).says();
    }
}
