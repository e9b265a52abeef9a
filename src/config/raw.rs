//! Settings as they were written, before they mean anything.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Settings of the whole process.
const PROCESS: [&str; 17] = [
    "listen",
    "public_url",
    "database_url",
    "redis_url",
    "replicas",
    "key_file",
    "content_dir",
    "rich_menu_dir",
    "line_api_url",
    "line_data_api_url",
    "send_unreviewed",
    "suppression_file",
    "rehearsal_clock",
    "log",
    "log_format",
    "account",
    "municipality",
];
/// Settings of an account.
const ACCOUNT: [&str; 8] = [
    "account",
    "municipality",
    "channel_secret",
    "channel_access_token",
    "channel_id",
    "bot_user_id",
    "mode",
    "delivery_time",
];
const PREFIX: &str = "HAGUKUMI_";

/// One mistake in the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where it stands: `環境変数:1: HAGUKUMI_LISTEN`, or `hagukumi.toml:3: listen`.
    pub place: String,
    /// What is wrong and what would be right.
    pub sentence: String,
}

/// Every mistake in the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Mistakes(pub Vec<Mistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "設定に{}つのまちがいがあります。", self.0.len())?;
        for mistake in &self.0 {
            write!(f, "\n  {}: {}", mistake.place, mistake.sentence)?;
        }
        Ok(())
    }
}

#[derive(Debug, Clone)]
struct Value {
    text: String,
    place: String,
}

/// Values by name, and the mistakes found so far.
#[derive(Debug, Default)]
pub(super) struct Values {
    values: BTreeMap<String, Value>,
    accounts: Vec<BTreeMap<String, Value>>,
    mistakes: Vec<Mistake>,
}

impl Values {
    pub(super) fn gather(file: Option<(&str, &str)>, env: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut values = Self::default();
        if let Some((name, text)) = file {
            values.read_file(name, text);
        }
        for (name, value) in env {
            if let Some(key) = name.strip_prefix(PREFIX) {
                values.read_variable(&name, &key.to_lowercase(), &value);
            }
        }
        values
    }

    fn read_file(&mut self, name: &str, text: &str) {
        let table: toml::Table = match text.parse() {
            Ok(table) => table,
            Err(error) => {
                // The message alone: the rendered error would repeat the line, which may be a secret.
                let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
                return self.note(format!("{name}:{line}"), format!("TOML として読めません（{}）。", error.message()));
            }
        };
        let lines = Lines(text);
        for (key, value) in table {
            let name = &format!("{name}:{}", lines.of(&key));
            match value {
                toml::Value::Array(tables) if key == "account" => self.read_accounts(name, tables),
                value => {
                    let mut values = std::mem::take(&mut self.values);
                    self.read_value(&mut values, &known_names(), name, &key, &value);
                    self.values = values;
                }
            }
        }
    }

    fn read_accounts(&mut self, name: &str, tables: Vec<toml::Value>) {
        for (at, table) in tables.into_iter().enumerate() {
            let place = format!("{name}: [[account]] {}", at + 1);
            let toml::Value::Table(table) = table else {
                self.note(place, "[[account]] の形で書いてください。".to_owned());
                continue;
            };
            let mut values = BTreeMap::new();
            let known: Vec<String> =
                ACCOUNT.iter().flat_map(|key| [(*key).to_owned(), format!("{key}_file")]).collect();
            for (key, value) in &table {
                self.read_value(&mut values, &known, &place, key, value);
            }
            self.accounts.push(values);
        }
    }

    fn read_value(
        &mut self,
        into: &mut BTreeMap<String, Value>,
        known: &[String],
        name: &str,
        key: &str,
        value: &toml::Value,
    ) {
        let place = format!("{name}: {key}");
        if !known.iter().any(|known| known == key) {
            return self.note(place, unknown(key, known));
        }
        let text = match value {
            toml::Value::String(text) => text.clone(),
            toml::Value::Integer(_) | toml::Value::Boolean(_) | toml::Value::Datetime(_) => value.to_string(),
            toml::Value::Float(_) | toml::Value::Array(_) | toml::Value::Table(_) => {
                return self.note(place, "文字・数・true/false のどれかを書いてください。".to_owned());
            }
        };
        self.keep(into, key, text, place);
    }

    fn read_variable(&mut self, name: &str, key: &str, value: &str) {
        let known = known_names();
        let place = variable(name.strip_prefix(PREFIX).unwrap_or(name));
        if !known.iter().any(|known| known == key) {
            let sentence = unknown(key, &known);
            return self.note(place, sentence);
        }
        let mut values = std::mem::take(&mut self.values);
        self.keep(&mut values, key, value.to_owned(), place);
        self.values = values;
    }

    /// Keeps a value; `…_file` is read here, and an empty value counts as not set.
    fn keep(&mut self, into: &mut BTreeMap<String, Value>, key: &str, text: String, place: String) {
        // `key_file` and `suppression_file` name files themselves.
        let (key, text) = match key.strip_suffix("_file") {
            Some(plain) if is_setting(plain) && !is_setting(key) => match std::fs::read_to_string(&text) {
                Ok(text) => (plain, text),
                Err(error) => return self.note(place, format!("ファイルを読めません（{}）。", error.kind())),
            },
            _ => (key, text),
        };
        let text = text.trim().to_owned();
        if !text.is_empty() {
            into.insert(key.to_owned(), Value { text, place });
        }
    }

    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.values.get(key).map(|value| value.text.clone())
    }

    pub(super) fn optional<T: FromStr>(&mut self, key: &str, right: &str) -> Option<T> {
        let text = self.text(key)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.mistake(key, &format!("読めません。{right}を書いてください。"));
        }
        parsed
    }

    pub(super) fn parsed<T: FromStr>(&mut self, key: &str, default: &str, right: &str) -> T {
        let fallback = || default.parse().ok().expect("defaults can be read");
        self.optional(key, right).unwrap_or_else(fallback)
    }

    /// Notes a mistake in a setting. The value itself is never repeated: it may be a secret.
    pub(super) fn mistake(&mut self, key: &str, sentence: &str) {
        let written = self.values.get(key).map(|value| value.place.clone());
        self.note(written.unwrap_or_else(|| variable(&key.to_uppercase())), sentence.to_owned());
    }

    fn note(&mut self, place: String, sentence: String) {
        self.mistakes.push(Mistake { place, sentence });
    }

    pub(super) fn account_tables(&mut self) -> Vec<Self> {
        let tables = std::mem::take(&mut self.accounts);
        tables.into_iter().map(|values| Self { values, ..Self::default() }).collect()
    }

    pub(super) fn absorb(&mut self, table: Self) {
        self.mistakes.extend(table.mistakes);
    }

    pub(super) fn finish(self) -> Result<(), Mistakes> {
        if self.mistakes.is_empty() { Ok(()) } else { Err(Mistakes(self.mistakes)) }
    }
}

/// Where a variable stands: the environment has no lines, but everybody who reads findings wants one.
fn variable(key: &str) -> String {
    format!("環境変数:1: {PREFIX}{key}")
}

/// Where the settings of a file stand.
struct Lines<'a>(&'a str);

impl Lines<'_> {
    /// The first line that begins with this name, from 1.
    fn of(&self, key: &str) -> usize {
        let begins = |line: &str| line.trim_start_matches(['[', ' ', '\t', '"', '\'']).starts_with(key);
        self.0.lines().position(begins).map_or(1, |at| at + 1)
    }
}

fn is_setting(key: &str) -> bool {
    PROCESS.contains(&key) || ACCOUNT.contains(&key)
}

fn known_names() -> Vec<String> {
    let plain = PROCESS.into_iter().chain(ACCOUNT);
    plain.flat_map(|key| [key.to_owned(), format!("{key}_file")]).collect()
}

fn unknown(key: &str, known: &[String]) -> String {
    let near = known.iter().map(|known| (strsim::damerau_levenshtein(key, known), known)).min();
    match near {
        Some((distance, name)) if distance <= 3 => format!("この設定はありません。{name} のことですか。"),
        _ => "この設定はありません。".to_owned(),
    }
}
