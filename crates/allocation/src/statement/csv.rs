//! A statement as rows for a spreadsheet.

use std::collections::BTreeSet;

use vocabulary::Fraction;

use crate::{Citation, FigureUsed, Promised, Statement, Unit};

/// The columns; their order is for ever.
const COLUMNS: [&str; 13] = [
    "agreement",
    "month",
    "party",
    "row",
    "for_month",
    "key",
    "what",
    "hours",
    "figure",
    "share",
    "pool_cents",
    "cents",
    "sources",
];

/// What one row says besides whose it is; empty where it does not apply.
#[derive(Default)]
struct Row {
    row: &'static str,
    for_month: String,
    key: String,
    what: String,
    hours: String,
    figure: String,
    share: String,
    pool_cents: String,
    cents: String,
    sources: String,
}

pub(super) fn write(statement: &Statement) -> String {
    let mut writer = csv::Writer::from_writer(vec![]);
    let whose = [
        statement.agreement.to_string(),
        statement.month.to_string(),
        statement.party.to_string(),
    ];
    let fine = "a vector takes everything that is written";
    writer.write_record(COLUMNS).expect(fine);
    for row in rows(statement) {
        let cells = [
            row.row.to_owned(),
            row.for_month,
            row.key,
            row.what,
            row.hours,
            row.figure,
            row.share,
            row.pool_cents,
            row.cents,
            row.sources,
        ];
        writer.write_record(whose.iter().chain(&cells)).expect(fine);
    }
    String::from_utf8(writer.into_inner().expect(fine)).expect("text was written")
}

fn rows(statement: &Statement) -> Vec<Row> {
    let mut rows = vec![];
    let used = [
        ("hours", hours(statement.minutes.0), String::new()),
        ("travel", hours(statement.travel_minutes.0), String::new()),
        ("calls", String::new(), statement.calls.to_string()),
        (
            "incidents",
            hours(statement.incident_minutes.0),
            String::new(),
        ),
    ];
    rows.extend(used.map(|(key, hours, figure)| Row {
        row: "use",
        key: key.to_owned(),
        hours,
        figure,
        ..Row::default()
    }));
    rows.extend(statement.promised.iter().flat_map(promised));
    rows.extend(statement.lines.iter().map(|line| {
        Row {
            row: "line",
            for_month: statement.month.to_string(),
            key: line.key.clone(),
            what: line.rule.clone(),
            hours: line_hours(&line.figures),
            figure: figures(&line.figures),
            share: line.share.to_string(),
            pool_cents: line.pool_cents.0.to_string(),
            cents: line.cents.0.to_string(),
            sources: sources(
                line.facts
                    .iter()
                    .chain(line.figures.iter().flat_map(|f| &f.sources)),
            ),
        }
    }));
    rows.extend(statement.adjustments.iter().map(|a| Row {
        row: "adjustment",
        for_month: a.month.to_string(),
        key: a.key.clone(),
        what: format!("charged {}, now {}", a.issued_cents, a.now_cents),
        cents: a.cents.0.to_string(),
        sources: sources(a.causes.iter()),
        ..Row::default()
    }));
    rows.extend(statement.open.iter().map(|open| Row {
        row: "open",
        for_month: vocabulary::Month::of(open.date).to_string(),
        key: format!("{} {}", open.officer, open.date),
        what: format!("{}: not billed yet", open.why),
        hours: hours(open.minutes.0),
        ..Row::default()
    }));
    rows.push(Row {
        row: "total",
        cents: statement.total_cents.0.to_string(),
        ..Row::default()
    });
    rows
}

/// What became of the hours that were bought.
fn promised(promised: &Promised) -> impl Iterator<Item = Row> {
    let hours = [
        ("hours promised", &promised.promised_hours),
        ("hours carried in", &promised.carried_in_hours),
        ("hours delivered", &promised.delivered_hours),
        ("hours carried out", &promised.carried_out_hours),
        ("hours lapsed", &promised.lapsed_hours),
        ("hours in excess", &promised.excess_hours),
    ];
    let exact = |text: &str| text.parse::<Fraction>().unwrap_or_default();
    let rows = hours.map(|(key, hours)| Row {
        row: "use",
        key: key.to_owned(),
        hours: exact(hours).to_decimal(4),
        ..Row::default()
    });
    rows.into_iter()
}

/// Hours with four decimals: for reading, the minutes stand in the JSON.
fn hours(minutes: i64) -> String {
    vocabulary::Minutes(minutes).hours().to_decimal(4)
}

fn line_hours(figures: &[FigureUsed]) -> String {
    let minutes = figures
        .iter()
        .find(|f| f.unit == Unit::Minutes && f.basis == "hours");
    minutes
        .and_then(|figure| figure.value.parse().ok())
        .map(hours)
        .unwrap_or_default()
}

fn figures(figures: &[FigureUsed]) -> String {
    let figures: Vec<String> = figures.iter().map(FigureUsed::to_string).collect();
    figures.join("; ")
}

/// Each fact once, where it is cited first. What has no position is found by its day.
fn sources<'a>(citations: impl Iterator<Item = &'a Citation>) -> String {
    let mut seen = BTreeSet::new();
    let mut sources: Vec<String> = vec![];
    for citation in citations {
        let code = &citation.code;
        let text = match (&citation.source, citation.date) {
            (Some(source), _) => format!("{}:{} {code}", source.log, source.seq),
            (None, Some(date)) => format!("{code} of {date}"),
            (None, None) => code.clone(),
        };
        if seen.insert(text.clone()) {
            sources.push(text);
        }
    }
    sources.join("; ")
}
