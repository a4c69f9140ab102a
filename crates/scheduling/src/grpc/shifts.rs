//! Shifts drafted, changed, cancelled, published.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use roster::{Coverage, Pattern, ShiftId, ShiftKind};
use rpc::refuse;
use tonic::{Code, Request, Response, Status};
use vocabulary::{Account, Minutes, OfficerId, TownId};
use wire::convert::{all, optional, required};
use wire::scheduling::v1 as pb;
use wire::{Violation, status};

use super::{Answer, Scheduling, parse};
use crate::domain::outlook::Period;
use crate::domain::roster::{Act, Draft, Event, Holder, Known, Stage};
use crate::domain::town;
use crate::mirror::Of;
use crate::projection::{rows, shifts, towns};

/// Shifts of one command at most.
const AT_ONCE_MAX: usize = 2_000;

fn not_too_many(n: usize) -> Result<(), Status> {
    if n <= AT_ONCE_MAX {
        return Ok(());
    }
    let told = format!("{n} shifts: at most {AT_ONCE_MAX} at once; take a shorter period");
    let message = format!("The call would touch {told}.");
    let violation = Violation::new("until", told);
    Err(status(
        Code::InvalidArgument,
        "TOO_MANY_SHIFTS",
        message,
        [violation],
    ))
}

pub(super) async fn add(
    scheduling: &Scheduling,
    request: Request<pb::AddShiftRequest>,
) -> Answer<pb::AddShiftResponse> {
    let asked = request.get_ref();
    let (id, town, kind, officer, account, equipment) = all((
        optional::<ShiftId>("shift", &asked.shift),
        required::<TownId>("town", &asked.town),
        required::<ShiftKind>("kind", &asked.kind),
        optional::<OfficerId>("officer", &asked.officer),
        optional::<Account>("account", &asked.account),
        parse::equipment(&asked.equipment),
    ))?;
    let known = scheduling.known(Of::Nobody).await?;
    let zone = parse::zone_of(&known, &town)?;
    let draft = Draft {
        id,
        start: parse::time("start", &asked.start, zone)?,
        end: parse::time("end", &asked.end, zone)?,
        town,
        kind,
        officer,
        equipment,
        account,
    };
    let act = Act::Draft {
        drafts: vec![draft],
        passing: false,
    };
    let done = scheduling.act(&request, known, act).await?;
    let drafted = drafted(&done)?;
    Ok(Response::new(pb::AddShiftResponse {
        seq: done.last_seq,
        shift: drafted.into_iter().next().unwrap_or_default(),
    }))
}

/// Ids of the shifts that a command drafted.
fn drafted(done: &eventlog::Outcome) -> Result<Vec<String>, Status> {
    let mut ids = Vec::new();
    for recorded in &done.events {
        if let Event::ShiftDrafted { slot } = recorded.event().map_err(refuse)? {
            ids.push(slot.shift.id().to_string());
        }
    }
    Ok(ids)
}

pub(super) async fn draft(
    scheduling: &Scheduling,
    request: Request<pb::DraftShiftsRequest>,
) -> Answer<pb::DraftShiftsResponse> {
    let asked = request.get_ref();
    let period = parse::period(&asked.from, &asked.until)?;
    let named = asked
        .towns
        .iter()
        .map(|town| required::<TownId>("towns", town));
    let named: BTreeSet<TownId> = named.collect::<Result<_, _>>()?;
    let longest = parse::minutes("window_minutes", asked.window_minutes, 24 * 60)?;
    let windows = match longest {
        Minutes::ZERO => None,
        longest => Some((longest, required("window_kind", &asked.window_kind)?)),
    };
    let known = scheduling.known(Of::Nobody).await?;
    for town in &named {
        parse::zone_of(&known, town)?;
    }
    let plans = rows::<towns::Towns>(&scheduling.store, &[]).await;
    let (mut drafts, mut skipped) = (Vec::new(), Vec::new());
    for towns::TownRow { town, plan } in plans.map_err(refuse)?.into_iter().map(|row| row.row) {
        if named.is_empty() || named.contains(&town) {
            of_patterns(&known, (&town, &plan), period, &mut drafts, &mut skipped);
            if let Some(windows) = &windows {
                of_windows(&known, (&town, &plan), period, windows, &mut drafts);
            }
        }
    }
    drafts.retain(|draft| draft.start > known.now);
    not_too_many(drafts.len())?;
    let act = Act::Draft {
        drafts,
        passing: true,
    };
    let done = scheduling.act(&request, known, act).await?;
    Ok(Response::new(pb::DraftShiftsResponse {
        seq: done.last_seq,
        shifts: drafted(&done)?,
        skipped,
    }))
}

fn bounds(known: &Known, (from, to): Period) -> (Timestamp, Timestamp) {
    (known.zone().start_of(from), known.zone().start_of(to))
}

fn of_patterns(
    known: &Known,
    (town, plan): (&TownId, &town::State),
    period: Period,
    drafts: &mut Vec<Draft>,
    skipped: &mut Vec<String>,
) {
    let (from, to) = bounds(known, period);
    for (id, own) in &plan.patterns {
        for one in own.text.expand(from, to) {
            // An occurrence is a shift by the way patterns are read.
            let shift = Pattern::shift(id, &one, town.clone(), own.kind.clone());
            let Ok(shift) = shift else { continue };
            drafts.push(Draft {
                id: Some(shift.id().clone()),
                town: town.clone(),
                kind: own.kind.clone(),
                start: one.start,
                end: one.end,
                officer: None,
                equipment: own.equipment.clone(),
                account: None,
            });
        }
        let passed = own.text.skipped().iter();
        let passed = passed.filter(|local| period.0 <= local.date() && local.date() < period.1);
        skipped.extend(passed.map(|local| format!("{id}: {local}")));
    }
}

fn of_windows(
    known: &Known,
    (town, plan): (&TownId, &town::State),
    (from, to): Period,
    (longest, kind): &(Minutes, ShiftKind),
    drafts: &mut Vec<Draft>,
) {
    let Some(zone) = known.towns.get(town) else {
        return;
    };
    let coverage = Coverage {
        town: town.clone(),
        zone: zone.clone(),
        bought: plan.bought(),
        windows: plan
            .presence(from, to)
            .into_iter()
            .map(|p| p.window())
            .collect(),
    };
    let mut numbers: BTreeMap<Timestamp, u32> = BTreeMap::new();
    for shift in roster::draft(&coverage, kind, from, to, *longest).unwrap_or_default() {
        // Numbered by start, so that a longer period gives the same shift the same id.
        let number = numbers.entry(shift.start()).or_default();
        *number += 1;
        let local = zone.rules().to_datetime(shift.start());
        let id = format!("{town}.{}.w{number}", local.strftime("%Y%m%dt%H%M"));
        drafts.push(Draft {
            id: ShiftId::new(id).ok(),
            town: town.clone(),
            kind: kind.clone(),
            start: shift.start(),
            end: shift.end(),
            officer: None,
            equipment: Vec::new(),
            account: None,
        });
    }
}

pub(super) async fn change(
    scheduling: &Scheduling,
    request: Request<pb::ChangeShiftRequest>,
) -> Answer<pb::ChangeShiftResponse> {
    let asked = request.get_ref();
    let (id, officer) = all((
        required::<ShiftId>("shift", &asked.shift),
        optional::<OfficerId>("officer", &asked.officer),
    ))?;
    let holder = match (officer, asked.open) {
        (Some(_), true) => {
            let problem = "cannot be said together with `open`: leave one out";
            return Err(Violation::new("officer", problem).into());
        }
        (Some(officer), false) => Holder::Officer(officer),
        (None, true) => Holder::Nobody,
        (None, false) => Holder::Same,
    };
    let row = scheduling.shift(&id).await?;
    let mut officers: BTreeSet<OfficerId> = row.officer.into_iter().collect();
    if let Holder::Officer(officer) = &holder {
        officers.insert(officer.clone());
    }
    let known = scheduling.known(Of::These(officers)).await?;
    let zone = parse::zone_of(&known, &row.town)?;
    let act = Act::Change {
        shift: id,
        start: wire::convert::local_time("start", &asked.start, zone)?,
        end: wire::convert::local_time("end", &asked.end, zone)?,
        holder,
        short_notice: asked.short_notice,
    };
    let done = scheduling.act(&request, known, act).await?;
    Ok(Response::new(pb::ChangeShiftResponse {
        seq: done.last_seq,
        notice_minutes: notice(&done)?,
    }))
}

/// The notice that a command gave; none to drafts.
fn notice(done: &eventlog::Outcome) -> Result<i64, Status> {
    for recorded in &done.events {
        if let Event::ShiftChanged { notice_minutes, .. }
        | Event::ShiftCancelled { notice_minutes, .. } = recorded.event().map_err(refuse)?
        {
            return Ok(notice_minutes.unwrap_or_default().0);
        }
    }
    Ok(0)
}

pub(super) async fn cancel(
    scheduling: &Scheduling,
    request: Request<pb::CancelShiftRequest>,
) -> Answer<pb::CancelShiftResponse> {
    let asked = request.get_ref();
    let act = Act::Cancel {
        shift: required("shift", &asked.shift)?,
        short_notice: asked.short_notice,
    };
    let known = scheduling.known(Of::Nobody).await?;
    let done = scheduling.act(&request, known, act).await?;
    Ok(Response::new(pb::CancelShiftResponse {
        seq: done.last_seq,
        notice_minutes: notice(&done)?,
    }))
}

pub(super) async fn publish(
    scheduling: &Scheduling,
    request: Request<pb::PublishShiftsRequest>,
) -> Answer<pb::PublishShiftsResponse> {
    let asked = request.get_ref();
    let mut rows = Vec::new();
    if asked.shifts.is_empty() {
        let period = parse::period(&asked.from, &asked.until)?;
        rows = drafts_of(scheduling, period, &asked.towns).await?;
    } else {
        for id in parse::shifts(&asked.shifts)? {
            rows.push(scheduling.shift(&id).await?);
        }
    }
    not_too_many(rows.len())?;
    let officers = rows.iter().filter_map(|row| row.officer.clone()).collect();
    let known = scheduling.known(Of::These(officers)).await?;
    let ids = rows.iter().map(|row| row.planned.slot.shift.id().clone());
    let shifts: Vec<ShiftId> = ids.collect();
    let told: Vec<String> = shifts.iter().map(ToString::to_string).collect();
    let done = scheduling
        .act(&request, known, Act::Publish { shifts })
        .await?;
    Ok(Response::new(pb::PublishShiftsResponse {
        seq: done.last_seq,
        shifts: told,
    }))
}

/// Drafts of a period that are to come, of some towns or of all.
async fn drafts_of(
    scheduling: &Scheduling,
    period: (Date, Date),
    towns: &[String],
) -> Result<Vec<shifts::ShiftRow>, Status> {
    let towns = towns.iter().map(|town| required::<TownId>("towns", town));
    let towns: BTreeSet<TownId> = towns.collect::<Result<_, _>>()?;
    let now = scheduling.store.surroundings().now();
    let rows = shifts::between(&scheduling.store, &[], period).await;
    let mut rows = rows.map_err(refuse)?;
    rows.retain(|row| {
        row.planned.stage == Stage::Draft
            && row.planned.slot.shift.start() > now
            && (towns.is_empty() || towns.contains(&row.town))
    });
    Ok(rows)
}
