//! Rules about shifts themselves.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use roster::{Shift, ShiftId};
use vocabulary::{Account, Minutes, OfficerId, TownId};

use super::super::command::{Draft, Holder, Known};
use super::super::event::{Event, Slot};
use super::super::refusal::Refusal;
use super::super::rules;
use super::super::state::{Planned, Stage, State};
use super::enrolled;

pub(super) fn draft(
    state: &State,
    known: &Known,
    drafts: Vec<Draft>,
    passing: bool,
) -> Result<Vec<Event>, Refusal> {
    let mut pending: BTreeMap<ShiftId, Slot> = BTreeMap::new();
    let mut order = Vec::new();
    for draft in drafts {
        let taken = |id: &ShiftId| state.shifts.contains_key(id) || pending.contains_key(id);
        let id = match &draft.id {
            Some(id) if taken(id) && passing => continue,
            Some(id) if taken(id) => return Err(Refusal::Exists(id.clone())),
            Some(id) => id.clone(),
            None => named(known, &draft, taken)?,
        };
        let slot = slot(known, id, draft)?;
        check_overlap(state, &pending, &slot)?;
        order.push(slot.shift.id().clone());
        pending.insert(slot.shift.id().clone(), slot);
    }
    let slots = order.iter().filter_map(|id| pending.remove(id));
    Ok(slots.map(|slot| Event::ShiftDrafted { slot }).collect())
}

/// An id of town and local start, numbered if that is taken.
fn named(
    known: &Known,
    draft: &Draft,
    taken: impl Fn(&ShiftId) -> bool,
) -> Result<ShiftId, Refusal> {
    let zone = zone_of(known, &draft.town)?;
    let local = zone.rules().to_datetime(draft.start);
    let base = format!("{}.{}", draft.town, local.strftime("%Y%m%dt%H%M"));
    let mut numbers = std::iter::once(base.clone()).chain((2..).map(|n| format!("{base}.{n}")));
    let free = numbers.find_map(|text| ShiftId::new(text).ok().filter(|id| !taken(id)));
    Ok(free.expect("numbers do not run out"))
}

fn slot(known: &Known, id: ShiftId, draft: Draft) -> Result<Slot, Refusal> {
    let zone = zone_of(known, &draft.town)?;
    let day = zone.day_of(draft.start);
    let account = account(known, &draft.town, day, draft.account)?;
    let made = Shift::new(id, draft.town, draft.kind, draft.start, draft.end);
    let shift = made.map_err(|e| Refusal::NoShift(e.to_string()))?;
    in_future(known, &shift)?;
    if let Some(officer) = &draft.officer {
        enrolled(known, officer)?;
    }
    Ok(Slot {
        shift,
        day,
        officer: draft.officer,
        equipment: draft.equipment,
        account,
    })
}

fn zone_of<'k>(known: &'k Known, town: &TownId) -> Result<&'k vocabulary::Zone, Refusal> {
    let zone = known.towns.get(town);
    zone.ok_or_else(|| Refusal::UnknownTown(town.clone()))
}

/// The account that is named, if it holds; else the town's only agreement; else the provider's.
fn account(
    known: &Known,
    town: &TownId,
    day: Date,
    named: Option<Account>,
) -> Result<Account, Refusal> {
    let agreements = known.agreements_of(town, day);
    let town = town.clone();
    match named {
        Some(Account::Provider) => Ok(Account::Provider),
        Some(Account::Agreement(id)) if agreements.contains(&&id) => Ok(Account::Agreement(id)),
        Some(account) => Err(Refusal::AccountWrong { account, town, day }),
        None => match agreements.as_slice() {
            [] => Ok(Account::Provider),
            [only] => Ok(Account::Agreement((*only).clone())),
            many => Err(Refusal::AccountUnclear {
                town,
                day,
                n: many.len(),
            }),
        },
    }
}

fn in_future(known: &Known, shift: &Shift) -> Result<(), Refusal> {
    if shift.start() > known.now {
        return Ok(());
    }
    Err(Refusal::InPast {
        shift: shift.id().clone(),
        start: known.local(shift.start()),
        now: known.local(known.now),
    })
}

fn check_overlap(
    state: &State,
    pending: &BTreeMap<ShiftId, Slot>,
    slot: &Slot,
) -> Result<(), Refusal> {
    match (rules::overlapping(state, pending, slot), &slot.officer) {
        (Some(other), Some(officer)) => Err(Refusal::Overlaps {
            officer: officer.clone(),
            shift: slot.shift.id().clone(),
            other: other.clone(),
        }),
        _ => Ok(()),
    }
}

/// A shift that is drafted or published.
pub(super) fn standing<'s>(state: &'s State, id: &ShiftId) -> Result<&'s Planned, Refusal> {
    let planned = state.shifts.get(id);
    let planned = planned.ok_or_else(|| Refusal::UnknownShift(id.clone()))?;
    match planned.stage {
        Stage::Draft | Stage::Published => Ok(planned),
        Stage::Dropped | Stage::Cancelled => Err(Refusal::Cancelled(id.clone())),
    }
}

pub(super) fn not_started(known: &Known, planned: &Planned) -> Result<(), Refusal> {
    let shift = &planned.slot.shift;
    if shift.start() > known.now || planned.stage == Stage::Draft {
        return Ok(());
    }
    Err(Refusal::Started {
        shift: shift.id().clone(),
        start: known.local(shift.start()),
    })
}

/// The time until the earlier of two starts; refused if it is too short for a published shift.
fn notice(
    known: &Known,
    planned: &Planned,
    start: Timestamp,
    short_notice: bool,
) -> Result<Option<Minutes>, Refusal> {
    if !planned.is_published() {
        return Ok(None);
    }
    let shift = &planned.slot.shift;
    let notice = Minutes::between(known.now, shift.start().min(start));
    // A shift that nobody has disturbs nobody.
    if notice < known.notice && !short_notice && planned.slot.officer.is_some() {
        return Err(Refusal::NoticeTooShort {
            shift: shift.id().clone(),
            notice,
            least: known.notice,
        });
    }
    Ok(Some(notice))
}

pub(super) fn change(
    state: &State,
    known: &Known,
    id: &ShiftId,
    (start, end): (Option<Timestamp>, Option<Timestamp>),
    holder: Holder,
    short_notice: bool,
) -> Result<Vec<Event>, Refusal> {
    let planned = standing(state, id)?;
    not_started(known, planned)?;
    let was = &planned.slot;
    let officer = match holder {
        Holder::Same => was.officer.clone(),
        Holder::Nobody => None,
        Holder::Officer(officer) => {
            enrolled(known, &officer)?;
            Some(officer)
        }
    };
    let (start, end) = (
        start.unwrap_or(was.shift.start()),
        end.unwrap_or(was.shift.end()),
    );
    let (town, kind) = (was.shift.town().clone(), was.shift.kind().clone());
    let day = zone_of(known, &town)?.day_of(start);
    let made = Shift::new(id.clone(), town, kind, start, end);
    let slot = Slot {
        shift: made.map_err(|e| Refusal::NoShift(e.to_string()))?,
        day,
        officer,
        equipment: was.equipment.clone(),
        account: was.account.clone(),
    };
    if slot == *was {
        return Err(Refusal::NothingChanges(id.clone()));
    }
    in_future(known, &slot.shift)?;
    let town = slot.shift.town();
    account(known, town, day, Some(slot.account.clone()))?;
    let notice = notice(known, planned, start, short_notice)?;
    check_overlap(state, &BTreeMap::new(), &slot)?;
    changed(state, known, vec![(slot, notice)])
}

/// The events of slots that take the place of those of the same shifts; published ones pass the
/// gate and the rules first.
pub(super) fn changed(
    state: &State,
    known: &Known,
    slots: Vec<(Slot, Option<Minutes>)>,
) -> Result<Vec<Event>, Refusal> {
    let published = |slot: &Slot| {
        let planned = state.shifts.get(slot.shift.id());
        planned.is_some_and(Planned::is_published)
    };
    let told: Vec<Slot> = slots.iter().map(|(slot, _)| slot.clone()).collect();
    let told: Vec<Slot> = told.into_iter().filter(published).collect();
    let unmet = rules::unmet(state, known, &told);
    if !unmet.is_empty() {
        return Err(Refusal::Unmet(unmet));
    }
    let mut events = Vec::new();
    for (slot, notice_minutes) in slots {
        let Some(planned) = state.shifts.get(slot.shift.id()) else {
            continue;
        };
        let (shift, day) = (slot.shift.id().clone(), slot.day);
        events.push(Event::ShiftChanged {
            slot,
            former_officer: planned.slot.officer.clone(),
            former_town: planned.slot.shift.town().clone(),
            notice_minutes,
        });
        if planned.flag.is_some() {
            events.push(Event::FlagCleared { shift, day });
        }
    }
    Ok(events)
}

/// Drafts only: what is published keeps who has it. An open shift that is published counts as one.
pub(super) fn assign(
    state: &State,
    known: &Known,
    pairs: Vec<(ShiftId, OfficerId)>,
) -> Result<Vec<Event>, Refusal> {
    let mut pending: BTreeMap<ShiftId, Slot> = BTreeMap::new();
    let mut slots = Vec::new();
    for (id, officer) in pairs {
        let planned = standing(state, &id)?;
        if planned.is_published() && planned.slot.officer.is_some() {
            return Err(Refusal::AlreadyPublished(id));
        }
        in_future(known, &planned.slot.shift)?;
        enrolled(known, &officer)?;
        let slot = Slot {
            officer: Some(officer),
            ..planned.slot.clone()
        };
        check_overlap(state, &pending, &slot)?;
        let notice = notice(known, planned, slot.shift.start(), true)?;
        pending.insert(id, slot.clone());
        if slot != planned.slot {
            slots.push((slot, notice));
        }
    }
    changed(state, known, slots)
}

pub(super) fn cancel(
    state: &State,
    known: &Known,
    id: &ShiftId,
    short_notice: bool,
) -> Result<Vec<Event>, Refusal> {
    let planned = standing(state, id)?;
    not_started(known, planned)?;
    let notice_minutes = notice(known, planned, planned.slot.shift.start(), short_notice)?;
    let mut events = super::requests::lapsing(state, known, id);
    events.push(Event::ShiftCancelled {
        shift: id.clone(),
        day: planned.slot.day,
        notice_minutes,
    });
    Ok(events)
}

pub(super) fn publish(
    state: &State,
    known: &Known,
    ids: &[ShiftId],
) -> Result<Vec<Event>, Refusal> {
    let mut drafts = BTreeMap::new();
    for id in ids {
        let planned = standing(state, id)?;
        if planned.is_published() {
            return Err(Refusal::AlreadyPublished(id.clone()));
        }
        in_future(known, &planned.slot.shift)?;
        drafts.insert(id, planned.slot.clone());
    }
    if drafts.is_empty() {
        return Err(Refusal::NothingToPublish);
    }
    let slots: Vec<Slot> = drafts.values().cloned().collect();
    let unmet = rules::unmet(state, known, &slots);
    if !unmet.is_empty() {
        return Err(Refusal::Unmet(unmet));
    }
    let told = drafts.into_values().map(|slot| Event::ShiftPublished {
        shift: slot.shift.id().clone(),
        day: slot.day,
    });
    Ok(told.collect())
}
