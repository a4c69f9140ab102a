//! Every rule about dossiers.

use std::collections::BTreeSet;

use eligibility::{Fact, Name, Position, RecordId};
use jiff::civil::Date;
use vocabulary::{OfficerId, TownId};

use super::state::turn_of;
use super::{Act, Command, Event, Held, Known, Refusal, State, Turn};

/// The log that positions are in.
const LOG: &str = crate::SERVICE;

type Decided = Result<Vec<Event>, Refusal>;

pub(super) fn decide(state: &State, command: &Command) -> Decided {
    let Command {
        officer,
        known,
        act,
    } = command;
    // The calendar needs no enrolment, and finds nothing where nothing is recorded.
    if let Act::Notice { credential, opens } = act {
        let held = state.credential(credential);
        let unnoticed = held.map(|held| state.unnoticed(officer, held, *opens, known.today));
        return Ok(unnoticed.unwrap_or_default());
    }
    if !known.enrolled {
        return Err(Refusal::OfficerUnknown(officer.clone()));
    }
    match act {
        Act::Record(fact) => record(officer, known, fact.clone()),
        Act::Grant { .. } => grant(state, command),
        Act::Suspend { credential, from } => suspend(state, officer, credential, *from),
        Act::Reinstate { credential, from } => reinstate(state, officer, credential, *from),
        Act::Revoke { credential, from } => revoke(state, officer, credential, *from),
        Act::Waive { .. } => waive(state, command),
        Act::EndWaiver { waiver, on } => end_waiver(state, officer, waiver, *on),
        Act::DecideEquivalence { .. } => equivalence(state, command),
        Act::Void { record } => void(state, officer, known, *record),
        Act::Question { record, because } => {
            said(officer, known, *record)?;
            Ok(vec![Event::Questioned {
                officer: officer.clone(),
                record: position(*record),
                because: because.clone(),
                on: known.today,
            }])
        }
        Act::Notice { .. } => Ok(Vec::new()),
    }
}

fn recorded(officer: &OfficerId, fact: Fact) -> Event {
    Event::Recorded {
        officer: officer.clone(),
        fact,
        number: None,
    }
}

fn position(seq: u64) -> Position {
    let log = LOG.to_owned();
    Position { log, seq }
}

fn record(officer: &OfficerId, known: &Known, fact: Fact) -> Decided {
    fact.check().map_err(Refusal::Impossible)?;
    let (field, day) = match &fact {
        Fact::OutcomeIssued { on, .. } => ("outcome.on", *on),
        Fact::Checked { on, .. } => ("check.on", *on),
        Fact::AgeProved { on, .. } => ("age.on", *on),
        Fact::Removed { on, .. } => ("removal.on", *on),
        Fact::Assessed { on, .. } => ("assessment.on", *on),
        Fact::PhaseSignedOff { on, .. } => ("sign_off.on", *on),
        Fact::Supervised { on, .. } => ("service.on", *on),
        // Whatever else there is has an act of its own.
        _ => return Ok(Vec::new()),
    };
    over(field, day, known.today)?;
    Ok(vec![recorded(officer, fact)])
}

/// What is recorded has happened.
fn over(field: &'static str, day: Date, today: Date) -> Result<(), Refusal> {
    if day > today {
        return Err(Refusal::InFuture { field, day, today });
    }
    Ok(())
}

fn grant(state: &State, command: &Command) -> Decided {
    let Command {
        officer,
        known,
        act:
            Act::Grant {
                kind,
                issuer,
                issued,
                from,
                until,
                weapon,
                towns,
                rests_on,
                number,
            },
    } = command
    else {
        return Ok(Vec::new());
    };
    over("issued", *issued, known.today)?;
    registered(towns, known)?;
    for record in rests_on {
        said(officer, known, *record)?;
    }
    let same = |held: &&Held| {
        !held.voided
            && (&held.kind, &held.issuer, &held.from, &held.until) == (kind, issuer, from, until)
            && (&held.weapon, &held.towns) == (weapon, towns)
    };
    if let Some(held) = state.credentials.iter().find(same) {
        return Err(Refusal::AlreadyGranted(held.id.clone()));
    }
    let id = numbered(officer, 'c', state.credentials.len());
    let fact = Fact::CredentialGranted {
        id: id.clone(),
        credential: kind.clone(),
        issuer: issuer.clone(),
        issued: *issued,
        from: *from,
        until: *until,
        weapon: weapon.clone(),
        towns: towns.clone(),
        rests_on: rests_on.iter().map(|seq| position(*seq)).collect(),
    };
    fact.check().map_err(Refusal::Impossible)?;
    let granted = Event::Recorded {
        officer: officer.clone(),
        fact,
        number: number.clone(),
    };
    // One that is over already is told as over at once, so that the calendar has nothing to add.
    let mut after = state.clone();
    after.evolve(&granted);
    let held = after.credential(&id);
    let over = held.map(|held| after.unnoticed(officer, held, None, known.today));
    Ok([vec![granted], over.unwrap_or_default()].concat())
}

/// The id of the next one.
fn numbered(officer: &OfficerId, letter: char, so_far: usize) -> RecordId {
    let id = format!("{officer}.{letter}{}", so_far + 1);
    RecordId::new(id).expect("a badge code and a number are graphic and short")
}

fn registered(towns: &[TownId], known: &Known) -> Result<(), Refusal> {
    let unknown = towns.iter().find(|town| !known.towns.contains(town));
    unknown.map_or(Ok(()), |town| Err(Refusal::TownUnknown(town.clone())))
}

/// The credential, unless it was never so.
fn held<'s>(state: &'s State, id: &RecordId) -> Result<&'s Held, Refusal> {
    match state.credential(id) {
        None => Err(Refusal::CredentialUnknown(id.clone())),
        Some(held) if held.voided => Err(Refusal::CredentialVoided(id.clone())),
        Some(held) => Ok(held),
    }
}

/// A credential that was revoked takes nothing more.
fn unrevoked(held: &Held, from: Date) -> Result<(), Refusal> {
    match held.revoked_from().filter(|on| *on <= from) {
        None => Ok(()),
        Some(on) => Err(Refusal::CredentialRevoked {
            credential: held.id.clone(),
            on,
        }),
    }
}

fn suspend(state: &State, officer: &OfficerId, id: &RecordId, from: Date) -> Decided {
    let held = held(state, id)?;
    unrevoked(held, from)?;
    if let Some(until) = held.until.filter(|until| *until < from) {
        return Err(Refusal::CredentialOver {
            credential: id.clone(),
            until,
        });
    }
    if held.suspended(from).is_some() || held.has(from, Turn::Suspended) {
        return Err(Refusal::AlreadySuspended {
            credential: id.clone(),
            on: from,
        });
    }
    let id = id.clone();
    Ok(vec![recorded(
        officer,
        Fact::CredentialSuspended { id, from },
    )])
}

fn reinstate(state: &State, officer: &OfficerId, id: &RecordId, from: Date) -> Decided {
    let held = held(state, id)?;
    unrevoked(held, from)?;
    if held.suspended(from).is_none() || held.has(from, Turn::Reinstated) {
        return Err(Refusal::NotSuspended {
            credential: id.clone(),
            on: from,
        });
    }
    let id = id.clone();
    Ok(vec![recorded(
        officer,
        Fact::CredentialReinstated { id, from },
    )])
}

fn revoke(state: &State, officer: &OfficerId, id: &RecordId, from: Date) -> Decided {
    let held = held(state, id)?;
    unrevoked(held, from)?;
    let id = id.clone();
    Ok(vec![recorded(
        officer,
        Fact::CredentialRevoked { id, from },
    )])
}

fn waive(state: &State, command: &Command) -> Decided {
    let Command {
        officer,
        known,
        act:
            Act::Waive {
                requirement,
                from,
                until,
                signer,
                towns,
            },
    } = command
    else {
        return Ok(Vec::new());
    };
    let until = Fact::waiver_end(*until).map_err(Refusal::Impossible)?;
    asked_for("requirement", [requirement], &known.requirements)?;
    registered(towns, known)?;
    let fact = Fact::WaiverGranted {
        id: numbered(officer, 'w', state.waivers.len()),
        requirement: requirement.clone(),
        from: *from,
        until,
        signer: signer.clone(),
        towns: towns.clone(),
    };
    fact.check().map_err(Refusal::Impossible)?;
    Ok(vec![recorded(officer, fact)])
}

/// A requirement that no profile knows is misspelt, or of a programme that nobody runs.
fn asked_for<'n>(
    field: &'static str,
    named: impl IntoIterator<Item = &'n Name>,
    requirements: &BTreeSet<Name>,
) -> Result<(), Refusal> {
    let mut named = named.into_iter();
    match named.find(|name| !requirements.contains(*name)) {
        None => Ok(()),
        Some(name) => Err(Refusal::RequirementUnknown {
            field,
            requirement: name.clone(),
        }),
    }
}

fn end_waiver(state: &State, officer: &OfficerId, id: &RecordId, on: Date) -> Decided {
    let waiver = state.waiver(id).filter(|waiver| !waiver.voided);
    let waiver = waiver.ok_or_else(|| Refusal::WaiverUnknown(id.clone()))?;
    if waiver.ended().is_some_and(|ended| ended <= on) || waiver.until < on {
        let waiver = id.clone();
        return Err(Refusal::WaiverOver { waiver, on });
    }
    if on < waiver.from {
        return Err(Refusal::EndsBeforeWaiver {
            waiver: id.clone(),
            from: waiver.from,
            on,
        });
    }
    let id = id.clone();
    Ok(vec![recorded(officer, Fact::WaiverEnded { id, on })])
}

fn equivalence(state: &State, command: &Command) -> Decided {
    let Command {
        officer,
        known,
        act:
            Act::DecideEquivalence {
                foreign,
                by,
                basis,
                satisfies,
                lacks,
                from,
                until,
            },
    } = command
    else {
        return Ok(Vec::new());
    };
    asked_for("satisfies", satisfies, &known.requirements)?;
    asked_for("lacks", lacks, &known.requirements)?;
    let so_far = usize::try_from(state.decisions).unwrap_or(usize::MAX);
    let fact = Fact::EquivalenceDecided {
        id: numbered(officer, 'q', so_far),
        foreign: foreign.clone(),
        by: by.clone(),
        basis: basis.clone(),
        satisfies: satisfies.clone(),
        lacks: lacks.clone(),
        from: *from,
        until: *until,
    };
    fact.check().map_err(Refusal::Impossible)?;
    Ok(vec![recorded(officer, fact)])
}

/// What the officer's record at a position says.
fn said<'k>(officer: &OfficerId, known: &'k Known, record: u64) -> Result<&'k Fact, Refusal> {
    let found = known.records.get(&record);
    found.ok_or_else(|| Refusal::RecordUnknown {
        officer: officer.clone(),
        record,
    })
}

fn void(state: &State, officer: &OfficerId, known: &Known, record: u64) -> Decided {
    let said = said(officer, known, record)?.clone();
    let at = position(record);
    let twice = match &said {
        // One that voids can be voided as long as what it voided is.
        Fact::Voided { record: former } => state
            .voided_at(former)
            .is_none_or(|said| stands_anew(state, said)),
        _ => state.voided_at(&at).is_some(),
    };
    if twice {
        return Err(Refusal::AlreadyVoided { record });
    }
    Ok(vec![Event::Voided {
        officer: officer.clone(),
        record: at,
        said,
        on: known.today,
    }])
}

/// Whether what a voided record said of a credential was recorded anew since.
fn stands_anew(state: &State, said: &Fact) -> bool {
    turn_of(said).is_some_and(|(id, from, turn)| {
        let held = state.credential(id);
        held.is_some_and(|held| held.has(from, turn))
    })
}
