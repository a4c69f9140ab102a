//! Every rule about programmes; the refusals stand in `refusal.rs`.

use std::collections::{BTreeMap, BTreeSet};

use eligibility::{Narrowing, Profile, Widening, narrow};
use jiff::civil::Date;

use super::{Agree, Command, Event, IssueProfile, Joined, Known, Misfit, Refusal, State};

pub(super) fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
    match (state, command) {
        (State::Unknown, Command::IssueProfile(issue)) => next_version(&[], issue),
        (State::Known(known), Command::IssueProfile(issue)) => issue_next(known, issue),
        (State::Known(known), Command::Agree(agree)) => self::agree(known, agree),
        (State::Unknown, Command::Agree(agree)) => Err(Refusal::NotIssued {
            programme: agree.programme.clone(),
        }),
    }
}

/// The very same again is no news.
fn issue_next(known: &Known, issue: &IssueProfile) -> Result<Vec<Event>, Refusal> {
    let same =
        |v: &super::Version| v.effective_from == issue.effective_from && v.toml == issue.toml;
    if known.versions.iter().any(same) {
        return Ok(vec![]);
    }
    let events = next_version(&known.versions, issue)?;
    let misfits = misfits(known, issue);
    if misfits.is_empty() {
        Ok(events)
    } else {
        let version = issue.profile.version;
        Err(Refusal::NarrowingsMisfit { version, misfits })
    }
}

/// Versions are numbered without holes, and each begins after the former.
fn next_version(versions: &[super::Version], issue: &IssueProfile) -> Result<Vec<Event>, Refusal> {
    let IssueProfile {
        effective_from,
        toml,
        profile,
        ..
    } = issue;
    let (version, former) = (profile.version, versions.last());
    let next = former.map_or(1, |former| former.version + 1);
    if version < next {
        return Err(Refusal::VersionIssued { version, next });
    }
    if version > next {
        return Err(Refusal::VersionSkipped { version, next });
    }
    if let Some(former) = former.filter(|former| former.effective_from >= *effective_from) {
        return Err(Refusal::NotLater {
            day: *effective_from,
            former: former.version,
            former_from: former.effective_from,
        });
    }
    Ok(vec![Event::ProfileIssued {
        programme: profile.programme.clone(),
        version,
        effective_from: *effective_from,
        toml: toml.clone(),
    }])
}

/// Narrowings that are in force on a day of the new version and do not fit it.
fn misfits(known: &Known, issue: &IssueProfile) -> Vec<Misfit> {
    let mut found = vec![];
    for ((agreement, town), own) in &known.agreed {
        let last_day = issue.last_days.get(agreement);
        let pair = issue.others.iter();
        let pair = pair.filter(|other| (&other.agreement, &other.town) == (agreement, town));
        let others: BTreeSet<Date> = pair.map(|other| other.from).collect();
        for (from, before, narrowing) in spans(own, &others) {
            let first = from.max(issue.effective_from);
            let over = before.is_some_and(|before| before <= first)
                || last_day.is_some_and(|last_day| *last_day < first);
            if over {
                continue;
            }
            let widenings = widenings(&issue.profile, narrowing);
            if !widenings.is_empty() {
                found.push(Misfit {
                    agreement: agreement.clone(),
                    town: town.clone(),
                    from,
                    widenings,
                });
            }
        }
    }
    found
}

/// What a town agreed to here, each from a day and before another. What it agreed to elsewhere
/// from the same day was agreed to later: the table that was looked up keeps the later one.
fn spans<'a>(
    own: &'a BTreeMap<Date, String>,
    others: &'a BTreeSet<Date>,
) -> impl Iterator<Item = (Date, Option<Date>, &'a str)> {
    let counting = own.iter().filter(|(from, _)| !others.contains(from));
    counting.map(|(from, narrowing)| (*from, next_after(*from, own, others), narrowing.as_str()))
}

/// The next day from which the town works by something else.
fn next_after(from: Date, own: &BTreeMap<Date, String>, others: &BTreeSet<Date>) -> Option<Date> {
    let days = own.keys().chain(others);
    days.filter(|day| **day > from).min().copied()
}

/// What a narrowing that was agreed to would widen of another version.
fn widenings(profile: &Profile, narrowing: &str) -> Vec<Widening> {
    if narrowing.is_empty() {
        return vec![];
    }
    let narrowing = Narrowing::parse(narrowing).expect("what was agreed to was read");
    narrow(profile, &narrowing.upon(profile.version))
        .err()
        .unwrap_or_default()
}

fn agree(known: &Known, agree: &Agree) -> Result<Vec<Event>, Refusal> {
    let Agree {
        agreement,
        town,
        from,
        narrowing,
        others,
        ..
    } = agree.clone();
    where_and_when(agree)?;
    let pair = (agreement.clone(), town.clone());
    let none = BTreeMap::new();
    let own = known.agreed.get(&pair).unwrap_or(&none);
    if own.get(&from) == Some(&narrowing) && !others.contains(&from) {
        return Ok(vec![]);
    }
    let before = next_after(from, own, &others);
    let mut versions = known.in_force(from, before).peekable();
    let first = versions
        .peek()
        .filter(|version| version.effective_from <= from);
    let Some(first) = first else {
        return Err(Refusal::NotYetInForce {
            programme: known.programme.clone(),
            day: from,
            first_day: known.versions.first().map(|version| version.effective_from),
        });
    };
    if !narrowing.is_empty() {
        what_it_narrows(agree, first.version)?;
        for version in versions {
            let widenings = widenings(&version.profile(), &narrowing);
            if !widenings.is_empty() {
                let version = version.version;
                return Err(Refusal::Widens { version, widenings });
            }
        }
    }
    Ok(vec![Event::Agreed {
        agreement,
        town,
        from,
        narrowing,
    }])
}

/// A town of an agreement that is in force on that day.
fn where_and_when(agree: &Agree) -> Result<(), Refusal> {
    let (agreement, town, day) = (agree.agreement.clone(), agree.town.clone(), agree.from);
    let Some(Joined {
        towns,
        in_force,
        starts_on,
        ends_on,
    }) = agree.joined.clone()
    else {
        return Err(Refusal::AgreementUnknown { agreement });
    };
    if !towns.contains(&town) {
        return Err(Refusal::NotATown {
            agreement,
            town,
            towns,
        });
    }
    if !in_force {
        return Err(Refusal::AgreementNotInForce { agreement });
    }
    if day < starts_on || ends_on.is_some_and(|ends_on| day > ends_on) {
        return Err(Refusal::OutsideAgreement {
            day,
            starts_on,
            ends_on,
        });
    }
    Ok(())
}

/// A document that says where it belongs, and for which version it was written.
fn what_it_narrows(agree: &Agree, version: u32) -> Result<(), Refusal> {
    let parsed = Narrowing::parse(&agree.narrowing);
    let narrowing = parsed.map_err(|problems| Refusal::NarrowingInvalid { problems })?;
    let named: [(&'static str, String, String); 4] = [
        (
            "programme",
            narrowing.programme.to_string(),
            agree.programme.to_string(),
        ),
        (
            "agreement",
            narrowing.agreement.to_string(),
            agree.agreement.to_string(),
        ),
        ("town", narrowing.town.to_string(), agree.town.to_string()),
        (
            "version",
            narrowing.version.to_string(),
            version.to_string(),
        ),
    ];
    match named.into_iter().find(|(_, named, meant)| named != meant) {
        Some((key, named, meant)) => Err(Refusal::OtherNarrowing { key, named, meant }),
        None => Ok(()),
    }
}
