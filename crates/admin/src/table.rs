//! Rows and columns, for people and for spreadsheets.
//!
//! A column is the path of a field. Its name says how a table writes it: what ends in `cents` in
//! dollars; whole numbers to the right. CSV takes everything as it is, under the field's own name.

mod record;
mod statement;
#[cfg(test)]
mod tests;

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, ContentArrangement};
use vocabulary::{Cents, Fraction, Zone};

use crate::view::View;

pub use record::record;
pub use statement::statement;

/// Columns of the pools of a month, unfolded by [`pools`].
pub const POOLS: &[&str] = &[
    "pool",
    "amount_cents",
    "party",
    "basis",
    "figure",
    "share",
    "charge_cents",
];

/// Columns of statements in a list.
pub const STATEMENTS: &[&str] = &[
    "agreement",
    "month",
    "party",
    "amount_cents",
    "adjustment_cents",
];

/// Rows under columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<View>>,
}

impl Table {
    /// Picks the columns, dotted paths, from each row.
    pub fn new<C: AsRef<str>>(columns: &[C], rows: &[View]) -> Self {
        let pick = |row: &View| columns.iter().map(|c| row.at(c.as_ref()).clone()).collect();
        Self {
            columns: columns.iter().map(|c| c.as_ref().to_owned()).collect(),
            rows: rows.iter().map(pick).collect(),
        }
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// For people: columns side by side, times in the zone. Ends with a newline.
    pub fn text(&self, zone: Option<&Zone>) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(NOTHING);
        table.set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(self.columns.iter().map(|c| Cell::new(heading(c))));
        for row in &self.rows {
            table.add_row(self.columns.iter().zip(row).map(|(column, value)| {
                let right = matches!(value, View::Number(_)) || is_money(column);
                let side = if right {
                    CellAlignment::Right
                } else {
                    CellAlignment::Left
                };
                Cell::new(shown(column, value, zone)).set_alignment(side)
            }));
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        let mut text = String::new();
        for line in table.lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// For programs: RFC 4180 with a line of field names. Lists are joined with semicolons.
    pub fn csv(&self) -> String {
        let mut csv = csv::Writer::from_writer(Vec::new());
        let written = csv.write_record(&self.columns).and_then(|()| {
            let mut rows = self.rows.iter();
            rows.try_for_each(|row| csv.write_record(row.iter().map(plain)))
        });
        written.expect("rows have one field per column, and memory takes them");
        let bytes = csv.into_inner().expect("memory takes what is buffered");
        String::from_utf8(bytes).expect("made from text")
    }
}

/// The shares of pools, a row each, with their pool before them.
pub fn pools(pools: &[View]) -> Table {
    Table::new(POOLS, &View::unfold(pools, "shares"))
}

/// `summary.amount_cents` → `AMOUNT`.
fn heading(column: &str) -> String {
    let name = column.rsplit('.').next().unwrap_or(column);
    let name = match name {
        "cents" => "charge",
        "pool_cents" => "pool_amount",
        name => name.strip_suffix("_cents").unwrap_or(name),
    };
    name.replace('_', " ").to_uppercase()
}

fn is_money(column: &str) -> bool {
    column.ends_with("_cents") || column == "cents"
}

/// A value as CSV has it.
fn plain(value: &View) -> String {
    match value {
        View::Null => String::new(),
        View::Bool(is) => is.to_string(),
        View::Number(number) => number.to_string(),
        View::Text(text) => text.clone(),
        View::Time(time) => time.to_string(),
        View::List(items) => {
            let items: Vec<_> = items.iter().map(plain).collect();
            items.join(";")
        }
        View::Record(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| format!("{name}={}", plain(value)));
            fields.collect::<Vec<_>>().join(" ")
        }
    }
}

/// A value as a table has it.
fn shown(column: &str, value: &View, zone: Option<&Zone>) -> String {
    match value {
        View::Bool(is) => if *is { "yes" } else { "no" }.to_owned(),
        View::Number(number) if is_money(column) => {
            i64::try_from(*number).map_or_else(|_| number.to_string(), |n| Cents(n).to_string())
        }
        View::Text(text) if is_money(column) => exact_cents(text),
        View::Time(time) => match zone {
            Some(zone) => {
                let local = time.to_zoned(zone.rules().clone());
                local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
            }
            None => time.to_string(),
        },
        View::List(items) => {
            let items: Vec<_> = items.iter().map(|item| shown(column, item, zone)).collect();
            items.join(", ")
        }
        _ => plain(value),
    }
}

/// Exact cents as dollars; what is no whole cent is marked as rounded.
fn exact_cents(text: &str) -> String {
    let Ok(exact) = text.parse::<Fraction>() else {
        return text.to_owned();
    };
    match (exact.to_integer_exact(), exact.to_cents_half_up()) {
        (Some(cents), _) => Cents(cents).to_string(),
        (None, Ok(cents)) => format!("≈ {cents}"),
        (None, Err(_)) => text.to_owned(),
    }
}
