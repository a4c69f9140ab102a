//! A TOML document read key by key, every problem noted with its line and column.

use std::cell::RefCell;
use std::ops::Range;
use std::str::FromStr;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use vocabulary::{Fraction, Invalid};

use super::Problem;

/// The document's text and what has been found wrong in it so far.
pub(super) struct Document<'t> {
    text: &'t str,
    problems: RefCell<Vec<Problem>>,
}

/// A value in its place.
#[derive(Clone)]
pub(super) struct Value<'d, 't> {
    document: &'d Document<'t>,
    path: String,
    span: Range<usize>,
    value: &'d DeValue<'t>,
}

/// A table in its place; it remembers which keys were asked for, so that others are refused.
pub(super) struct Table<'d, 't> {
    document: &'d Document<'t>,
    path: String,
    span: Range<usize>,
    table: &'d DeTable<'t>,
    known: RefCell<Vec<&'static str>>,
}

impl<'t> Document<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            problems: RefCell::default(),
        }
    }

    /// The root table. Syntax errors are noted; what could be read is returned all the same.
    pub(super) fn syntax(&self) -> Option<Spanned<DeTable<'t>>> {
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

    pub(super) fn root<'d>(&'d self, table: &'d Spanned<DeTable<'t>>) -> Table<'d, 't> {
        Table {
            document: self,
            path: String::new(),
            span: 0..0,
            table: table.get_ref(),
            known: RefCell::default(),
        }
    }

    pub(super) fn is_clean(&self) -> bool {
        self.problems.borrow().is_empty()
    }

    /// Everything found wrong, in the order of the document.
    pub(super) fn problems(self) -> Vec<Problem> {
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
    pub(super) fn refuse(&self, fix: impl Into<String>) {
        self.document
            .note(self.span.clone(), self.path.clone(), fix.into());
    }

    pub(super) fn text(&self) -> Option<&'d str> {
        let text = self.value.as_str();
        if text.is_none() {
            self.wrong_type("a text in quotes");
        }
        text
    }

    /// A text with a form of its own.
    pub(super) fn parsed<T: FromStr<Err = Invalid>>(&self) -> Option<T> {
        let invalid = |error: Invalid| {
            self.refuse(format!(
                "this is not {}: write {}",
                error.what, error.expected
            ));
        };
        self.text()?.parse().map_err(invalid).ok()
    }

    /// An exact number, written as a text: a bare float has already lost what was meant.
    pub(super) fn number(&self) -> Option<Fraction> {
        match self.value {
            DeValue::Integer(n) if n.radix() == 10 => {
                self.refuse(format!("write the number as a text: \"{n}\""));
                None
            }
            DeValue::String(_) => self.parsed(),
            _ => {
                self.wrong_type("a number as a text, such as \"0.25\" or \"1/3\"");
                None
            }
        }
    }

    pub(super) fn whole_number(&self) -> Option<i64> {
        let n = self.value.as_integer();
        let n = n.and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok());
        if n.is_none() {
            self.wrong_type("a whole number");
        }
        n
    }

    pub(super) fn date(&self) -> Option<Date> {
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

    pub(super) fn is_list(&self) -> bool {
        self.value.as_array().is_some()
    }

    /// The items of a list that is not empty; `why` says what an empty one lacks.
    pub(super) fn list(&self, why: &str) -> Vec<Value<'d, 't>> {
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

    pub(super) fn table(&self) -> Option<Table<'d, 't>> {
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
                "a bare decimal is not exact: write it as a text, \"{}\"",
                float.as_str()
            ),
            other => format!("this is a {}: write {wanted}", other.type_str()),
        });
    }
}

impl<'d, 't> Table<'d, 't> {
    /// Notes something wrong with the table as a whole.
    pub(super) fn refuse(&self, fix: impl Into<String>) {
        // A table's span may cover its whole body: the place is what matters, not the text.
        let at = self.span.start..self.span.start;
        self.document.note(at, self.path.clone(), fix.into());
    }

    pub(super) fn optional(&self, key: &'static str) -> Option<Value<'d, 't>> {
        let mut known = self.known.borrow_mut();
        if !known.contains(&key) {
            known.push(key);
        }
        let (_, value) = self
            .table
            .iter()
            .find(|(k, _)| k.get_ref().as_ref() == key)?;
        Some(self.value(key, value))
    }

    /// A key that must be there; `example` says what to write.
    pub(super) fn required(&self, key: &'static str, example: &str) -> Option<Value<'d, 't>> {
        let value = self.optional(key);
        if value.is_none() {
            self.refuse(format!("`{key}` is missing: write {example}"));
        }
        value
    }

    /// All keys and values, for a table whose keys are data.
    pub(super) fn entries(&self) -> Vec<(&'d str, Value<'d, 't>)> {
        let entries = self.table.iter();
        entries
            .map(|(key, value)| (key.get_ref().as_ref(), self.value(key.get_ref(), value)))
            .collect()
    }

    /// Notes every key that nobody asked for.
    pub(super) fn no_other_keys(&self) {
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
