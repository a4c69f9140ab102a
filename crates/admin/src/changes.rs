//! What a dry run says would change: rows of the tables that answer questions, old against new.

use std::collections::BTreeMap;

use prost::Message;
use serde_json::Value;
use wire::log::v1::{Change, Changes};

use crate::output::{Format, Layout, Output};
use crate::paint::Paint;
use crate::table::Table;
use crate::view::View;

/// The reply of a dry run with what it would change, in the form that is asked for.
pub(crate) fn dry_run(output: &Output, reply: &View, layout: Layout, changes: &[u8]) -> String {
    let Ok(changes) = Changes::decode(changes) else {
        // From a service of another version; the reply still says what would be answered.
        return output.text(reply, layout);
    };
    match output.format {
        Format::Table => {
            let mut text = output.text(reply, layout);
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&diff(&changes, output.paint));
            text
        }
        Format::Csv => {
            let rows: Vec<View> = changes.changes.iter().flat_map(rows).collect();
            Table::new(&["table", "key", "field", "before", "after"], &rows).csv()
        }
        Format::Json | Format::Jsonl | Format::Yaml => {
            let mut fields = reply.fields().to_vec();
            let shown = changes.changes.iter().map(shown).collect();
            fields.push(("changes".to_owned(), View::List(shown)));
            let left_out = View::Number(changes.left_out.into());
            fields.push(("changes_left_out".to_owned(), left_out));
            output.document(&View::Record(fields))
        }
    }
}

/// `- field: old` and `+ field: new` below each row's table and key.
fn diff(changes: &Changes, paint: Paint) -> String {
    let mut text = String::new();
    for change in &changes.changes {
        text.push_str(&format!("{} {}\n", change.table, change.key));
        for (field, before, after) in fields(change) {
            if let Some(before) = before {
                text.push_str(&paint.old(&format!("  - {field}: {before}")));
                text.push('\n');
            }
            if let Some(after) = after {
                text.push_str(&paint.fresh(&format!("  + {field}: {after}")));
                text.push('\n');
            }
        }
    }
    match (changes.changes.is_empty(), changes.left_out) {
        (true, 0) => text.push_str("no row would change\n"),
        (_, 0) => {}
        (_, more) => text.push_str(&format!("and {more} rows more\n")),
    }
    text
}

type Field = (String, Option<String>, Option<String>);

/// The fields that differ, by path, as they are and as they would be.
fn fields(change: &Change) -> Vec<Field> {
    let (before, after) = (leaves(&change.before), leaves(&change.after));
    let mut paths: Vec<&String> = before.keys().chain(after.keys()).collect();
    paths.sort();
    paths.dedup();
    paths
        .into_iter()
        .map(|path| {
            (
                path.clone(),
                before.get(path).cloned(),
                after.get(path).cloned(),
            )
        })
        .filter(|(_, before, after)| before != after)
        .collect()
}

/// A row's values by dotted path; lists are one value each.
fn leaves(row: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    if !row.is_empty() {
        let row = serde_json::from_str(row).unwrap_or_else(|_| Value::String(row.to_owned()));
        collect("", &row, &mut found);
    }
    found
}

fn collect(path: &str, value: &Value, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = match path {
                    "" => name.clone(),
                    path => format!("{path}.{name}"),
                };
                collect(&path, value, found);
            }
        }
        Value::Null => {}
        Value::String(text) => {
            found.insert(path.to_owned(), text.clone());
        }
        value => {
            found.insert(path.to_owned(), value.to_string());
        }
    }
}

fn rows(change: &Change) -> Vec<View> {
    let text = |text: Option<String>| text.map_or(View::Null, View::Text);
    let row = |(field, before, after): Field| {
        View::Record(vec![
            ("table".to_owned(), View::Text(change.table.clone())),
            ("key".to_owned(), View::Text(change.key.clone())),
            ("field".to_owned(), View::Text(field)),
            ("before".to_owned(), text(before)),
            ("after".to_owned(), text(after)),
        ])
    };
    fields(change).into_iter().map(row).collect()
}

fn shown(change: &Change) -> View {
    let row = |text: &str| {
        let row = serde_json::from_str(text).ok();
        row.map_or(View::Null, View::from_json)
    };
    View::Record(vec![
        ("table".to_owned(), View::Text(change.table.clone())),
        ("key".to_owned(), View::Text(change.key.clone())),
        ("before".to_owned(), row(&change.before)),
        ("after".to_owned(), row(&change.after)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes() -> Changes {
        let change = |key: &str, before: &str, after: &str| Change {
            table: "duties".into(),
            key: key.into(),
            before: before.into(),
            after: after.into(),
        };
        Changes {
            changes: vec![
                change(
                    "cso-114.8",
                    r#"{"end":null,"at":{"town":"barlow"},"minutes":0}"#,
                    r#"{"end":"16:00","at":{"town":"barlow"},"minutes":215}"#,
                ),
                change("cso-114.9", r#"{"minutes":3}"#, ""),
            ],
            left_out: 0,
        }
    }

    #[test]
    fn only_fields_that_differ_are_shown_old_before_new() {
        assert_eq!(
            diff(&changes(), Paint::NONE),
            "duties cso-114.8\n  + end: 16:00\n  - minutes: 0\n  + minutes: 215\n\
             duties cso-114.9\n  - minutes: 3\n"
        );
    }

    #[test]
    fn what_did_not_fit_is_counted_and_nothing_is_said_to_be_nothing() {
        let more = Changes {
            left_out: 7,
            ..changes()
        };
        assert!(diff(&more, Paint::NONE).ends_with("and 7 rows more\n"));
        assert_eq!(
            diff(&Changes::default(), Paint::NONE),
            "no row would change\n"
        );
    }

    #[test]
    fn for_programs_the_rows_stand_beside_the_reply() {
        let reply = View::Record(vec![("seq".to_owned(), View::Number(7))]);
        let bytes = changes().encode_to_vec();
        let text = dry_run(&Output::new(Format::Json), &reply, Layout::Record, &bytes);
        let json: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["seq"], 7);
        assert_eq!(json["changes"][0]["after"]["minutes"], 215);
        assert_eq!(json["changes"][1]["after"], Value::Null);
        let csv = dry_run(&Output::new(Format::Csv), &reply, Layout::Record, &bytes);
        assert!(csv.contains("duties,cso-114.8,minutes,0,215\n"), "{csv}");
    }
}
