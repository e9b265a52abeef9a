//! TOML tables that know their lines: every mistake names the line it stands on.
//!
//! A reader takes what it needs by name and then says which keys it knows ([`Table::only`]); a
//! misspelled key is a finding, never silently passed over.

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::finding::{Log, at, suggestion};
use crate::domain::programme::pack::Place;

/// A piece of a file that is written in TOML.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'t> {
    /// The file it stands in.
    pub(super) file: &'t str,
    /// The text of the piece.
    pub(super) text: &'t str,
    /// The line of the file on which the piece begins, from 1.
    pub(super) line: usize,
}

/// A value and the line it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) line: usize,
}

impl<'t> Piece<'t> {
    /// The piece as a table; a text that is no TOML is one finding.
    pub(super) fn parse(self, log: &mut Log) -> Option<Spanned<DeTable<'t>>> {
        match DeTable::parse(self.text) {
            Ok(table) => Some(table),
            Err(error) => {
                let line = error.span().map_or(self.line, |span| self.line_of(span.start));
                let why = error.message().lines().next().unwrap_or_default();
                log.error(
                    at(self.file, line),
                    format!(
                        "設定として読めません（{why}）。「名前 = \"値\"」の形と、引用符の閉じ忘れを確かめてください。"
                    ),
                );
                None
            }
        }
    }

    fn line_of(self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        self.line + before.iter().filter(|byte| **byte == b'\n').count()
    }
}

/// One table of a piece.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    piece: Piece<'a>,
    entries: &'a DeTable<'a>,
    line: usize,
}

impl<'a> Table<'a> {
    /// The table that a whole piece is.
    pub(super) fn root(piece: Piece<'a>, parsed: &'a Spanned<DeTable<'a>>) -> Self {
        Self { piece, entries: parsed.get_ref(), line: piece.line }
    }

    /// Where the table begins.
    pub(super) fn place(&self) -> Place {
        at(self.piece.file, self.line)
    }

    /// A place in the same file.
    pub(super) fn place_at(&self, line: usize) -> Place {
        at(self.piece.file, line)
    }

    /// Every key that is not one of `known` is a finding.
    pub(super) fn only(&self, log: &mut Log, known: &[&str]) {
        for key in self.entries.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref().as_ref();
            let line = self.piece.line_of(key.span().start);
            let hint = suggestion(name, known.iter().copied());
            let known = known.join("、");
            log.error(
                self.place_at(line),
                format!("「{name}」という項目はありません。{hint}使える項目は {known} です。"),
            );
        }
    }

    /// The keys in the order of the file.
    pub(super) fn keys(&self) -> Vec<At<String>> {
        let mut keys: Vec<_> =
            self.entries.keys().map(|key| (key.span().start, key.get_ref().clone().into_owned())).collect();
        keys.sort_unstable();
        keys.into_iter().map(|(start, value)| At { value, line: self.piece.line_of(start) }).collect()
    }

    fn value(&self, name: &str) -> Option<(&'a DeValue<'a>, usize)> {
        let (key, value) = self.entries.iter().find(|(key, _)| key.get_ref().as_ref() == name)?;
        Some((value.get_ref(), self.piece.line_of(key.span().start)))
    }

    fn read<T>(
        &self,
        log: &mut Log,
        name: &str,
        kind: &str,
        read: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<At<T>> {
        let (value, line) = self.value(name)?;
        let read = read(value).map(|value| At { value, line });
        if read.is_none() {
            log.error(self.place_at(line), format!("「{name}」には{kind}を書いてください。"));
        }
        read
    }

    /// A text between quotation marks, without blanks around it.
    pub(super) fn text(&self, log: &mut Log, name: &str) -> Option<At<String>> {
        self.read(log, name, "引用符 \" \" で囲んだ文字", |value| {
            value.as_str().map(|text| text.trim().to_owned())
        })
    }

    /// A text that must be there and not be empty.
    pub(super) fn required(&self, log: &mut Log, name: &str) -> Option<At<String>> {
        if self.value(name).is_none() {
            log.error(self.place(), format!("「{name}」がありません。{name} = \"…\" の行を足してください。"));
        }
        let found = self.text(log, name)?;
        if found.value.is_empty() {
            log.error(self.place_at(found.line), format!("「{name}」が空です。"));
            return None;
        }
        Some(found)
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, log: &mut Log, name: &str) -> Option<At<bool>> {
        self.read(log, name, " true か false ", |value| value.as_bool())
    }

    /// A day, written 2027-03-31, with or without quotation marks.
    pub(super) fn date(&self, log: &mut Log, name: &str) -> Option<At<NaiveDate>> {
        self.read(log, name, " 2027-03-31 の形の日付", |value| match value {
            DeValue::Datetime(moment) if moment.time.is_none() => {
                let date = moment.date?;
                NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
            }
            DeValue::String(text) => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok(),
            _ => None,
        })
    }

    /// A whole number that is not negative.
    pub(super) fn number(&self, log: &mut Log, name: &str) -> Option<At<u16>> {
        self.read(log, name, "数字（0以上の整数）", number)
    }

    /// Several whole numbers.
    pub(super) fn numbers(&self, log: &mut Log, name: &str) -> Option<At<Vec<u16>>> {
        self.read(log, name, " [200, 300] の形の数字の列", |value| {
            value.as_array()?.iter().map(|item| number(item.get_ref())).collect()
        })
    }

    /// Several texts.
    pub(super) fn texts(&self, log: &mut Log, name: &str) -> Option<At<Vec<String>>> {
        self.read(log, name, " [\"…\", \"…\"] の形の文字の列", |value| {
            value.as_array()?.iter().map(|item| item.get_ref().as_str().map(|text| text.trim().to_owned())).collect()
        })
    }

    /// A table inside this one.
    pub(super) fn table(&self, log: &mut Log, name: &str) -> Option<Table<'a>> {
        let found =
            self.read(log, name, &format!("まとまり（[{name}] の見出しの下の行）"), |value| match value {
                DeValue::Table(entries) => Some(entries),
                _ => None,
            })?;
        Some(Table { piece: self.piece, entries: found.value, line: found.line })
    }

    /// Several tables under the same name, each under its `[[name]]` line.
    pub(super) fn tables(&self, log: &mut Log, name: &str) -> Vec<Table<'a>> {
        let found = self.read(log, name, &format!(" [[{name}]] の見出しの下の行"), |value| {
            let items = value.as_array()?.iter();
            items
                .map(|item| match item.get_ref() {
                    DeValue::Table(entries) => Some((entries, item.span().start)),
                    _ => None,
                })
                .collect::<Option<Vec<_>>>()
        });
        let tables = found.map(|found| found.value).unwrap_or_default();
        let table = |(entries, start)| Table { piece: self.piece, entries, line: self.piece.line_of(start) };
        tables.into_iter().map(table).collect()
    }
}

fn number(value: &DeValue<'_>) -> Option<u16> {
    match value {
        DeValue::Integer(digits) => u16::from_str_radix(&digits.as_str().replace('_', ""), digits.radix()).ok(),
        _ => None,
    }
}
