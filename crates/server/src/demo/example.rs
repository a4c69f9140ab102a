//! The example: three invented small towns, one officer, two months. Everything here is data.

use jiff::civil::{Date, Weekday};
use rpc::{Role, Scope};
use vocabulary::Workweek;

use crate::launch::Person;

pub(crate) const AGREEMENT: &str = "three-rivers";
pub(crate) const OFFICER: &str = "cso-114";
/// Who helps out when there is a festival.
pub(crate) const RESERVE: &str = "cso-207";
pub(crate) const FIRST_MONTH: &str = "2026-10";
pub(crate) const SECOND_MONTH: &str = "2026-11";
/// What the services take for now, one after the other: the month is planned; a permit does not
/// last; both months are over.
pub(crate) const PLANNING: &str = "2026-09-28T09:00:00-05:00";
pub(crate) const MID_MONTH: &str = "2026-10-20T09:00:00-05:00";
pub(crate) const AFTERWARDS: &str = "2026-12-02T09:00:00-06:00";

pub(crate) const TERMS: &str = include_str!("../../examples/three-rivers/terms.toml");
pub(crate) const CAD: &str = include_str!("../../examples/three-rivers/cad.csv");
pub(crate) const CAD_MAPPING: &str = include_str!("../../examples/three-rivers/cad.toml");
/// The programme's profile, by its name among those that come with the platform.
pub(crate) const PROFILE: &str = "missouri-cso";
pub(crate) const MILLBROOK_CLAUSES: &str =
    include_str!("../../examples/three-rivers/millbrook-clauses.toml");
const DUTIES: &str = include_str!("../../examples/three-rivers/duties.txt");

/// A town: id, name, clerk, residents, assessed value in dollars.
pub(crate) struct Town {
    pub id: &'static str,
    pub name: &'static str,
    pub clerk: &'static str,
    pub population: &'static str,
    pub property_value: &'static str,
}

pub(crate) const TOWNS: [Town; 3] = [
    Town {
        id: "barlow",
        name: "Barlow",
        clerk: "Ruth Ames",
        population: "1480",
        property_value: "14260000",
    },
    Town {
        id: "cedar-fork",
        name: "Cedar Fork",
        clerk: "Leon Voss",
        population: "912",
        property_value: "8105000",
    },
    Town {
        id: "millbrook",
        name: "Millbrook",
        clerk: "Ines Carrow",
        population: "2317",
        property_value: "27940000",
    },
];

/// Somebody of each role, to look around as: `cwctl --use town-clerk …`.
pub(crate) fn people() -> Vec<Person> {
    let person = |context, actor, role, scope| Person {
        context,
        actor,
        role,
        scope,
    };
    let barlow = TOWNS[0].id.parse().expect("the example's towns are towns");
    let officer = OFFICER.parse().expect("the example's officer is one");
    let (town, officer) = (Scope::Towns([barlow].into()), Scope::Officer(officer));
    let all = Scope::Provider;
    vec![
        person("operations", "ops-1", Role::Operations, all.clone()),
        person("finance", "finance-1", Role::Finance, all.clone()),
        person("hr", "hr-2", Role::Hr, all.clone()),
        person("scheduler", "sched-1", Role::Scheduler, all.clone()),
        person("trainer", "trainer-1", Role::Trainer, all.clone()),
        person("officer", "badge-114", Role::Officer, officer),
        person("town-clerk", "clerk-barlow", Role::Town, town),
        person("auditor", "audit-1", Role::Auditor, all.clone()),
        person("admin", "admin-1", Role::Admin, all),
    ]
}

/// Money that the towns share: pool or town, cents, day, code.
pub(crate) const EXPENSES: [(&str, i64, &str, &str); 9] = [
    ("pool:vehicle", 48_217, "2026-10-09", "fuel"),
    ("pool:vehicle", 51_960, "2026-10-26", "fuel"),
    ("pool:vehicle", 18_333, "2026-10-31", "depreciation"),
    ("pool:readiness", 62_500, "2026-10-01", "insurance"),
    ("pool:equipment", 24_999, "2026-10-15", "radio"),
    ("town:millbrook", 7_350, "2026-10-24", "festival-signs"),
    ("pool:vehicle", 44_105, "2026-11-16", "fuel"),
    ("pool:vehicle", 18_333, "2026-11-30", "depreciation"),
    ("pool:readiness", 62_500, "2026-11-01", "insurance"),
];

/// Hours a week that the towns bought.
pub(crate) const COVERAGE: [(&str, i64); 3] =
    [("barlow", 14), ("cedar-fork", 9), ("millbrook", 17)];

/// Minutes from town to town.
pub(crate) const WAYS: [(&str, &str, i64); 3] = [
    ("barlow", "cedar-fork", 20),
    ("barlow", "millbrook", 25),
    ("cedar-fork", "millbrook", 25),
];

/// The festival's last day in Millbrook, planned for the second officer, armed.
pub(crate) const RESERVE_TOWN: &str = "millbrook";
const RESERVE_START: &str = "2026-10-24T11:00";

/// The first day on which the second officer's permit is suspended.
pub(crate) const PERMIT_SUSPENDED: &str = "2026-10-20";

/// The correction that comes after October is closed: the afternoon of the 14th was spent in
/// Cedar Fork, not in Barlow.
pub(crate) const CORRECTED_DAY: &str = "2026-10-14";
pub(crate) const CORRECTED_FROM: &str = "barlow";
pub(crate) const CORRECTED_TO: &str = "cedar-fork";

/// The employer's workweek, as `commonwatch` is configured by default.
pub(crate) fn workweek() -> Workweek {
    let zone = "America/Chicago".parse().expect("a zone of the database");
    Workweek {
        starts_on: Weekday::Sunday,
        zone,
    }
}

/// One stretch from clock-in to clock-out, as it was punched or written down.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shift {
    /// Entered by hand instead of clocked.
    pub manual: bool,
    /// The day of the clock-in.
    pub day: Date,
    /// Local time, as the service reads it.
    pub start: String,
    /// `town:barlow`, `training`, …
    pub location: String,
    /// Journeys in between.
    pub moves: Vec<Move>,
    pub end: String,
}

/// A journey to another town.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Move {
    pub leave_at: String,
    pub town: String,
    pub arrive_at: String,
}

/// Every shift of the example, in order.
pub(crate) fn shifts() -> Vec<Shift> {
    let lines = DUTIES
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim());
    lines
        .filter(|line| !line.is_empty())
        .map(|line| {
            shift(line).unwrap_or_else(|| panic!("duties.txt is ours and read by a test: {line}"))
        })
        .collect()
}

/// A stretch of a shift in one town, as it is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub town: String,
    pub start: String,
    pub end: String,
    /// For the second officer.
    pub reserve: bool,
}

/// The month's work in towns, as planned before it began.
pub(crate) fn stretches(month: &str) -> Vec<Stretch> {
    let shifts = shifts();
    let planned = shifts.iter().filter(|shift| shift.start.starts_with(month));
    planned.flat_map(Shift::stretches).collect()
}

impl Shift {
    fn stretches(&self) -> Vec<Stretch> {
        let ends = self
            .moves
            .iter()
            .map(|leg| &leg.leave_at)
            .chain([&self.end]);
        let town = self.location.strip_prefix("town:");
        let first = (town.map(str::to_owned), self.start.clone());
        let later = self.moves.iter();
        let later = later.map(|leg| (Some(leg.town.clone()), leg.arrive_at.clone()));
        let begun = [first].into_iter().chain(later);
        let of = |((town, start), end): ((Option<String>, String), &String)| {
            let reserve = town.as_deref() == Some(RESERVE_TOWN) && start == RESERVE_START;
            let end = end.clone();
            Some(Stretch {
                town: town?,
                start,
                end,
                reserve,
            })
        };
        begun.zip(ends).filter_map(of).collect()
    }
}

/// `[manual] DATE START PLACE END [> TOWN ARRIVAL END]…`
fn shift(line: &str) -> Option<Shift> {
    let mut words = line.split_whitespace().peekable();
    let manual = words.next_if_eq(&"manual").is_some();
    let day: Date = words.next()?.parse().ok()?;
    let at = |time: &str| {
        let (day, time) = match time.strip_prefix('+') {
            Some(time) => (day.tomorrow().ok()?, time),
            None => (day, time),
        };
        Some(format!("{day}T{time}"))
    };
    let start = at(words.next()?)?;
    let place = words.next()?;
    let location = match place {
        "training" | "administration" | "court" | "leave" => place.to_owned(),
        town => format!("town:{town}"),
    };
    let mut end = at(words.next()?)?;
    let mut moves = Vec::new();
    while words.next_if_eq(&">").is_some() {
        let town = words.next()?.to_owned();
        let arrive_at = at(words.next()?)?;
        moves.push(Move {
            leave_at: end,
            town,
            arrive_at,
        });
        end = at(words.next()?)?;
    }
    words.next().is_none().then_some(Shift {
        manual,
        day,
        start,
        location,
        moves,
        end,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_example_is_a_shift() {
        let shifts = shifts();
        assert!(shifts.len() > 40, "{}", shifts.len());
        let last_night = shifts
            .iter()
            .find(|shift| shift.start == "2026-10-31T20:00")
            .unwrap();
        assert_eq!(last_night.end, "2026-11-01T04:00");
        assert_eq!(last_night.moves.len(), 1);
        assert_eq!(shifts.iter().filter(|shift| shift.manual).count(), 1);
    }

    #[test]
    fn the_terms_of_the_example_are_right() {
        assert!(allocation::Terms::parse(TERMS).is_ok());
    }
}
