//! A small October and November of one shared officer, told the same way each time: the same
//! calls in the same order under the same command ids, so that the statements must be the same.

pub(crate) mod script;

use std::collections::BTreeMap;

use jiff::Timestamp;
use proof::bundle::Files;
use prost_types::Timestamp as Instant;
use wire::incidents::v1 as incidents;
use wire::payroll::v1 as payroll;
use wire::registry::v1 as registry;
use wire::statements::v1 as statements;

use super::files::Who::{Officer, Reviewer, Staff};
use super::platform::Platform;
use script::{Punch, TOWNS};

pub(crate) const AGREEMENT: &str = "three-rivers";
pub(crate) const OFFICER: &str = "cso-114";
pub(crate) const MONTHS: [&str; 2] = ["2026-10", "2026-11"];
pub(crate) const PARTIES: [&str; 4] = ["barlow", "cedar-fork", "millbrook", "provider"];
pub(crate) const TERMS: &str = include_str!("month/terms.toml");

/// Incidents of October in the export, and the one that is told too late.
const INCIDENTS: i64 = 30;
const LATE: i64 = 30;

/// The story's chapters. Whoever disturbs it does so between two of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Towns,
    Agreement,
    FirstHalf,
    /// A raise and a newer figure: the registry speaks again while others already act on it.
    Changes,
    SecondHalf,
    Incidents,
    Expenses,
    Approvals,
    October,
    Correction,
    November,
}

/// Something that happens to the platform while the months go by.
pub(crate) trait Disturbance {
    async fn after(&mut self, step: Step, platform: &mut Platform);
}

/// Nothing happens.
pub(crate) struct Undisturbed;

impl Disturbance for Undisturbed {
    async fn after(&mut self, _: Step, _: &mut Platform) {}
}

/// What the months came to.
pub(crate) struct Told {
    /// By month and party: the statement's JSON and CSV.
    pub(crate) statements: BTreeMap<(String, String), (String, String)>,
    pub(crate) closes: Vec<statements::CloseMonthResponse>,
}

/// Both months, from the first town to the second close.
pub(crate) async fn told(platform: &mut Platform, disturbance: &mut impl Disturbance) -> Told {
    let mut closes = Vec::new();
    for step in [
        Step::Towns,
        Step::Agreement,
        Step::FirstHalf,
        Step::Changes,
        Step::SecondHalf,
        Step::Incidents,
        Step::Expenses,
        Step::Approvals,
        Step::October,
        Step::Correction,
        Step::November,
    ] {
        closes.extend(take(platform, step).await);
        disturbance.after(step, platform).await;
    }
    let mut statements = BTreeMap::new();
    for month in MONTHS {
        for party in PARTIES {
            let document = statement(platform, month, party).await;
            statements.insert((month.to_owned(), party.to_owned()), document);
        }
    }
    Told { statements, closes }
}

/// One chapter; a month's close where it ends one.
pub(crate) async fn take(
    platform: &mut Platform,
    step: Step,
) -> Option<statements::CloseMonthResponse> {
    match step {
        Step::Towns => towns(platform).await,
        Step::Agreement => agreement(platform).await,
        Step::FirstHalf => {
            platform.heard().await;
            work(platform, script::FIRST_HALF).await;
        }
        Step::Changes => changes(platform).await,
        Step::SecondHalf => {
            platform.heard().await;
            work(platform, script::SECOND_HALF).await;
        }
        Step::Incidents => exported(platform).await,
        Step::Expenses => {
            platform.heard().await;
            spend(platform, &script::EXPENSES).await;
        }
        Step::Approvals => review(platform, &script::OCTOBER_WEEKS).await,
        Step::October => return Some(close(platform, MONTHS[0]).await),
        Step::Correction => correction(platform).await,
        Step::November => {
            spend(platform, &script::NOVEMBER_EXPENSES).await;
            return Some(close(platform, MONTHS[1]).await);
        }
    }
    None
}

async fn towns(platform: &mut Platform) {
    for (town, name, population, property_value) in TOWNS {
        let register = registry::RegisterTownRequest {
            town: town.into(),
            name: name.into(),
            state: "MO".into(),
            zone: "America/Chicago".into(),
            contacts: Vec::new(),
        };
        platform.must(Staff, register).await;
        figure(platform, town, "population", "2020-04-01", population).await;
        figure(
            platform,
            town,
            "property_value",
            "2025-12-31",
            property_value,
        )
        .await;
    }
    platform.heard().await;
}

pub(crate) async fn figure(
    platform: &mut Platform,
    town: &str,
    basis: &str,
    as_of: &str,
    value: &str,
) {
    let figure = registry::RecordBasisFigureRequest {
        town: town.into(),
        basis: basis.into(),
        as_of: as_of.into(),
        value: value.into(),
        source: "the county's yearbook".into(),
    };
    platform.must(Staff, figure).await;
}

pub(crate) async fn enrol(platform: &mut Platform, officer: &str) {
    let enrol = registry::EnrolOfficerRequest {
        officer: officer.into(),
        from: "2026-09-14".into(),
        name: "Dana Whitlock".into(),
        email: String::new(),
        phone: String::new(),
    };
    platform.must(Staff, enrol).await;
    pay(platform, officer, "2026-09-14", "21.35").await;
}

async fn pay(platform: &mut Platform, officer: &str, from: &str, dollars_per_hour: &str) {
    let rate = registry::SetPayRateRequest {
        officer: officer.into(),
        from: from.into(),
        dollars_per_hour: dollars_per_hour.into(),
        burden: "0.2235".into(),
        burden_on_premium: false,
    };
    platform.must(Staff, rate).await;
}

async fn agreement(platform: &mut Platform) {
    enrol(platform, OFFICER).await;
    let towns: Vec<String> = TOWNS.iter().map(|(town, ..)| (*town).to_owned()).collect();
    signed(platform, AGREEMENT, &towns, TERMS).await;
    let assign = registry::AssignOfficerRequest {
        officer: OFFICER.into(),
        from: "2026-10-01".into(),
        until: String::new(),
        account: format!("agreement:{AGREEMENT}"),
    };
    platform.must(Staff, assign).await;
    platform.heard().await;
}

/// An agreement from October on, drafted and signed by every party.
pub(crate) async fn signed(platform: &mut Platform, id: &str, towns: &[String], terms: &str) {
    let draft = registry::DraftAgreementRequest {
        agreement: id.into(),
        name: format!("{id} Community Safety"),
        zone: "America/Chicago".into(),
        towns: towns.to_vec(),
        starts_on: "2026-10-01".into(),
        ends_on: String::new(),
    };
    platform.must(Staff, draft).await;
    let propose = registry::ProposeTermsRequest {
        agreement: id.into(),
        effective_from: "2026-10-01".into(),
        toml: terms.into(),
    };
    let version = platform.must(Staff, propose).await.version;
    for party in towns.iter().cloned().chain(["provider".to_owned()]) {
        let sign = registry::SignTermsRequest {
            agreement: id.into(),
            version,
            party,
            on: "2026-09-28".into(),
        };
        platform.must(Staff, sign).await;
    }
}

async fn changes(platform: &mut Platform) {
    pay(platform, OFFICER, "2026-10-18", "22.10").await;
    figure(platform, "cedar-fork", "population", "2026-10-10", "931").await;
}

pub(crate) async fn work(platform: &mut Platform, punches: &[Punch]) {
    let officer = || OFFICER.to_owned();
    for punch in punches {
        match *punch {
            Punch::In(at, location) => {
                let (at, location) = (at.into(), location.into());
                let clock_in = payroll::ClockInRequest {
                    officer: officer(),
                    at,
                    location,
                    ..Default::default()
                };
                platform.must(Officer, clock_in).await;
            }
            Punch::Go(leave_at, town, arrive_at) => {
                let go = payroll::MoveRequest {
                    officer: officer(),
                    town: town.into(),
                    leave_at: leave_at.into(),
                    arrive_at: arrive_at.into(),
                    account: String::new(),
                };
                platform.must(Officer, go).await;
            }
            Punch::Out(at) => {
                let out = payroll::ClockOutRequest {
                    officer: officer(),
                    at: at.into(),
                };
                platform.must(Officer, out).await;
            }
            Punch::ByHand(start, end, location) => {
                platform.must(Staff, by_hand(start, end, location)).await;
            }
        }
    }
}

pub(crate) fn by_hand(start: &str, end: &str, location: &str) -> payroll::RecordDutyRequest {
    payroll::RecordDutyRequest {
        officer: OFFICER.into(),
        start: start.into(),
        end: end.into(),
        location: location.into(),
        account: String::new(),
        reason: "The phone was out of battery.".into(),
    }
}

/// The dispatch export in three calls, and one incident by hand.
async fn exported(platform: &mut Platform) {
    for first in (0..INCIDENTS).step_by(10) {
        let rows = (first..first + 10).map(incident).collect();
        let import = incidents::ImportIncidentsRequest { rows };
        let taken = platform.must(Staff, import).await;
        assert_eq!((taken.imported, taken.rejected), (10, Vec::new()));
    }
    let id = "phone/1".to_owned();
    let open = incidents::OpenIncidentRequest {
        incident: id.clone(),
        town: "cedar-fork".into(),
        call_type: "welfare-check".into(),
        received_at: "2026-10-31T23:50".into(),
        narrative: "A neighbour has not been seen for days.".into(),
    };
    platform.must(Staff, open).await;
    let unit = incidents::RecordUnitRequest {
        incident: id.clone(),
        unit: "1".into(),
        officer: OFFICER.into(),
        dispatched_at: "2026-10-31T23:52".into(),
        arrived_at: "2026-11-01T00:10".into(),
        cleared_at: "2026-11-01T01:10:first".into(),
    };
    platform.must(Staff, unit).await;
    let close = incidents::CloseIncidentRequest {
        incident: id,
        disposition: "report".into(),
    };
    platform.must(Staff, close).await;
}

/// The n-th row of the export: another town, day, type and length each; every seventh is without
/// its last time, every eleventh has two of them the wrong way round.
pub(crate) fn incident(n: i64) -> incidents::ImportRow {
    let start: Timestamp = "2026-10-01T05:00:00Z".parse().unwrap();
    let received = start.as_second() + (n * 7 % 31) * 86_400 + (n * 5 % 20) * 3_600 + n * 60;
    let at = |minutes: i64| {
        Some(Instant {
            seconds: received + minutes * 60,
            nanos: 0,
        })
    };
    let (town, ..) = TOWNS[usize::try_from(n * 7 / 4 % 3).unwrap()];
    let kinds = [
        "animal-complaint",
        "welfare-check",
        "parking-complaint",
        "noise-complaint",
    ];
    incidents::ImportRow {
        line: u64::try_from(n + 2).unwrap(),
        incident: format!("county-cad/26-{n:05}"),
        town: town.into(),
        call_type: kinds[usize::try_from(n % 4).unwrap()].into(),
        received_at: at(0),
        units: vec![incidents::UnitTimes {
            unit: "1".into(),
            officer: if n % 2 == 0 {
                OFFICER.into()
            } else {
                String::new()
            },
            dispatched_at: at(2),
            arrived_at: at(if n % 11 == 10 { 90 } else { 9 }),
            cleared_at: if n % 7 == 6 { None } else { at(20 + n) },
        }],
        disposition: "report".into(),
    }
}

pub(crate) fn expense(
    &(to, amount_cents, date, code): &(&str, i64, &str, &str),
) -> statements::RecordExpenseRequest {
    let (kind, name) = to.split_once(':').expect("the script says pool: or town:");
    let name = |wanted| {
        if kind == wanted {
            name.to_owned()
        } else {
            String::new()
        }
    };
    statements::RecordExpenseRequest {
        agreement: AGREEMENT.into(),
        pool: name("pool"),
        town: name("town"),
        amount_cents,
        date: date.into(),
        code: code.into(),
    }
}

async fn spend(platform: &mut Platform, expenses: &[(&str, i64, &str, &str)]) {
    for spent in expenses {
        platform.must(Staff, expense(spent)).await;
    }
}

/// The officer signs each week, somebody else approves it.
pub(crate) async fn review(platform: &mut Platform, weeks: &[&str]) {
    for week in weeks {
        let (officer, week) = (OFFICER.to_owned(), (*week).to_owned());
        let submit = payroll::SubmitWeekRequest {
            officer: officer.clone(),
            week: week.clone(),
        };
        platform.must(Officer, submit).await;
        let approve = payroll::ApproveWeekRequest {
            officer,
            week,
            from: String::new(),
            to: String::new(),
        };
        platform.must(Reviewer, approve).await;
    }
}

pub(crate) fn closing(month: &str) -> statements::CloseMonthRequest {
    statements::CloseMonthRequest {
        agreement: AGREEMENT.into(),
        month: month.into(),
        allow_open: false,
    }
}

async fn close(platform: &mut Platform, month: &str) -> statements::CloseMonthResponse {
    platform.heard().await;
    platform.must(Staff, closing(month)).await
}

/// After October is closed: its afternoon of the 21st was spent elsewhere, and an incident of it
/// is told only now. Then November's own work.
async fn correction(platform: &mut Platform) {
    work(platform, script::NOVEMBER).await;
    let correct = payroll::CorrectDutyRequest {
        officer: OFFICER.into(),
        duty: script::CORRECTED.into(),
        location: "town:cedar-fork".into(),
        reason: "The afternoon was spent at the school in Cedar Fork.".into(),
        ..Default::default()
    };
    let corrected = platform.must(Staff, correct).await;
    assert_eq!(corrected.reopened_days, ["2026-10-21"]);
    review(platform, &[script::CORRECTED_WEEK]).await;
    review(platform, &script::NOVEMBER_WEEKS).await;
    let import = incidents::ImportIncidentsRequest {
        rows: vec![incident(LATE)],
    };
    platform.must(Staff, import).await;
}

/// A statement's JSON and CSV.
pub(crate) async fn statement(
    platform: &mut Platform,
    month: &str,
    party: &str,
) -> (String, String) {
    let wanted = statements::GetStatementRequest {
        agreement: AGREEMENT.into(),
        month: month.into(),
        party: party.into(),
    };
    let found = platform.must(Staff, wanted).await;
    (found.json, found.csv)
}

/// The folder with which a party verifies its statement.
pub(crate) async fn bundle(platform: &mut Platform, month: &str, party: &str) -> Files {
    let wanted = statements::GetBundleRequest {
        agreement: AGREEMENT.into(),
        month: month.into(),
        party: party.into(),
    };
    let mut chunks = platform.must(Staff, wanted).await;
    let mut files = Files::new();
    while let Some(chunk) = chunks.message().await.unwrap() {
        files.entry(chunk.file).or_default().extend(chunk.data);
    }
    files
}
