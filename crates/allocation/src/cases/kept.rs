//! Hours promised against hours delivered.

use super::*;
use crate::samples::{fraction, slice, week};
use crate::{Entry, LabourWeek, Ledger, Promised};

/// Minutes worked on the first of a month each, in a town.
fn worked(town: &str, months: &[(&str, i64)]) -> Vec<LabourWeek> {
    let months = months.iter().zip(1..);
    months
        .map(|((month, minutes), n)| {
            let days = 1..=minutes / 600 + 1;
            let slices = days.map(|day| {
                let left = (minutes - 600 * (day - 1)).min(600);
                let duty = n * 100 + u64::try_from(day).unwrap();
                slice(
                    duty,
                    &format!("{month}-{day:02}"),
                    &format!("town:{town}"),
                    left,
                    0,
                )
            });
            let slices = slices.filter(|slice| slice.minutes.0 > 0).collect();
            week(n, &format!("{month}-01"), "0", slices)
        })
        .collect()
}

fn kept(text: &str, name: &str, facts: &Facts) -> Promised {
    let settled = settle(&terms(text), month(name), facts).unwrap();
    settled.promises[0].clone()
}

fn row(kept: &Promised) -> [&str; 6] {
    [
        &kept.promised_hours,
        &kept.carried_in_hours,
        &kept.delivered_hours,
        &kept.carried_out_hours,
        &kept.lapsed_hours,
        &kept.excess_hours,
    ]
}

#[test]
fn flat_oldham_1999_guaranteed_hours_and_those_beyond() {
    let text = include_str!("../../examples/terms/cases/flat-oldham-1999.toml");
    let facts = Facts {
        labour: worked("oldham", &[("1999-01", 1000), ("1999-02", 1060)]),
        ..Facts::default()
    };
    let january = months("1999-01", 1);
    assert_eq!(charged_for(text, &january, "promise/", &facts), Cents::ZERO);
    let february = months("1999-02", 1);
    assert_eq!(
        charged_for(text, &february, "promise/excess/", &facts),
        dollars("25")
    );
    assert_eq!(kept(text, "1999-02", &facts).promised_hours, "50/3");
    // Guaranteed hours at the excess rate are the flat sum: 16 2/3 × 12 × 25.
    let hours = fraction("50/3") * fraction("300");
    assert_eq!(hours, fraction("5000"));
}

#[test]
fn unithrs_lahabra_2011_units_are_hours_a_day() {
    for (units, hours) in [("1.9089", "15.2712"), ("2.41", "19.28")] {
        let bought = fraction(units) * fraction("56");
        let text = format!(
            "grammar = 1\nagreement = \"la-habra\"\ntowns = [\"la-habra\"]\nrounding = {{ residual \
             = \"provider\" }}\n[[promise]]\ntown = \"la-habra\"\nhours = \"{bought}\"\nper = \
             \"week\"\n"
        );
        let february = kept(&text, "2011-02", &Facts::default());
        let month: vocabulary::Fraction = february.promised_hours.parse().unwrap();
        let day = month.checked_div(&28.into()).unwrap();
        assert_eq!(crate::basis::plain(&day), hours);
    }
}

#[test]
fn a_minimum_of_hours_is_billed_all_the_same() {
    let text = include_str!("../../examples/terms/cases/indian-river-enforcement.toml");
    let facts = Facts {
        labour: worked("fellsmere", &[("2026-01", 600), ("2026-02", 1200)]),
        ..Facts::default()
    };
    // Ten hours of sixteen, then twenty: sixteen and twenty are paid.
    let paid = |month| charged_for(text, &months(month, 1), "", &facts);
    assert_eq!(paid("2026-01"), dollars("680.00"));
    assert_eq!(paid("2026-02"), dollars("850.00"));
}

#[test]
fn hours_that_were_not_delivered_are_carried_and_then_credited() {
    let text = include_str!("../../examples/terms/cases/joining.toml");
    let text = text
        .replace(
            "hours = \"20\"\nper = \"week\"",
            "hours = \"20\"\nper = \"month\"",
        )
        .replace(
            "[[pool]]",
            "[labour]\ncost = \"hourly\"\nhourly_rate = \"1\"\nsplit = \
                 \"provider\"\ntravel = \"provider\"\nelsewhere = \"provider\"\n[[pool]]",
        );
    let delivered = [
        ("2026-10", 15),
        ("2026-11", 18),
        ("2026-12", 22),
        ("2027-01", 50),
    ];
    let delivered = delivered.map(|(month, hours)| (month, hours * 60));
    let facts = Facts {
        labour: worked("barlow", &delivered),
        ..Facts::default()
    };
    let months = [
        "2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-03", "2027-04",
    ];
    let rows = months.map(|month| kept(&text, month, &facts));
    assert_eq!(row(&rows[0]), ["20", "0", "15", "5", "0", "0"]);
    // October's five first, then thirteen of November's.
    assert_eq!(row(&rows[1]), ["20", "5", "18", "7", "0", "0"]);
    assert_eq!(row(&rows[2]), ["20", "7", "22", "5", "0", "0"]);
    assert_eq!(row(&rows[3]), ["20", "5", "50", "0", "0", "25"]);
    assert_eq!(row(&rows[4]), ["20", "0", "0", "20", "0", "0"]);
    assert_eq!(row(&rows[5]), ["20", "20", "0", "40", "0", "0"]);
    assert_eq!(
        row(&rows[6]),
        ["20", "40", "0", "40", "20", "0"],
        "February's lapse"
    );
    let april = [month("2027-04")];
    let credit = charged_for(&text, &april, "promise/undelivered/", &facts);
    assert_eq!(credit, dollars("-340.00"), "twenty hours at 17.00");
}

/// Twenty-four hours in one town, twelve in the next, ten in the last, $20.00 an hour: six hours
/// past forty, a premium of $60.00.
fn overtime(premium: &str) -> Vec<Cents> {
    let town = |town: &str, hours: &str| {
        format!("[[promise]]\ntown = \"{town}\"\nhours = \"{hours}\"\nper = \"week\"\n")
    };
    let plan = town("barlow", "24") + &town("fenwick", "10") + &town("oakhurst", "6");
    let text = crate::samples::document(&format!(
        "[labour]\ncost = \"actual\"\nsplit = \"worked\"\ntravel = \"provider\"\nelsewhere = \
         \"provider\"\npremium = \"{premium}\"\n{plan}[[pool]]\nname = \"all\"\nbasis = \"equal\"\n"
    ));
    let day = |duty, day: &str, town: &str, hours: i64, past: i64| {
        let mut slice = slice(duty, day, &format!("town:{town}"), hours * 60, past * 60);
        slice.base_cost_cents = (hours * 2000).into();
        slice
    };
    let slices = vec![
        day(1, "2026-10-05", "barlow", 12, 0),
        day(2, "2026-10-06", "barlow", 12, 0),
        day(3, "2026-10-07", "fenwick", 12, 0),
        day(4, "2026-10-08", "oakhurst", 10, 6),
    ];
    let facts = Facts {
        labour: vec![week(1, "2026-10-04", "6000", slices)],
        ..Facts::default()
    };
    let settled = settle(&terms(&text), month("2026-10"), &facts).unwrap();
    settled.totals.iter().map(|total| total.cents).collect()
}

#[test]
fn overtime_falls_to_whom_the_terms_say() {
    let borne = |cents: [i64; 4]| cents.map(Cents).to_vec();
    assert_eq!(overtime("worked_last"), borne([48_000, 24_000, 26_000, 0]));
    assert_eq!(overtime("provider"), borne([48_000, 24_000, 20_000, 6_000]));
    // Planned 24, 10 and 6: the second got two hours more, the third four.
    assert_eq!(
        overtime("beyond_promise"),
        borne([48_000, 26_000, 24_000, 0])
    );
    assert_eq!(overtime("pool:all"), borne([50_000, 26_000, 22_000, 0]));
    assert_eq!(overtime("pro_rata"), borne([51_131, 25_565, 21_304, 0]));
}

#[test]
fn a_statement_shows_hours_promised_and_delivered() {
    let toml = include_str!("../../examples/terms/cases/flat-oldham-1999.toml");
    let labour = worked("oldham", &[("1999-01", 1060)]);
    let mut entries = vec![
        Entry::AgreementSigned {
            agreement: "oldham-1999".parse().unwrap(),
            starts_on: "1999-01-01".parse().unwrap(),
            ends_on: Some("1999-01-31".parse().unwrap()),
        },
        Entry::TermsInForce {
            source: crate::samples::at("registry", 1),
            version: 1,
            from: "1999-01-01".parse().unwrap(),
            toml: toml.to_owned(),
        },
    ];
    entries.extend(labour.into_iter().map(Entry::Labour));
    let mut ledger = Ledger::fold(&entries);
    let close = ledger.close(month("1999-01"), &[]).unwrap();
    let [town, provider] = &close.statements[..] else {
        panic!("{:?}", close.statements);
    };
    assert_eq!(provider.promised, None);
    let promised = town.promised.as_ref().unwrap();
    assert_eq!(row(promised), ["50/3", "0", "53/3", "0", "0", "1"]);
    let csv = town.to_csv();
    assert!(csv.contains(",use,,hours promised,,16.6667,"), "{csv}");
    assert_eq!(
        town.total_cents,
        dollars("441.67"),
        "an instalment and an hour"
    );
    // After its last day the terms charge nothing any more.
    let edition = close.edition;
    let january = month("1999-01");
    ledger.apply(&Entry::PeriodClosed {
        month: january,
        edition,
        open: vec![],
    });
    let closing = ledger.close(month("1999-02"), &[]).unwrap();
    assert!(closing.settlement.lines.is_empty());
    assert_eq!(closing.settlement.promises[0].promised_hours, "0");
}
