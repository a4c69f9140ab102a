//! What must hold for any terms and any facts.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use vocabulary::{Cents, Fraction, Month};

use crate::samples::*;
use crate::{Entry, Expense, Facts, Figure, Incident, LabourWeek, Ledger, Terms, settle};

const TOWNS: [&str; 3] = ["barlow", "fenwick", "oakhurst"];
const PLACES: [&str; 9] = [
    "town:barlow",
    "town:fenwick",
    "town:oakhurst",
    "town:elsewhere",
    "travel:barlow",
    "travel:oakhurst",
    "training",
    "leave",
    "aid:county",
];

fn any_day() -> impl Strategy<Value = String> {
    (9..=12_u32, 1..=28_u32).prop_map(|(month, day)| format!("2026-{month:02}-{day:02}"))
}

fn any_basis() -> impl Strategy<Value = String> {
    let simple = select(vec![
        "\"hours\"",
        "\"calls\"",
        "\"incident_minutes\"\nwithout_minutes = \"zero\"",
        "\"population\"",
        "\"population\"\naverage = \"2 months\"",
        "\"calls\"\naverage = \"2 months\"",
        "\"sum\"\nfigures = [{ basis = \"hours\", per = \"60\" }, { basis = \"population\", per = \
         \"100\" }]",
        "\"equal\"",
    ]);
    let fixed = (0..=50_i64, 0..=50_i64).prop_map(|(a, b)| {
        format!(
            "\"fixed\"\nshares = {{ barlow = \"0.{a:02}\", fenwick = \"{b}/100\" }}\nresidual = \
             \"oakhurst\""
        )
    });
    let mix = (1..=9_i64).prop_map(|w| {
        format!(
            "\"weighted\"\nweights = [{{ basis = \"calls\", weight = \"0.{w}\" }}, {{ basis = \
             \"population\", weight = \"{}/10\" }}]",
            10 - w
        )
    });
    prop_oneof![simple.prop_map(str::to_owned), fixed, mix]
}

/// Tables that the terms may have besides, each on its own or all together.
fn any_extras() -> impl Strategy<Value = String> {
    let charge = "[[charge]]\nname = \"patrol\"\nto = \"pool:cost\"\nquantity = \"20\"\nprice = \
                  \"17.3\"\nper = \"week\"\nfrom = 2026-09-12\n";
    let promise = "[[promise]]\ntown = \"barlow\"\nhours = \"50/3\"\nper = \"month\"\nfrom = \
                   2026-09-01\ncarry_months = 1\nundelivered_credit = \"19.99\"\nexcess_charge = \
                   \"25\"\n";
    let limit = "[[limit]]\nname = \"cap\"\nparty = \"barlow\"\nof = [\"labour\", \
                 \"pool:cost\"]\nat_most = \"900\"\nat_least = \"50\"\nper = \"year\"\nyear_begins = \
                 9\nexcess_to = \"oakhurst\"\n";
    let member = "[[membership]]\ntown = \"oakhurst\"\nfrom = 2026-10-16\n";
    let transfer = "[[transfer]]\nname = \"buy-in\"\non = 2026-10-16\namounts = { oakhurst = \
                    \"10\", fenwick = \"-10\" }\n";
    prop::sample::subsequence(vec![charge, promise, limit, member, transfer], 0..=5)
        .prop_map(|tables| tables.concat())
}

fn any_terms() -> impl Strategy<Value = String> {
    let rounding = select(vec![
        "order = [\"oakhurst\", \"provider\", \"barlow\", \"fenwick\"]",
        "residual = \"provider\"",
        "residual = \"fenwick\"",
    ]);
    let cost = select(vec![
        "cost = \"actual\"\npremium = \"pro_rata\"",
        "cost = \"actual\"\npremium = \"worked_last\"",
        "cost = \"actual\"\npremium = \"provider\"",
        "cost = \"actual\"\npremium = \"pool:cost\"",
        "cost = \"hourly\"\nhourly_rate = \"37.77\"",
    ]);
    let split = select(vec!["worked", "pool:cost"]);
    let travel = select(vec!["destination", "pool:other", "provider"]);
    let percent = select(vec!["0", "10", "7.25", "100/3"]);
    let parts = (
        rounding,
        cost,
        split,
        travel,
        any_basis(),
        any_basis(),
        percent,
        any_extras(),
    );
    parts.prop_map(
        |(rounding, cost, split, travel, one, other, percent, extras)| {
            format!(
                "grammar = 1\nagreement = \"three-rivers\"\ntowns = [\"barlow\", \"fenwick\", \
             \"oakhurst\"]\n[rounding]\n{rounding}\n[labour]\n{cost}\nsplit = \"{split}\"\ntravel \
             = \"{travel}\"\nelsewhere = \"pool:other\"\naid = \"provider\"\n[[pool]]\nname = \
             \"cost\"\nif_zero = \"equal\"\nbasis = {one}\n[[pool]]\nname = \"other\"\nif_zero = \
             \"provider\"\nbasis = {other}\n[[fee]]\nname = \"admin\"\npercent = \
             \"{percent}\"\nbase = [\"labour\", \"direct\", \"pool:cost\"]\n{extras}"
            )
        },
    )
}

fn any_week() -> impl Strategy<Value = LabourWeek> {
    let slices = prop::collection::vec((select(&PLACES[..]), 0..7_i64, 1..900_i64, 0..3_i64), 0..6);
    (0..12_i64, 1..4_u32, slices, 0..100_000_i64, 1..99_i64).prop_map(
        |(n, revision, parts, premium, by)| {
            let start = date("2026-09-06")
                .checked_add(jiff::ToSpan::days(n * 7))
                .unwrap();
            let slices = parts
                .into_iter()
                .zip(1..)
                .map(|((place, day, minutes, third), duty)| {
                    let on = start
                        .checked_add(jiff::ToSpan::days(day))
                        .unwrap()
                        .to_string();
                    let past = minutes * third / 3;
                    let mut slice = slice(duty, &on, place, minutes, past);
                    slice.base_cost_cents = Fraction::new(minutes * 4_801, by).unwrap();
                    slice
                });
            let seq = n.unsigned_abs() * 10 + u64::from(revision);
            let mut week = week(seq, &start.to_string(), "0", slices.collect());
            week.revision = revision;
            week.premium_cents = Fraction::new(premium, by).unwrap();
            week
        },
    )
}

fn any_incident() -> impl Strategy<Value = Incident> {
    let minutes = prop::option::of(0..500_i64);
    (
        1..60_u64,
        select(&TOWNS[..]),
        any_day(),
        minutes,
        any::<bool>(),
        0..3_u64,
    )
        .prop_map(|(n, town, day, minutes, withdrawn, later)| {
            let mut incident = incident(n, town, &day, minutes);
            incident.source.seq = n * 10 + later;
            incident.withdrawn = withdrawn;
            incident
        })
}

fn any_expense() -> impl Strategy<Value = Expense> {
    let to = select(vec!["cost", "other", "barlow", "oakhurst", "provider"]);
    (1..40_u64, to, -5_000..500_000_i64, any_day()).prop_map(|(n, to, cents, day)| {
        let target = if matches!(to, "cost" | "other") {
            pool(to)
        } else {
            direct(to)
        };
        expense(n, target, cents, &day)
    })
}

fn any_figure() -> impl Strategy<Value = Figure> {
    (10..99_u64, select(&TOWNS[..]), any_day(), 0..9_999_i64).prop_map(|(seq, town, day, value)| {
        figure(seq, town, "population", &day, &value.to_string())
    })
}

fn any_entry() -> impl Strategy<Value = Entry> {
    prop_oneof![
        any_week().prop_map(Entry::Labour),
        any_incident().prop_map(Entry::Incident),
        any_expense().prop_map(Entry::Expense),
        any_figure().prop_map(Entry::Figure),
    ]
}

/// Facts that do not contradict each other: one of each place in a log.
fn any_facts() -> impl Strategy<Value = Vec<Entry>> {
    prop::collection::vec(any_entry(), 0..40).prop_map(|entries| {
        let mut seen = std::collections::BTreeSet::new();
        let first = figures().into_iter().map(Entry::Figure);
        let all = first.chain(entries);
        all.filter(|entry| seen.insert(place(entry))).collect()
    })
}

fn place(entry: &Entry) -> String {
    match entry {
        Entry::Labour(week) => format!("week {} {}", week.week_start, week.revision),
        Entry::Incident(incident) => format!("incident {}", incident.source.seq),
        Entry::Expense(expense) => format!("expense {}", expense.id),
        Entry::Figure(figure) => format!("figure {}", figure.source.seq),
        other => format!("{other:?}"),
    }
}

fn facts_of(entries: &[Entry]) -> Facts {
    let mut facts = Facts::default();
    for entry in entries {
        match entry.clone() {
            Entry::Labour(week) => facts.labour.push(week),
            Entry::Incident(incident) => facts.incidents.push(incident),
            Entry::Expense(expense) => facts.expenses.push(expense),
            Entry::Figure(figure) => facts.figures.push(figure),
            _ => {}
        }
    }
    facts
}

fn read(text: &str) -> Terms {
    Terms::parse(text).unwrap_or_else(|problems| panic!("{text}\n{problems:#?}"))
}

/// Settles a month, and checks that parts equal wholes; each party's total.
fn whole(terms: &Terms, month: Month, facts: &Facts) -> Vec<Cents> {
    let settlement = settle(terms, month, facts).unwrap();
    for pool in settlement
        .pools
        .iter()
        .filter(|pool| !pool.shares.is_empty())
    {
        let parts = Cents::sum(pool.shares.iter().map(|share| share.cents)).unwrap();
        assert_eq!(parts, pool.amount_cents, "{}", pool.pool);
        let shares = Fraction::sum(pool.shares.iter().map(|share| &share.share));
        assert_eq!(shares, Fraction::one(), "{}", pool.pool);
    }
    let lines = Cents::sum(settlement.lines.iter().map(|line| line.cents)).unwrap();
    let totals = Cents::sum(settlement.totals.iter().map(|total| total.cents)).unwrap();
    assert_eq!(lines, totals);
    settlement.totals.iter().map(|total| total.cents).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn parts_equal_the_whole_and_nothing_is_lost(text in any_terms(), entries in any_facts()) {
        let terms = read(&text);
        let facts = facts_of(&entries);
        for name in ["2026-09", "2026-10", "2026-11", "2026-12"] {
            whole(&terms, month(name), &facts);
            // Every expense and every officer's cent of the month is in some pool or line.
            let settlement = settle(&terms, month(name), &facts).unwrap();
            let drawn = |prefix: &str| {
                let lines = settlement.lines.iter().filter(|l| l.key.starts_with(prefix));
                Cents::sum(lines.map(|line| line.cents)).unwrap().0
            };
            let spent = facts.expenses.iter().filter(|e| month(name).contains(e.date));
            let spent: i64 = spent.map(|e| e.amount_cents.0).sum();
            let others = drawn("labour/") + drawn("premium/") + drawn("pool/") + drawn("direct/");
            let labour = others - spent;
            let mut alone = facts.clone();
            alone.expenses.clear();
            let alone = settle(&terms, month(name), &alone).unwrap();
            let costs = ["labour/", "premium/", "pool/"];
            let alone = alone.lines.iter().filter(|l| costs.iter().any(|c| l.key.starts_with(c)));
            prop_assert_eq!(labour, alone.map(|line| line.cents.0).sum::<i64>());
            // What a limit or a transfer takes from one, others have.
            prop_assert_eq!(drawn("limit/") + drawn("transfer/"), 0);
        }
    }

    #[test]
    fn the_order_of_facts_changes_nothing(
        text in any_terms(),
        entries in any_facts(),
        swaps in prop::collection::vec((any::<Index>(), any::<Index>()), 40),
    ) {
        let terms = read(&text);
        let mut shuffled = entries.clone();
        for (a, b) in swaps {
            let (a, b) = (a.index(entries.len()), b.index(entries.len()));
            shuffled.swap(a, b);
        }
        let one = settle(&terms, month("2026-10"), &facts_of(&entries));
        let other = settle(&terms, month("2026-10"), &facts_of(&shuffled));
        prop_assert_eq!(one, other);
    }

    #[test]
    fn a_direct_charge_depends_on_its_own_facts_alone(
        text in any_terms(),
        entries in any_facts(),
        more in any_facts(),
    ) {
        let terms = read(&text);
        let own = expense(77, direct("barlow"), 12_345, "2026-10-09");
        for entries in [entries, more, vec![]] {
            let mut facts = facts_of(&entries);
            facts.expenses.retain(|e| e.id != own.id);
            facts.expenses.push(own.clone());
            if facts.figures.is_empty() {
                facts.figures = figures();
            }
            let settlement = settle(&terms, month("2026-10"), &facts).unwrap();
            let key = format!("direct/{}/barlow", own.id);
            let line = settlement.lines.iter().find(|line| line.key == key).unwrap();
            prop_assert_eq!((line.cents, line.moved_cent), (Cents(12_345), 0));
        }
    }

    #[test]
    fn statements_over_any_sequence_of_late_facts_telescope(
        text in any_terms(),
        entries in any_facts(),
        cuts in prop::collection::vec(any::<Index>(), 4),
    ) {
        let months = ["2026-09", "2026-10", "2026-11", "2026-12"].map(month);
        // The first three are the figures without which no month can be closed.
        let late = entries.len() - 2;
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| 3 + cut.index(late)).collect();
        cuts.sort_unstable();
        let start = [
            Entry::AgreementSigned {
                agreement: "three-rivers".parse().unwrap(),
                starts_on: date("2026-09-01"),
                ends_on: None,
            },
            Entry::TermsInForce {
                source: at("registry", 1),
                version: 1,
                from: date("2026-09-01"),
                toml: text.clone(),
            },
        ];
        let mut ledger = Ledger::fold(&start);
        let mut owed = vec![0_i64; 4];
        let mut taken = 0;
        for (month, cut) in months.into_iter().zip(cuts) {
            for entry in &entries[taken..cut] {
                ledger.apply(entry);
            }
            taken = cut;
            let close = ledger.close(month, &[]).unwrap();
            for (owed, statement) in owed.iter_mut().zip(&close.statements) {
                *owed += statement.total_cents.0;
                prop_assert!(statement.adjustments.iter().all(|a| !a.causes.is_empty()));
            }
            ledger.apply(&Entry::PeriodClosed { month, edition: close.edition, open: vec![] });
            for statement in close.statements {
                ledger.apply(&Entry::StatementIssued(Box::new(statement)));
            }
        }
        let terms = read(&text);
        let known = facts_of(&entries[..taken]);
        let mut now = vec![0_i64; 4];
        for month in months {
            for (now, total) in now.iter_mut().zip(whole(&terms, month, &known)) {
                *now += total.0;
            }
        }
        prop_assert_eq!(owed, now);
    }
}
