//! How long a month takes to settle, and that it grows with the facts and not faster:
//! `cargo run --release -p allocation --example settle_pace`.

use std::time::Instant;

use allocation::{Expense, ExpenseTo, Facts, Figure, Incident, LabourWeek, Name, Slice, Source};
use allocation::{Terms, settle};
use vocabulary::{Cents, Fraction, IncidentId, Minutes, OfficerId, TownId};

const TOWNS: [&str; 5] = ["ashby", "burnet", "carver", "dunmore", "easton"];
const TERMS: &str = r#"
grammar = 1
agreement = "five-towns"
towns = ["ashby", "burnet", "carver", "dunmore", "easton"]
rounding = { order = ["ashby", "burnet", "carver", "dunmore", "easton", "provider"] }

[labour]
cost = "actual"
split = "worked"
travel = "destination"
premium = "worked_last"
elsewhere = "pool:readiness"

[[pool]]
name = "readiness"
basis = "weighted"
weights = [
  { basis = "calls", weight = "0.4" },
  { basis = "population", weight = "0.4" },
  { basis = "incident_minutes", weight = "0.2", without_minutes = "zero" },
]

[[pool]]
name = "vehicle"
basis = "hours"

[[fee]]
name = "administration"
percent = "7.25"
base = ["labour", "premium", "direct", "pool:vehicle"]
"#;

fn main() {
    let terms = Terms::parse(TERMS).expect("written above");
    let month = "2026-10".parse().expect("a month");
    for duties in [500, 5_000, 50_000] {
        let facts = facts(duties);
        let rounds: i32 = 10;
        let start = Instant::now();
        for _ in 0..rounds {
            settle(&terms, month, &facts).expect("it settles");
        }
        let each = start.elapsed() / rounds.unsigned_abs();
        println!("{duties:>6} duties, {duties} incidents: {each:?}");
    }
}

fn facts(duties: u64) -> Facts {
    let mut facts = Facts {
        labour: (0..duties.div_ceil(25)).map(week).collect(),
        incidents: (1..=duties).map(incident).collect(),
        ..Facts::default()
    };
    for (n, name) in (1..).zip(TOWNS) {
        let town = TownId::new(name).expect("a town");
        facts.expenses.push(Expense {
            source: None,
            id: format!("five-towns.e{n}").parse().expect("an id"),
            to: ExpenseTo::Pool(Name::new("vehicle").expect("a name")),
            amount_cents: Cents(10_007),
            date: "2026-10-31".parse().expect("a date"),
            code: "fuel".to_owned(),
        });
        facts.figures.push(Figure {
            source: at("registry", n),
            town,
            basis: "population".to_owned(),
            as_of: "2020-04-01".parse().expect("a date"),
            value: Fraction::from(977 * i64::try_from(n).expect("small")),
            figure_source: "census-2020".to_owned(),
        });
    }
    facts
}

/// Twenty-five duties of one officer, mostly in towns.
fn week(n: u64) -> LabourWeek {
    let officer: OfficerId = format!("cso-{}", n + 1).parse().expect("an id");
    let slices = (1..=25).map(|duty| slice(&officer, duty)).collect();
    LabourWeek {
        source: at("payroll", n + 1),
        officer,
        week_start: "2026-10-04".parse().expect("a date"),
        revision: 1,
        slices,
        premium_cents: Fraction::new(12_345, 7).expect("not zero"),
        premium_on: "2026-10-10".parse().expect("a date"),
    }
}

fn slice(officer: &OfficerId, duty: u64) -> Slice {
    let day = 4 + duty % 7;
    let town = TOWNS[usize::try_from(duty % 5).expect("small")];
    let location = match duty % 9 {
        0 => "training".to_owned(),
        1 => format!("travel:{town}"),
        _ => format!("town:{town}"),
    };
    let start = format!("2026-10-{day:02}T12:00:00Z")
        .parse()
        .expect("an instant");
    Slice {
        duty: officer.duty(duty),
        piece: 1,
        date: format!("2026-10-{day:02}").parse().expect("a date"),
        start,
        end: start,
        location: location.parse().expect("a location"),
        minutes: Minutes(97),
        past_threshold_minutes: Minutes(if duty > 20 { 13 } else { 0 }),
        rate_cents_per_hour: Fraction::from(2_150),
        base_cost_cents: Fraction::new(97 * 2_150 * 1_273, 60_000).expect("not zero"),
    }
}

fn incident(n: u64) -> Incident {
    Incident {
        source: at("incidents", n),
        id: IncidentId::new(format!("cad/{n}")).expect("an id"),
        town: TownId::new(TOWNS[usize::try_from(n % 5).expect("small")]).expect("a town"),
        call_type: "welfare-check".to_owned(),
        date: "2026-10-15".parse().expect("a date"),
        minutes: (!n.is_multiple_of(6)).then_some(Minutes(31)),
        withdrawn: false,
    }
}

fn at(log: &str, seq: u64) -> Source {
    Source {
        log: log.to_owned(),
        seq,
    }
}
