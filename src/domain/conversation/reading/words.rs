//! Commands: what can be typed instead of tapping a button. Only a whole message is a command.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::postback::Tap;
use super::fold;

/// A whole message that means something in every state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Command {
    /// やめる: leaves an open question; without one it stops.
    Quit,
    /// キャンセル: leaves an open question, and never stops.
    Cancel,
    /// 停止: stops at once.
    Stop,
    /// 流産, 死産, お別れした: stops everything at once.
    Loss,
    /// つらいお知らせ: asks before it stops.
    SadNews,
    /// もどる
    Back,
    /// きょうのメッセージ
    Today,
    /// ヘルプ
    Help,
    /// 相談
    Consult,
    /// いそぐとき・つらいとき
    Urgent,
    /// 個人情報のあつかい
    Privacy,
    /// 登録
    Register,
    /// つづきから
    Continue,
    /// 変更
    Profile,
    /// 予定日をなおす
    DueDate,
    /// 誕生日をなおす
    BirthDate,
    /// よび名をなおす
    Name,
    /// 生まれました
    Birth,
    /// あとで決める
    Later,
    /// お届けを終わる: ends what is overdue; without such it stops.
    EndPregnancy,
    /// きょうだいを追加
    AddChild,
    /// ふたご・みつごです
    AddTwins,
    /// 修正月齢
    Count,
    /// まちがえました
    Mistake,
    /// もどす
    Undo,
    /// やすむ
    Rest,
    /// 再開
    Resume,
    /// おはよう
    Greeting,
    /// ありがとう
    Thanks,
    /// 招待
    Invite,
    /// 参加している家族
    Family,
    /// 招待コード
    Join,
    /// 続柄
    Role,
    /// 時刻
    Time,
    /// 地域
    Area,
    /// 機種変更
    Transfer,
    /// 引っ越しコードを入れる
    EnterTransfer,
    /// 問い合わせ番号
    Enquiry,
    /// 登録を消す
    Erase,
}

/// Every command with its words, as people would write them; compared by their letters alone.
pub const COMMANDS: [(Command, &[&str]); 39] = [
    (Command::Quit, &["やめる", "やめます", "辞める"]),
    (Command::Cancel, &["キャンセル", "中止", "中断", "登録をやめる"]),
    (
        Command::Stop,
        &[
            "停止",
            "停止する",
            "停止します",
            "ストップ",
            "STOP",
            "配信停止",
            "配信を停止",
            "配信停止する",
            "配信を止める",
            "配信をとめる",
            "お届けをとめる",
            "お届けを止める",
            "お届けをやめる",
            "とめる",
            "止める",
            "とめて",
            "止めて",
            "とめてください",
            "止めてください",
            "解除",
            "配信解除",
            "登録解除",
            "解約",
            "退会",
            "unsubscribe",
        ],
    ),
    (
        Command::Loss,
        &[
            "流産",
            "流産した",
            "流産しました",
            "流産です",
            "死産",
            "死産した",
            "死産しました",
            "死産です",
            "お別れした",
            "お別れしました",
            "赤ちゃんとお別れした",
            "赤ちゃんとお別れしました",
        ],
    ),
    (Command::SadNews, &["つらいお知らせ", "つらいお知らせのとき", "つらいおしらせ"]),
    (Command::Back, &["もどる", "戻る", "まえにもどる", "前に戻る"]),
    (
        Command::Today,
        &[
            "きょうのメッセージ",
            "今日のメッセージ",
            "本日のメッセージ",
            "きょう",
            "今日",
            "本日",
            "きょうの分",
            "今日の分",
            "メッセージ",
            "もう一度読む",
            "内容を読む",
        ],
    ),
    (Command::Help, &["ヘルプ", "help", "メニュー", "使い方", "つかいかた", "できること", "？", "?"]),
    (
        Command::Consult,
        &[
            "相談",
            "相談する",
            "そうだん",
            "相談したい",
            "相談したいです",
            "相談できるところ",
            "相談先",
            "窓口",
            "電話",
            "話を聞いてもらう",
        ],
    ),
    (
        Command::Urgent,
        &[
            "いそぐとき・つらいとき",
            "いそぐとき",
            "つらいとき",
            "急ぐとき",
            "緊急",
            "救急",
            "119",
            "110",
            "189",
            "#8000",
            "#7119",
        ],
    ),
    (Command::Privacy, &["個人情報のあつかい", "個人情報", "個人情報の扱い", "プライバシー"]),
    (
        Command::Register,
        &["登録", "登録する", "登録したい", "登録したいです", "とうろく", "はじめる", "新しく登録する"],
    ),
    (
        Command::Continue,
        &["続き", "つづき", "続きから", "つづきから", "登録の続き", "登録のつづき", "前の続きから", "質問にもどる"],
    ),
    (
        Command::Profile,
        &[
            "変更",
            "変更する",
            "登録・変更",
            "内容を見る・変更",
            "登録変更",
            "登録の内容",
            "登録内容",
            "内容を見る",
            "へんこう",
            "なおす",
            "直す",
            "設定",
        ],
    ),
    (Command::DueDate, &["予定日をなおす", "予定日を直す", "予定日の変更", "予定日変更", "予定日を変える"]),
    (Command::BirthDate, &["誕生日をなおす", "誕生日を直す", "誕生日の変更", "誕生日変更", "誕生日を変える"]),
    (
        Command::Name,
        &[
            "よび名をなおす",
            "呼び名をなおす",
            "よび名",
            "呼び名",
            "よび名をつける",
            "よび名の変更",
            "名前をなおす",
            "名前を変える",
        ],
    ),
    (
        Command::Birth,
        &[
            "生まれました",
            "生まれた",
            "うまれました",
            "うまれた",
            "産まれました",
            "産まれた",
            "産みました",
            "うみました",
            "出産しました",
            "出産した",
            "赤ちゃんが生まれました",
            "赤ちゃんが生まれた",
            "子どもが生まれました",
            "無事生まれました",
            "誕生日を入れて続ける",
        ],
    ),
    (Command::Later, &["あとで決める", "あとできめる", "後で決める"]),
    (Command::EndPregnancy, &["お届けを終わる", "お届けをおわる", "お届けを終わりにする", "終わる", "終わります"]),
    (
        Command::AddChild,
        &[
            "きょうだいを追加",
            "きょうだいを追加する",
            "きょうだい",
            "兄弟を追加",
            "姉妹を追加",
            "きょうだいの登録",
            "きょうだいを登録",
            "きょうだいを登録する",
            "別の子を登録",
            "別の子を登録する",
            "もうひとり登録する",
            "ふたりめ",
            "二人目",
            "2人目",
        ],
    ),
    (
        Command::AddTwins,
        &[
            "ふたご・みつごです",
            "ふたご・みつご",
            "ふたご・きょうだい",
            "ふたご",
            "ふたごです",
            "双子",
            "双子です",
            "みつご",
            "みつごです",
            "三つ子",
            "三つ子です",
            "よつご",
            "四つ子",
            "多胎",
        ],
    ),
    (
        Command::Count,
        &[
            "修正月齢",
            "修正月齢をえらぶ",
            "修正月齢を変える",
            "修正年齢",
            "月齢の数え方",
            "月齢の数えかた",
            "数え方を変える",
        ],
    ),
    (
        Command::Mistake,
        &["まちがえました", "まちがえた", "間違えました", "間違えた", "まちがい", "間違い", "まだ生まれていません"],
    ),
    (
        Command::Undo,
        &[
            "もどす",
            "戻す",
            "もとにもどす",
            "元に戻す",
            "まちがえた（もどす）",
            "やっぱり続ける",
            "取り消し",
            "取消",
            "とりけし",
        ],
    ),
    (
        Command::Rest,
        &["やすむ", "休む", "やすみ", "お休み", "おやすみする", "やすむ・停止", "休止", "一時停止", "しばらく休む"],
    ),
    (Command::Resume, &["再開", "再開する", "さいかい", "お届けを再開する", "配信再開", "配信を再開", "続ける"]),
    (
        Command::Greeting,
        &[
            "おはよう",
            "おはようございます",
            "こんにちは",
            "こんばんは",
            "はじめまして",
            "もしもし",
            "おやすみ",
            "おやすみなさい",
            "よろしく",
            "よろしくお願いします",
            "よろしくおねがいします",
            "hello",
            "hi",
        ],
    ),
    (
        Command::Thanks,
        &[
            "ありがとう",
            "ありがとうございます",
            "ありがとうございました",
            "有難う",
            "有難うございます",
            "感謝",
            "どうも",
            "サンキュー",
            "thanks",
            "thankyou",
        ],
    ),
    (
        Command::Invite,
        &["招待", "招待する", "家族を招待", "家族を招待する", "家族をよぶ", "招待したい", "しょうたい", "家族招待"],
    ),
    (Command::Family, &["参加している家族", "家族", "家族の一覧", "参加者", "ご家族"]),
    (
        Command::Join,
        &[
            "招待コード",
            "招待された",
            "家族に招待された",
            "招待されました",
            "家族に招待されました",
            "参加する",
            "コード",
        ],
    ),
    (Command::Role, &["続柄", "続き柄", "続柄をなおす", "続柄を変える", "続柄の変更", "つづきがら"]),
    (
        Command::Time,
        &[
            "時刻",
            "時間",
            "時刻を変える",
            "時間を変える",
            "時刻をなおす",
            "時刻変更",
            "時間変更",
            "お届けの時刻",
            "じこく",
        ],
    ),
    (Command::Area, &["地域", "住んでいる地域", "地域を変える", "地域をなおす", "地域の変更", "ちいき"]),
    (Command::Transfer, &["機種変更", "引っ越しコード", "引越しコード", "引っ越し", "きしゅへんこう", "新しい電話"]),
    (
        Command::EnterTransfer,
        &["引っ越しコードを入れる", "引越しコードを入れる", "引っ越しコードがある", "前の登録を移す"],
    ),
    (Command::Enquiry, &["問い合わせ番号", "問合せ番号", "お問い合わせ番号", "といあわせ番号", "問い合わせ"]),
    (
        Command::Erase,
        &[
            "登録を消す",
            "登録を消したい",
            "登録を削除",
            "登録を削除する",
            "登録削除",
            "ぜんぶ消す",
            "全部消す",
            "すべて消す",
            "データを消す",
            "データ削除",
        ],
    ),
];

static BY_WORD: LazyLock<HashMap<String, Command>> = LazyLock::new(|| {
    COMMANDS.iter().flat_map(|(command, words)| words.iter().map(|word| (key(word), *command))).collect()
});

/// 「？」 and 「？！」 have no letters, and ask all the same.
fn key(text: &str) -> String {
    let folded = fold(text);
    let asked = folded.is_empty() && text.contains(['?', '？']);
    if asked { "?".into() } else { folded }
}

/// The command that a whole message is, if it is one.
#[must_use]
pub fn command(text: &str) -> Option<Command> {
    BY_WORD.get(&key(text)).copied()
}

/// Words for an answer, beside the number of its button.
#[must_use]
pub const fn answers(tap: Tap) -> &'static [&'static str] {
    match tap {
        Tap::Consent => &["同意して登録する", "同意する", "同意", "同意します", "はい", "登録する", "登録", "OK"],
        Tap::Decline => &[
            "いまは登録しない",
            "今は登録しない",
            "登録しない",
            "いいえ",
            "あとで",
            "同意しない",
            "参加しない",
            "やめておく",
        ],
        Tap::DueDate => &["出産予定日をえらぶ", "出産予定日", "予定日", "妊娠中", "妊娠中です", "予定日をえらぶ"],
        Tap::BirthDate => &[
            "子どもの誕生日をえらぶ",
            "誕生日をえらぶ",
            "誕生日",
            "生まれている",
            "生まれました",
            "生まれた",
            "誕生日をえらびなおす",
        ],
        Tap::DateUnknown => {
            &["予定日がまだわからない", "まだわからない", "わからない", "わかりません", "まだわかりません", "不明"]
        }
        Tap::NotYetBorn => &["まだ生まれていない", "まだ生まれていません", "まだ"],
        Tap::NotNeeded => &["お届けは必要ない", "必要ない", "いらない"],
        Tap::Weeks => &["いまの週数から計算する", "いまの週数から計算", "週数から計算", "計算する", "週数"],
        Tap::PickAll => &["すべて", "全部", "みんな", "ふたりとも", "全員"],
        Tap::PickNone => &["こたえない", "答えない", "いいえ", "そのほか・答えない", "そのほか"],
        Tap::SkipName => &[
            "つけない",
            "なし",
            "ない",
            "よび名をつけない",
            "よび名をなくす",
            "いらない",
            "スキップ",
            "とばす",
            "ありません",
            "いいえ",
        ],
        Tap::Yes => &[
            "はい",
            "登録する",
            "登録",
            "うん",
            "ええ",
            "OK",
            "オーケー",
            "大丈夫",
            "だいじょうぶ",
            "yes",
            "これでよい",
            "これでいい",
            "合っています",
            "あっています",
            "そうです",
            "はい、同じ日です",
            "同じ日",
            "同じ日です",
            "お願いします",
            "止める",
            "変える",
            "消す",
            "消します",
            "移す",
        ],
        Tap::No => &["いいえ", "なおす", "直す", "ちがう", "違う", "ちがいます", "違います", "no", "もどる"],
        Tap::Back => &["もどる", "戻る", "あとで登録する", "あとで"],
        Tap::FixDate => &["予定日・誕生日", "予定日", "誕生日", "日づけ", "日付", "予定日をなおす", "誕生日をなおす"],
        Tap::FixName => &["よび名", "呼び名", "名前", "よび名をなおす", "なまえ"],
        Tap::Apart => {
            &["別々の日です", "別々の日", "別々", "べつべつ", "別の日", "ちがう日です", "いいえ", "ちがう", "違う"]
        }
        Tap::SadTwin => &["つらいお知らせのとき"],
        Tap::CountFromDue => &["予定日から数える", "予定日から", "予定日", "出産予定日から数える", "修正月齢"],
        Tap::CountFromBirth => &["誕生日から数える", "誕生日から", "誕生日"],
        Tap::CountLater => &["あとで決める", "あとで", "あとできめる", "後で決める"],
        Tap::Restart => &["はじめから", "初めから", "最初から", "やりなおす"],
        Tap::GoOn => &["続きから", "つづきから", "続き", "つづき", "はい", "前の続きから", "登録の続き"],
        Tap::RestWeek => &["1週間やすむ", "一週間やすむ", "1週間", "一週間", "1週間休む"],
        Tap::RestMonth => &["1か月やすむ", "1か月", "1ヶ月", "1カ月", "一か月", "一ヶ月", "1か月休む", "1ヶ月やすむ"],
        Tap::RestOpen => &["再開するまでやすむ", "再開するまで", "ずっと", "再開まで"],
        Tap::RoleMother => &["お母さん・妊婦さん", "お母さん", "母", "母親", "妊婦", "妊婦さん", "ママ"],
        Tap::RoleFather => &["お父さん・パートナー", "お父さん", "父", "父親", "パートナー", "夫", "妻", "パパ"],
        Tap::RoleGrandparent => {
            &["おじいさん・おばあさん", "おじいさん", "おばあさん", "祖父", "祖母", "祖父母", "じいじ", "ばあば"]
        }
        Tap::RoleOther => &["そのほか・答えない", "そのほか", "その他", "答えない", "こたえない"],
        _ => &[],
    }
}

/// Whether a whole message is this answer's word.
#[must_use]
pub fn says(text: &str, tap: Tap) -> bool {
    let folded = fold(text);
    !folded.is_empty() && answers(tap).iter().any(|word| fold(word) == folded)
}

/// The number that a whole message is: 「1」, 「２」, 「③」, 「一」, 「2番」.
#[must_use]
pub fn numbered(text: &str) -> Option<usize> {
    let digits = super::numerals::in_digits(&fold(text));
    let digits = digits.strip_suffix('番').unwrap_or(&digits);
    if digits.len() > 2 { None } else { digits.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_means_two_commands() {
        let listed: usize = COMMANDS.iter().map(|(_, words)| words.len()).sum();
        let mut keys: Vec<_> =
            COMMANDS.iter().flat_map(|(command, words)| words.iter().map(|word| (key(word), *command))).collect();
        keys.sort_by(|a, b| a.0.cmp(&b.0));
        keys.dedup();
        assert!(keys.len() <= listed);
        for pair in keys.windows(2) {
            assert_ne!(pair[0].0, pair[1].0, "two commands share a word");
        }
    }

    #[test]
    fn commands_act_only_as_the_whole_message() {
        for (text, expected) in [
            ("停止", Some(Command::Stop)),
            ("ＳＴＯＰ", Some(Command::Stop)),
            ("流産しました。", Some(Command::Loss)),
            (" やめる ", Some(Command::Quit)),
            (" ？！。", Some(Command::Help)),
            ("！", None),
            ("流産しないか心配です", None),
            ("指しゃぶりがやめられない", None),
            ("停止ボタンはどこですか", None),
            ("", None),
            ("？", Some(Command::Help)),
        ] {
            assert_eq!(command(text), expected, "{text}");
        }
    }

    #[test]
    fn a_button_can_be_answered_by_its_number() {
        for (text, expected) in [
            ("1", Some(1)),
            ("２", Some(2)),
            ("③", Some(3)),
            ("四", Some(4)),
            ("2番", Some(2)),
            ("2027", None),
            ("い", None),
        ] {
            assert_eq!(numbered(text), expected, "{text}");
        }
    }
}
