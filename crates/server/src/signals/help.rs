//! What each count means: `docs/signals.md` says it to people, and here to Prometheus.

use metrics::{describe_counter, describe_gauge, describe_histogram};

const PAGE: &str = include_str!("../../../../docs/signals.md");

/// Gives every count of the page its help text. After the recorder is there.
pub(super) fn describe() {
    for Row {
        name,
        kind,
        meaning,
    } in rows()
    {
        match kind {
            "counter" => describe_counter!(name, meaning),
            "gauge" => describe_gauge!(name, meaning),
            _ => describe_histogram!(name, meaning),
        }
    }
}

/// A line of one of the page's tables.
struct Row {
    name: &'static str,
    /// `counter`, `gauge` or `histogram`.
    kind: &'static str,
    meaning: &'static str,
}

/// Lines that name a count: "| `name` | kind; labels | meaning |".
fn rows() -> impl Iterator<Item = Row> {
    PAGE.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.strip_suffix(" |")?.split(" | ");
        let (name, kind) = (cells.next()?.strip_suffix('`')?, cells.next()?);
        let kind = kind.split(';').next().unwrap_or(kind);
        let known = ["counter", "gauge", "histogram"].contains(&kind);
        let meaning = cells.next().filter(|_| known)?;
        Some(Row {
            name,
            kind,
            meaning,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_count_of_the_page_has_a_kind_and_a_meaning() {
        let read: Vec<_> = rows().map(|row| row.name).collect();
        let named = PAGE.lines().filter_map(|line| line.strip_prefix("| `"));
        let named = named.filter_map(|line| line.split('`').next());
        let named: Vec<_> = named
            .filter(|name| name.starts_with("commonwatch_") || name.starts_with("process_"))
            .collect();
        assert_eq!(read, named);
        assert!(read.len() > 30, "is the page still read? {read:?}");
    }
}
