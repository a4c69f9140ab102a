//! Rows and answers of the rules into replies.

use roster::{Candidate, Refused, Suggestion};
use vocabulary::Minutes;
use wire::convert::{date_text, timestamp_value};
use wire::scheduling::v1 as pb;

use crate::domain::RequestId;
use crate::domain::outlook::{Balance, Preview};
use crate::domain::roster::{Asked, Request, Stage, Standing};
use crate::projection::shifts::ShiftRow;

pub(super) fn shift(row: &ShiftRow) -> pb::Shift {
    let planned = &row.planned;
    let slot = &planned.slot;
    let own = &slot.shift;
    let state = match planned.stage {
        Stage::Draft => pb::ShiftState::Draft,
        Stage::Published => pb::ShiftState::Published,
        Stage::Dropped | Stage::Cancelled => pb::ShiftState::Cancelled,
    };
    let missing = planned.flag.as_ref().map(|flag| texts(&flag.missing));
    pb::Shift {
        shift: own.id().to_string(),
        town: own.town().to_string(),
        officer: slot
            .officer
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        kind: own.kind().to_string(),
        start: Some(timestamp_value(own.start())),
        end: Some(timestamp_value(own.end())),
        date: date_text(slot.day),
        minutes: own.minutes().0,
        equipment: texts(&slot.equipment),
        account: slot.account.to_string(),
        state: state.into(),
        sequence: planned.sequence,
        missing: missing.unwrap_or_default(),
        flagged: planned.flag.is_some(),
        seq: row.seq,
    }
}

fn texts(all: &[impl ToString]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

pub(super) fn what(asked: &Asked) -> &'static str {
    match asked {
        Asked::Leave { .. } => "leave",
        Asked::SignUp { .. } => "sign-up",
        Asked::Swap { .. } => "swap",
    }
}

pub(super) fn request(number: u64, own: &Request, seq: u64) -> pb::Request {
    let state = match own.standing {
        Standing::Asked => pb::RequestState::Asked,
        Standing::Agreed => pb::RequestState::Agreed,
        Standing::Approved => pb::RequestState::Approved,
        Standing::Declined => pb::RequestState::Declined,
        Standing::Withdrawn | Standing::GivenUp => pb::RequestState::Withdrawn,
    };
    let mut reply = pb::Request {
        request: RequestId::nth(number).to_string(),
        officer: own.officer.to_string(),
        state: state.into(),
        what: what(&own.asked).to_owned(),
        seq,
        ..pb::Request::default()
    };
    match &own.asked {
        Asked::Leave { start, end, kind } => {
            reply.start = Some(timestamp_value(*start));
            reply.end = Some(timestamp_value(*end));
            reply.kind = kind.to_string();
        }
        Asked::SignUp { shift } => reply.shift = shift.to_string(),
        Asked::Swap {
            shift,
            colleague,
            in_return,
        } => {
            reply.shift = shift.to_string();
            reply.colleague = colleague.to_string();
            reply.in_return = in_return
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
        }
    }
    reply
}

pub(super) fn refused(refused: &Refused) -> pb::Refused {
    pb::Refused {
        officer: refused.officer.to_string(),
        reasons: texts(&refused.reasons),
    }
}

pub(super) fn candidate(candidate: &Candidate) -> pb::Candidate {
    let overtime = candidate.overtime_minutes();
    let cost = match overtime {
        Minutes::ZERO => "no overtime".to_owned(),
        minutes => format!("{minutes} of overtime"),
    };
    pb::Candidate {
        officer: candidate.officer.to_string(),
        overtime_minutes: overtime.0,
        travel_minutes: candidate.travel_minutes.0,
        unsocial_minutes: candidate.unsocial_minutes.0,
        week_minutes: candidate.week_minutes.0,
        reason: format!(
            "eligible, rested and available; {} planned that week, {cost}, {} more on the way",
            candidate.week_minutes, candidate.travel_minutes
        ),
    }
}

pub(super) fn suggestion(found: &Suggestion) -> pb::SuggestRosterResponse {
    let assignments = found.assigned.iter().map(|one| pb::Assignment {
        shift: one.shift.id().to_string(),
        officer: one.officer.to_string(),
        town: one.shift.town().to_string(),
        start: Some(timestamp_value(one.shift.start())),
        end: Some(timestamp_value(one.shift.end())),
    });
    let unmet = found.unmet.iter().map(|one| pb::Unmet {
        shift: one.shift.id().to_string(),
        town: one.shift.town().to_string(),
        start: Some(timestamp_value(one.shift.start())),
        end: Some(timestamp_value(one.shift.end())),
        why: one.why.iter().map(refused).collect(),
    });
    let towns = found.towns.iter().map(|town| pb::TownHours {
        town: town.town.to_string(),
        bought_minutes: town.bought.0,
        planned_minutes: town.planned.0,
        absent_minutes: town.absent.0,
        unmet: texts(&town.unmet),
    });
    let wishes = found.wishes.iter().map(|wish| pb::WishUnmet {
        officer: wish.officer.to_string(),
        shift: wish.shift.to_string(),
    });
    pb::SuggestRosterResponse {
        assignments: assignments.collect(),
        unmet: unmet.collect(),
        spare: texts(&found.spare),
        towns: towns.collect(),
        wishes: wishes.collect(),
        overtime_minutes: found.score.overtime_minutes,
        travel_minutes: found.score.travel_minutes,
        breaches: Vec::new(),
        digest: String::new(),
    }
}

pub(super) fn preview(found: Preview) -> pb::PreviewAssignmentResponse {
    let weeks = found.weeks.into_iter().map(|week| pb::WeekPreview {
        week_start: date_text(week.start),
        minutes_before: week.minutes_before.0,
        minutes_after: week.minutes_after.0,
        overtime_before: week.overtime_before.0,
        overtime_after: week.overtime_after.0,
        bearers: week
            .bearers
            .into_iter()
            .map(|bearer| pb::Bearer {
                account: bearer.account.to_string(),
                town: bearer.town.to_string(),
                overtime_minutes: bearer.overtime_minutes.0,
            })
            .collect(),
    });
    pb::PreviewAssignmentResponse {
        breaches: found.breaches,
        weeks: weeks.collect(),
        travel_minutes: found.travel_minutes.0,
    }
}

pub(super) fn balance(found: Balance) -> pb::GetBalanceResponse {
    let towns = found.towns.into_iter().map(|town| pb::TownBalance {
        town: town.town.to_string(),
        bought_minutes: town.bought.0,
        planned_minutes: town.planned.0,
        open_minutes: town.open.0,
        worked_minutes: town.worked.0,
        billed_minutes: town.billed.0,
    });
    pb::GetBalanceResponse {
        towns: towns.collect(),
        warnings: found.warnings,
    }
}
