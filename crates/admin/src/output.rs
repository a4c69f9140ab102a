//! Where a reply goes: data to stdout, everything else to stderr.

use std::cell::RefCell;
use std::io::Write;

use vocabulary::Zone;

use crate::failure::{Exit, Failure};
use crate::paint::Paint;
use crate::table::{self, Table};
use crate::view::View;

/// How replies are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For programs: the reply by the names of its proto, all pages in one document.
    Json,
    /// For programs that read line by line: each row of a list, or the whole reply, on one line.
    Jsonl,
    /// For people who edit and compare: the same as JSON.
    Yaml,
    /// For spreadsheets: the table's columns as they are, with a line of field names.
    Csv,
}

/// What of a reply a table and CSV show.
#[derive(Debug, Clone, Copy)]
pub enum Layout {
    /// The reply is one thing: its fields, then its lists.
    Record,
    /// The reply is a list: the field that holds it, and columns by path.
    Rows(&'static str, &'static [&'static str]),
    /// One thing with a list that CSV is about; the list's items unfold by the inner list.
    Lead {
        rows: &'static str,
        inner: &'static str,
        columns: &'static [&'static str],
    },
}

/// How and what to write.
#[derive(Debug, Clone)]
pub struct Output {
    /// How.
    pub format: Format,
    /// The zone of times in tables.
    pub zone: Option<Zone>,
    /// More on stderr.
    pub verbose: bool,
    /// Colours on stdout.
    pub paint: Paint,
    held: RefCell<Option<String>>,
}

impl Output {
    /// Plain, in UTC, to stdout.
    pub fn new(format: Format) -> Self {
        Self {
            format,
            zone: None,
            verbose: false,
            paint: Paint::NONE,
            held: RefCell::new(None),
        }
    }

    /// Writes a reply.
    pub fn reply(&self, reply: &View, layout: Layout) -> Result<(), Failure> {
        let text = self.text(reply, layout);
        if text.is_empty() && self.format == Format::Table && matches!(layout, Layout::Rows(..)) {
            note("There are none.");
        }
        self.data(&text)
    }

    /// A reply as text; empty for a table without rows.
    pub fn text(&self, reply: &View, layout: Layout) -> String {
        let zone = self.zone.as_ref();
        match (self.format, layout) {
            (Format::Jsonl, Layout::Rows(rows, _)) => {
                reply.items(rows).iter().map(line).collect::<String>()
            }
            (Format::Json | Format::Jsonl | Format::Yaml, _) => self.document(reply),
            (Format::Table, Layout::Record | Layout::Lead { .. }) => table::record(reply, zone),
            (Format::Csv, Layout::Record) => {
                let shown = |(_, value): &&(String, View)| {
                    !value.is_rows() && !matches!(value, View::Record(_))
                };
                let fields = reply.fields().iter().filter(shown);
                let columns: Vec<_> = fields.map(|(name, _)| name).collect();
                Table::new(&columns, std::slice::from_ref(reply)).csv()
            }
            (
                Format::Csv,
                Layout::Lead {
                    rows,
                    inner,
                    columns,
                },
            ) => Table::new(columns, &View::unfold(reply.items(rows), inner)).csv(),
            (Format::Csv, Layout::Rows(rows, columns)) => {
                Table::new(columns, reply.items(rows)).csv()
            }
            (Format::Table, Layout::Rows(rows, columns)) => {
                let table = Table::new(columns, reply.items(rows));
                if table.is_empty() {
                    String::new()
                } else {
                    table.text(zone)
                }
            }
        }
    }

    /// Data in the form for programs that is asked for; JSON where another is.
    pub fn document<T: serde::Serialize>(&self, value: &T) -> String {
        match self.format {
            Format::Jsonl => line(value),
            Format::Yaml => {
                let mut yaml = serde_saphyr::to_string(value).expect("plain data");
                if !yaml.ends_with('\n') {
                    yaml.push('\n');
                }
                yaml
            }
            Format::Table | Format::Csv | Format::Json => json(value),
        }
    }

    /// Writes data to stdout, or keeps it until it is [taken](Self::taken).
    pub fn data(&self, text: &str) -> Result<(), Failure> {
        match self.held.borrow_mut().as_mut() {
            Some(held) => {
                held.push_str(text);
                Ok(())
            }
            None => data(text),
        }
    }

    /// Keeps what is written from now on.
    pub(crate) fn hold(&self) {
        self.held.replace(Some(String::new()));
    }

    /// What was kept.
    pub(crate) fn taken(&self) -> String {
        let mut held = self.held.borrow_mut();
        held.as_mut().map(std::mem::take).unwrap_or_default()
    }
}

/// JSON for people and programs alike, with a newline at the end.
pub fn json<T: serde::Serialize>(value: &T) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("plain data");
    text.push('\n');
    text
}

fn line<T: serde::Serialize>(value: &T) -> String {
    let mut text = serde_json::to_string(value).expect("plain data");
    text.push('\n');
    text
}

/// Writes data to stdout. A reader that has seen enough (`head`) is no failure.
pub(crate) fn data(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            let message = format!("The output cannot be written: {error}.");
            Err(Failure::new(Exit::Failed, "OUTPUT", message))
        }
        _ => Ok(()),
    }
}

/// Says something that is no data.
pub fn note(text: &str) {
    // Nobody is left to tell if stderr is gone.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

#[cfg(test)]
mod tests {
    use wire::registry::v1::{ListTownsResponse, RegisterTownResponse, Town};

    use super::*;

    fn output(format: Format) -> Output {
        Output::new(format)
    }

    #[test]
    fn a_list_without_rows_is_an_empty_table_but_whole_json_and_a_csv_header() {
        let none = View::of(&ListTownsResponse::default());
        let layout = Layout::Rows("towns", &["town", "name"]);
        assert_eq!(output(Format::Table).text(&none, layout), "");
        assert_eq!(output(Format::Csv).text(&none, layout), "town,name\n");
        assert_eq!(output(Format::Jsonl).text(&none, layout), "");
        assert_eq!(
            output(Format::Yaml).text(&none, layout),
            "towns: []\nnext_page_token: \"\"\n"
        );
        assert!(
            output(Format::Json)
                .text(&none, layout)
                .contains("\"towns\": []")
        );
    }

    #[test]
    fn one_thing_is_lines_in_a_table_and_one_row_in_csv() {
        let reply = View::of(&RegisterTownResponse { seq: 7 });
        assert_eq!(
            output(Format::Table).text(&reply, Layout::Record),
            "seq  7\n"
        );
        assert_eq!(output(Format::Csv).text(&reply, Layout::Record), "seq\n7\n");
        let town = View::of(&Town {
            town: "barlow".into(),
            ..Town::default()
        });
        let csv = output(Format::Csv).text(&town, Layout::Record);
        assert!(csv.starts_with("town,name,state,zone"), "{csv}");
    }

    #[test]
    fn json_lines_hold_a_row_each_and_yaml_keeps_texts_texts() {
        let town = |town: &str| Town {
            town: town.into(),
            state: "12".into(),
            ..Town::default()
        };
        let list = View::of(&ListTownsResponse {
            towns: vec![town("barlow"), town("shelby")],
            ..ListTownsResponse::default()
        });
        let layout = Layout::Rows("towns", &["town"]);
        let lines = output(Format::Jsonl).text(&list, layout);
        assert_eq!(lines.lines().count(), 2);
        assert!(lines.starts_with("{\"town\":\"barlow\""), "{lines}");
        let yaml = output(Format::Yaml).text(&list, layout);
        assert!(yaml.contains("town: barlow"), "{yaml}");
        assert!(!yaml.contains("state: 12\n"), "a text is no number: {yaml}");
    }

    #[test]
    fn what_is_held_is_taken_once() {
        let output = output(Format::Table);
        output.hold();
        output.data("a").unwrap();
        output.data("b").unwrap();
        assert_eq!(output.taken(), "ab");
        assert_eq!(output.taken(), "");
    }
}
