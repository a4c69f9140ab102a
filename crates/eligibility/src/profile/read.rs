//! A TOML document read key by key, every problem noted with its line and column.

use std::cell::RefCell;
use std::ops::Range;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use vocabulary::{Invalid, Minutes};

/// No course, service or set of either is longer.
const HOURS_MAX: i64 = 10_000;

/// Something wrong in a document, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("line {line}, column {column}: {}{fix}", place(.field, .value))]
pub struct Problem {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Where in the document, such as `requirement[2].course`; empty for the document itself.
    pub field: String,
    /// What stands there, as written; empty where something is missing.
    pub value: String,
    /// What is wrong and how to put it right.
    pub fix: String,
}

/// The field with its value, as far as there are any: a text that is not TOML has neither.
fn place(field: &str, value: &str) -> String {
    match (field, value) {
        ("", "") => String::new(),
        (field, "") => format!("{field}: "),
        ("", value) => format!("{value}: "),
        (field, value) => format!("{field} = {value}: "),
    }
}

/// The document's text and what has been found wrong in it so far.
pub(crate) struct Document<'t> {
    text: &'t str,
    problems: RefCell<Vec<Problem>>,
}

/// A value in its place.
#[derive(Clone)]
pub(crate) struct Value<'d, 't> {
    document: &'d Document<'t>,
    path: String,
    span: Range<usize>,
    value: &'d DeValue<'t>,
}

/// A table in its place; it remembers which keys were asked for, so that others are refused.
pub(crate) struct Table<'d, 't> {
    document: &'d Document<'t>,
    path: String,
    span: Range<usize>,
    table: &'d DeTable<'t>,
    known: RefCell<Vec<&'static str>>,
}

impl<'t> Document<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self {
            text,
            problems: RefCell::default(),
        }
    }

    /// The root table. Syntax errors are noted; what could be read is returned all the same.
    pub(crate) fn syntax(&self) -> Option<Spanned<DeTable<'t>>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let span = error.span().unwrap_or(0..0);
            self.note(
                span,
                String::new(),
                format!("not TOML: {}", error.message()),
            );
        }
        errors.is_empty().then_some(table)
    }

    pub(crate) fn root<'d>(&'d self, table: &'d Spanned<DeTable<'t>>) -> Table<'d, 't> {
        Table {
            document: self,
            path: String::new(),
            span: 0..0,
            table: table.get_ref(),
            known: RefCell::default(),
        }
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.problems.borrow().is_empty()
    }

    /// Everything found wrong, in the order of the document.
    pub(crate) fn problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|p| (p.line, p.column));
        problems
    }

    fn note(&self, span: Range<usize>, field: String, fix: String) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let value = self.text.get(span).unwrap_or_default();
        let mut shown: String = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if shown.chars().count() > 60 {
            shown = shown.chars().take(57).chain("...".chars()).collect();
        }
        self.problems.borrow_mut().push(Problem {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            field,
            value: shown,
            fix,
        });
    }
}

impl<'d, 't> Value<'d, 't> {
    /// Notes that this value is wrong, and how to put it right.
    pub(crate) fn refuse(&self, fix: impl Into<String>) {
        self.document
            .note(self.span.clone(), self.path.clone(), fix.into());
    }

    pub(crate) fn text(&self) -> Option<&'d str> {
        let text = self.value.as_str();
        if text.is_none() {
            self.wrong_type("a text in quotes");
        }
        text
    }

    /// A text with a form of its own.
    pub(crate) fn parsed<T: FromStr<Err = Invalid>>(&self) -> Option<T> {
        let invalid = |error: Invalid| {
            self.refuse(format!(
                "this is not {}: write {}",
                error.what, error.expected
            ));
        };
        self.text()?.parse().map_err(invalid).ok()
    }

    /// Hours as whole minutes: `80`, or `"16:40"` for hours and minutes.
    pub(crate) fn hours(&self) -> Option<Minutes> {
        let minutes = match self.value {
            DeValue::Integer(n) => i64::from_str_radix(n.as_str(), n.radix()).ok(),
            DeValue::String(text) => return self.clock_hours(text),
            _ => {
                self.wrong_type("whole hours, 80, or hours and minutes, \"16:40\"");
                return None;
            }
        };
        let minutes = minutes.filter(|h| (1..=HOURS_MAX).contains(h));
        if minutes.is_none() {
            self.refuse(format!("write 1 to {HOURS_MAX} hours"));
        }
        minutes.map(|hours| Minutes(hours * 60))
    }

    fn clock_hours(&self, text: &str) -> Option<Minutes> {
        let (hours, minutes) = text.split_once(':').unwrap_or((text, "00"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let read = (digits(hours) && digits(minutes) && minutes.len() == 2)
            .then(|| Some((hours.parse::<i64>().ok()?, minutes.parse::<i64>().ok()?)))
            .flatten()
            .filter(|(h, m)| *h <= HOURS_MAX && *m < 60 && h + m > 0);
        if read.is_none() {
            self.refuse("write hours and minutes with a colon, such as \"16:40\", or whole hours");
        }
        read.map(|(hours, minutes)| Minutes(hours * 60 + minutes))
    }

    pub(crate) fn flag(&self) -> Option<bool> {
        let flag = self.value.as_bool();
        if flag.is_none() {
            self.wrong_type("true or false");
        }
        flag
    }

    /// A text that is not empty and has no line breaks to hide behind.
    pub(crate) fn line(&self) -> Option<String> {
        let text = self.text()?;
        if text.trim().is_empty() || text.chars().any(char::is_control) {
            self.refuse("write a text of one line");
            return None;
        }
        Some(text.to_owned())
    }

    /// One of the words of a table.
    pub(crate) fn one_of<T: Clone>(&self, words: &[(&'static str, T)]) -> Option<T> {
        let text = self.text()?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            self.refuse(format!("write one of {}", known.join(", ")));
        }
        found.map(|(_, value)| value.clone())
    }

    /// A list of words of a form of their own, each once.
    pub(crate) fn words<T: FromStr<Err = Invalid> + PartialEq>(&self, why: &str) -> Vec<T> {
        let mut words = vec![];
        for item in self.list(why) {
            match item.parsed() {
                Some(word) if words.contains(&word) => item.refuse("this stands here twice"),
                Some(word) => words.push(word),
                None => {}
            }
        }
        words
    }

    /// A list of lines of text.
    pub(crate) fn lines(&self) -> Vec<String> {
        let items = self.list("leave it out where there is none");
        items.iter().filter_map(Value::line).collect()
    }

    /// Whether it is the list `[]`.
    pub(crate) fn is_empty_list(&self) -> bool {
        self.value.as_array().is_some_and(|list| list.is_empty())
    }

    /// Whether it is this text.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.value.as_str() == Some(text)
    }

    pub(crate) fn whole_number(&self) -> Option<i64> {
        let n = self.value.as_integer();
        let n = n.and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok());
        if n.is_none() {
            self.wrong_type("a whole number");
        }
        n
    }

    pub(crate) fn date(&self) -> Option<Date> {
        let text = match self.value {
            DeValue::Datetime(at) if at.time.is_none() => at.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => {
                self.wrong_type("a date such as 2026-01-31");
                return None;
            }
        };
        let wrong = |_| self.refuse("there is no such date: write year, month and day, 2026-01-31");
        text.parse().map_err(wrong).ok()
    }

    /// The items of a list that is not empty; `why` says what an empty one lacks.
    pub(crate) fn list(&self, why: &str) -> Vec<Value<'d, 't>> {
        let Some(array) = self.value.as_array() else {
            self.wrong_type("a list in square brackets");
            return vec![];
        };
        if array.is_empty() {
            self.refuse(why);
        }
        let items = array.iter().enumerate();
        items
            .map(|(i, item)| Value {
                document: self.document,
                path: format!("{}[{}]", self.path, i + 1),
                span: item.span(),
                value: item.get_ref(),
            })
            .collect()
    }

    pub(crate) fn table(&self) -> Option<Table<'d, 't>> {
        let Some(table) = self.value.as_table() else {
            self.wrong_type("a table");
            return None;
        };
        Some(Table {
            document: self.document,
            path: self.path.clone(),
            span: self.span.clone(),
            table,
            known: RefCell::default(),
        })
    }

    fn wrong_type(&self, wanted: &str) {
        self.refuse(match self.value {
            DeValue::Float(float) => format!(
                "{} is a bare decimal, which is not exact: write {wanted}",
                float.as_str()
            ),
            other => format!("this is a {}: write {wanted}", other.type_str()),
        });
    }
}

impl<'d, 't> Table<'d, 't> {
    /// Notes something wrong with the table as a whole.
    pub(crate) fn refuse(&self, fix: impl Into<String>) {
        // A table's span may cover its whole body: the place is what matters, not the text.
        let at = self.span.start..self.span.start;
        self.document.note(at, self.path.clone(), fix.into());
    }

    pub(crate) fn optional(&self, key: &'static str) -> Option<Value<'d, 't>> {
        self.known.borrow_mut().push(key);
        let (_, value) = self
            .table
            .iter()
            .find(|(k, _)| k.get_ref().as_ref() == key)?;
        Some(self.value(key, value))
    }

    /// A key that must be there; `example` says what to write.
    pub(crate) fn required(&self, key: &'static str, example: &str) -> Option<Value<'d, 't>> {
        let value = self.optional(key);
        if value.is_none() {
            self.refuse(format!("`{key}` is missing: write {example}"));
        }
        value
    }

    /// The tables of a list under a key, each in its place; none where the key is absent.
    pub(crate) fn tables(&self, key: &'static str) -> Vec<Self> {
        let listed = self.optional(key);
        let listed = listed.map(|v| v.list("leave it out where there is none"));
        let listed = listed.unwrap_or_default();
        listed.iter().filter_map(Value::table).collect()
    }

    /// The table under a key.
    pub(crate) fn optional_table(&self, key: &'static str) -> Option<Self> {
        self.optional(key)?.table()
    }

    /// A line of text under a key.
    pub(crate) fn line(&self, key: &'static str) -> Option<String> {
        self.optional(key)?.line()
    }

    /// Lines of text under a key; none where it is absent.
    pub(crate) fn lines(&self, key: &'static str) -> Vec<String> {
        self.optional(key).map(|v| v.lines()).unwrap_or_default()
    }

    /// Words of a form of their own under a key; none where it is absent.
    pub(crate) fn words<T: FromStr<Err = Invalid> + PartialEq>(&self, key: &'static str) -> Vec<T> {
        let words = self.optional(key);
        let words = words.map(|v| v.words("leave it out where there is none"));
        words.unwrap_or_default()
    }

    /// A word of a form of its own under a key.
    pub(crate) fn parsed<T: FromStr<Err = Invalid>>(&self, key: &'static str) -> Option<T> {
        self.optional(key)?.parsed()
    }

    /// A flag under a key, or what holds where it is absent.
    pub(crate) fn flag(&self, key: &'static str, otherwise: bool) -> bool {
        let flag = self.optional(key).and_then(|v| v.flag());
        flag.unwrap_or(otherwise)
    }

    /// All keys and values, for a table whose keys are data.
    pub(crate) fn entries(&self) -> Vec<(&'d str, Value<'d, 't>)> {
        let entries = self.table.iter();
        entries
            .map(|(key, value)| (key.get_ref().as_ref(), self.value(key.get_ref(), value)))
            .collect()
    }

    /// Notes every key that nobody asked for.
    pub(crate) fn no_other_keys(&self) {
        let known = self.known.borrow();
        for (key, _) in self.table.iter() {
            if !known.contains(&key.get_ref().as_ref()) {
                let path = self.path_of(key.get_ref());
                let fix = format!("this key is not known here: known are {}", known.join(", "));
                self.document
                    .note(key.span().start..key.span().start, path, fix);
            }
        }
    }

    fn value(&self, key: &str, value: &'d Spanned<DeValue<'t>>) -> Value<'d, 't> {
        Value {
            document: self.document,
            path: self.path_of(key),
            span: value.span(),
            value: value.get_ref(),
        }
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }
}
