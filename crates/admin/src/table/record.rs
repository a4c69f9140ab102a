//! One record: its own fields as lines, then each of its lists as a table of its own.

use vocabulary::Zone;

use super::{Table, heading, shown};
use crate::view::View;

/// A record for people. Fields without a value are left out, as are empty lists; texts of several
/// lines come last, each under its name. Ends with a newline unless there is nothing at all.
pub fn record(record: &View, zone: Option<&Zone>) -> String {
    let mut lines = Vec::new();
    let mut parts = Vec::new();
    for (name, value) in record.fields() {
        match value {
            value if value.is_empty() => {}
            value if value.is_rows() => parts.push(list(name, record.items(name), zone)),
            View::Record(_) => parts.push(titled(name, &self::record(value, zone))),
            View::Text(text) if text.contains('\n') => parts.push(titled(name, text)),
            value => lines.push((heading(name).to_lowercase(), shown(name, value, zone))),
        }
    }
    let width = lines.iter().map(|(name, _)| name.chars().count()).max();
    let width = width.unwrap_or_default();
    let head: String = lines
        .iter()
        .map(|(name, value)| format!("{name:width$}  {value}\n"))
        .collect();
    parts.insert(0, head);
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// A list of records under its name. The one list inside its items unfolds them.
fn list(name: &str, items: &[View], zone: Option<&Zone>) -> String {
    let inner = items.iter().flat_map(View::fields);
    let inner = inner
        .filter(|(_, value)| value.is_rows())
        .map(|(name, _)| name)
        .next();
    let rows = match inner {
        Some(inner) => View::unfold(items, inner),
        None => items.to_vec(),
    };
    let mut columns: Vec<&str> = Vec::new();
    for (field, value) in rows.iter().flat_map(View::fields) {
        if !columns.contains(&field.as_str()) && !value.is_empty() && !is_long(value) {
            columns.push(field);
        }
    }
    let mut text = titled(name, &Table::new(&columns, &rows).text(zone));
    for (n, item) in items.iter().enumerate() {
        for (field, value) in item.fields() {
            if let View::Text(long) = value
                && is_long(value)
            {
                text.push('\n');
                text.push_str(&titled(&format!("{name} {}: {field}", n + 1), long));
            }
        }
    }
    text
}

fn is_long(value: &View) -> bool {
    matches!(value, View::Text(text) if text.contains('\n'))
}

fn titled(name: &str, body: &str) -> String {
    let end = if body.ends_with('\n') { "" } else { "\n" };
    format!("{}\n{body}{end}", heading(name).to_lowercase())
}
