//! Every rule about agreements; the refusals stand in `refusal.rs`.

use std::collections::BTreeSet;

use allocation::Terms;
use jiff::civil::Date;
use vocabulary::{AgreementId, TownId};

use super::{
    Command, Draft, Drafted, End, Event, ProposeTerms, Refusal, SignTerms, Standing, State,
    Version, WithdrawTerms,
};

pub(super) fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Draft(draft) => self::draft(state, draft),
        Command::ProposeTerms(terms) => propose_terms(known(state, &terms.agreement)?, terms),
        Command::WithdrawTerms(terms) => withdraw_terms(known(state, &terms.agreement)?, terms),
        Command::SignTerms(terms) => sign_terms(known(state, &terms.agreement)?, terms),
        Command::End(end) => self::end(known(state, &end.agreement)?, end),
    }
}

fn known<'a>(state: &'a State, agreement: &AgreementId) -> Result<&'a Drafted, Refusal> {
    match state {
        State::Known(known) => Ok(known),
        State::Unknown => Err(Refusal::NotDrafted {
            agreement: agreement.clone(),
        }),
    }
}

fn draft(state: &State, command: &Draft) -> Result<Vec<Event>, Refusal> {
    let Draft {
        agreement,
        name,
        zone,
        towns,
        starts_on,
        ends_on,
        on,
        registered,
    } = command.clone();
    if let State::Known(_) = state {
        return Err(Refusal::AlreadyDrafted { agreement });
    }
    if towns.is_empty() {
        return Err(Refusal::WithoutTowns);
    }
    let mut named = BTreeSet::new();
    if let Some(town) = towns.iter().find(|town| !named.insert(*town)) {
        return Err(Refusal::TownTwice { town: town.clone() });
    }
    let unknown: BTreeSet<TownId> = towns
        .iter()
        .filter(|town| !registered.contains(town))
        .cloned()
        .collect();
    if !unknown.is_empty() {
        return Err(Refusal::TownsNotRegistered { towns: unknown });
    }
    first_of_month("starts_on", starts_on)?;
    if let Some(day) = ends_on {
        last_of_month("ends_on", day, starts_on)?;
    }
    Ok(vec![Event::Drafted {
        agreement,
        name,
        zone,
        towns,
        starts_on,
        ends_on,
        on,
    }])
}

fn propose_terms(known: &Drafted, command: &ProposeTerms) -> Result<Vec<Event>, Refusal> {
    let ProposeTerms {
        effective_from,
        toml,
        on,
        ..
    } = command.clone();
    if let Some(Version { version, .. }) = known.proposal() {
        return Err(Refusal::ProposalPending { version: *version });
    }
    when_they_hold(known, effective_from)?;
    what_they_say(known, &toml)?;
    Ok(vec![Event::TermsProposed {
        version: known.next_version(),
        effective_from,
        toml,
        on,
    }])
}

/// From the first of a month within the agreement, on which no other terms begin; the first terms
/// from the very start.
fn when_they_hold(known: &Drafted, day: Date) -> Result<(), Refusal> {
    first_of_month("effective_from", day)?;
    let starts_on = known.starts_on;
    if day < starts_on {
        return Err(Refusal::BeforeTheStart { starts_on, day });
    }
    if let Some(last_day) = known.last_day().filter(|last_day| day > *last_day) {
        return Err(Refusal::AfterTheEnd { last_day, day });
    }
    if known.in_force().next().is_none() && day != starts_on {
        return Err(Refusal::NotFromTheStart { starts_on, day });
    }
    match known
        .in_force()
        .find(|version| version.effective_from == day)
    {
        Some(Version { version, .. }) => Err(Refusal::DayTaken {
            version: *version,
            day,
        }),
        None => Ok(()),
    }
}

/// A document that the settlement can run, of this agreement and among its towns.
fn what_they_say(known: &Drafted, toml: &str) -> Result<(), Refusal> {
    let terms = Terms::parse(toml).map_err(|problems| Refusal::TermsInvalid { problems })?;
    if terms.agreement != known.agreement {
        let agreement = known.agreement.clone();
        return Err(Refusal::OtherAgreement {
            agreement,
            named: terms.agreement,
        });
    }
    let own: BTreeSet<TownId> = known.towns.iter().cloned().collect();
    let named: BTreeSet<TownId> = terms.towns.into_iter().collect();
    if own != named {
        let absent = own.difference(&named).cloned().collect();
        let strange = named.difference(&own).cloned().collect();
        return Err(Refusal::OtherTowns { absent, strange });
    }
    Ok(())
}

fn withdraw_terms(known: &Drafted, command: &WithdrawTerms) -> Result<Vec<Event>, Refusal> {
    let Version { version, .. } = proposed(known, command.version)?;
    Ok(vec![Event::TermsWithdrawn {
        version: *version,
        on: command.on,
    }])
}

/// The last signature brings the terms into force.
fn sign_terms(known: &Drafted, command: &SignTerms) -> Result<Vec<Event>, Refusal> {
    let SignTerms {
        agreement,
        version,
        party,
        on,
        today,
    } = command.clone();
    if on > today {
        return Err(Refusal::SignedInFuture { on, today });
    }
    let terms = proposed(known, version)?;
    let parties = known.parties();
    if !parties.contains(&party) {
        return Err(Refusal::NotAParty {
            agreement,
            party,
            parties,
        });
    }
    if let Some(on) = terms.signatures.get(&party) {
        return Err(Refusal::SignedAlready {
            version,
            party,
            on: *on,
        });
    }
    let is_last = parties
        .iter()
        .all(|p| *p == party || terms.signatures.contains_key(p));
    let is_first_version = known.in_force().next().is_none();
    let mut events = vec![Event::TermsSigned { version, party, on }];
    if is_last && is_first_version {
        events.push(Event::BroughtIntoForce { version, on });
    } else if is_last {
        events.push(Event::Amended { version, on });
    }
    Ok(events)
}

/// What is still before the parties then falls.
fn end(known: &Drafted, command: &End) -> Result<Vec<Event>, Refusal> {
    let End {
        agreement,
        on,
        assigned_beyond: officers,
    } = command.clone();
    if known.in_force().next().is_none() {
        return Err(Refusal::NotInForce { agreement });
    }
    if let Some(on) = known.ended_on {
        return Err(Refusal::AlreadyEnded { agreement, on });
    }
    last_of_month("on", on, known.starts_on)?;
    if let Some(ends_on) = known.ends_on.filter(|ends_on| on > *ends_on) {
        return Err(Refusal::EndsEarlier { ends_on, day: on });
    }
    if !officers.is_empty() {
        return Err(Refusal::OfficersAssigned {
            agreement,
            on,
            officers,
        });
    }
    let pending = known.proposal();
    let fallen = pending.map(|v| Event::TermsWithdrawn {
        version: v.version,
        on,
    });
    Ok(fallen.into_iter().chain([Event::Ended { on }]).collect())
}

/// The version, if it is still before the parties.
fn proposed(known: &Drafted, version: u32) -> Result<&Version, Refusal> {
    let Some(terms) = known.version(version) else {
        return Err(Refusal::VersionUnknown {
            agreement: known.agreement.clone(),
            version,
        });
    };
    match terms.standing {
        Standing::Proposed => Ok(terms),
        Standing::Withdrawn => Err(Refusal::Withdrawn { version }),
        Standing::InForce => Err(Refusal::InForceAlready { version }),
    }
}

fn first_of_month(field: &'static str, day: Date) -> Result<(), Refusal> {
    if day.day() == 1 {
        Ok(())
    } else {
        Err(Refusal::NotFirstOfMonth { field, day })
    }
}

fn last_of_month(field: &'static str, day: Date, starts_on: Date) -> Result<(), Refusal> {
    if day < starts_on {
        return Err(Refusal::EndsBeforeItStarts {
            field,
            day,
            starts_on,
        });
    }
    if day == day.last_of_month() {
        Ok(())
    } else {
        Err(Refusal::NotLastOfMonth { field, day })
    }
}
