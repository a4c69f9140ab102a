//! A statement, as it is read at a terminal.

use allocation::Statement;
use vocabulary::Zone;

use super::Table;
use crate::view::View;

/// Use, pools with the party's shares, lines, adjustments, open time and the total.
pub fn statement(statement: &Statement, zone: Option<&Zone>) -> String {
    let json = serde_json::to_value(statement).expect("a statement is plain data");
    let view = View::from_json(json);
    let mut text = format!(
        "Statement of {} for {}, month {}\nterms version {}, edition {}; {}\n\
         {} minutes, {} minutes of travel, {} calls with {} minutes\n",
        statement.agreement,
        statement.party,
        statement.month,
        statement.terms_version,
        statement.edition,
        statement.rounding,
        statement.minutes.0,
        statement.travel_minutes.0,
        statement.calls,
        statement.incident_minutes.0,
    );
    let sections: [(&str, &str, &[&str]); 4] = [
        (
            "Pools",
            "pools",
            &[
                "pool",
                "basis",
                "figure",
                "pool_cents",
                "share",
                "charge_cents",
            ],
        ),
        ("Lines", "lines", &["key", "rule", "cents"]),
        (
            "Adjustments",
            "adjustments",
            &[
                "month",
                "key",
                "issued_cents",
                "now_cents",
                "cents",
                "causes",
            ],
        ),
        (
            "Open time, not billed",
            "open",
            &["officer", "date", "minutes", "why"],
        ),
    ];
    for (title, list, columns) in sections {
        let rows: Vec<View> = view.items(list).iter().cloned().map(in_words).collect();
        if !rows.is_empty() {
            text.push_str(&format!(
                "\n{title}\n{}",
                Table::new(columns, &rows).text(zone)
            ));
        }
    }
    text.push_str(&format!(
        "\ncharges {}, adjustments {}, total {}\n",
        statement.charges_cents, statement.adjustments_cents, statement.total_cents
    ));
    text
}

/// Causes by their codes, figures as `480 of 900`.
fn in_words(mut row: View) -> View {
    let mut words = Vec::new();
    for cause in row.items("causes") {
        words.push(cause.at("code").clone());
    }
    let figures = row.items("figures").iter().map(|figure| {
        let of = |name| match figure.at(name) {
            View::Text(text) => text.clone(),
            _ => String::new(),
        };
        format!("{} of {}", of("value"), of("total"))
    });
    let figures = View::List(figures.map(View::Text).collect());
    row.take("causes");
    if let View::Record(fields) = &mut row {
        fields.push(("causes".to_owned(), View::List(words)));
        fields.push(("figure".to_owned(), figures));
    }
    row
}
