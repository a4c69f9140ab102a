//! What officers asked for and when they cannot be had, by officer.

use std::collections::BTreeMap;

use eventlog::{Decider, Recorded, TypedRows};
use serde::{Deserialize, Serialize};
use vocabulary::OfficerId;

use super::of;
use crate::domain::roster::{Event, Hours, Request, Roster, State, Unavailable, When};

/// Table `availability`: key is the officer.
pub(crate) struct Availability;

/// One officer's.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct AvailabilityRow {
    /// By number, with the event that said so last.
    pub(crate) requests: BTreeMap<u64, (Request, u64)>,
    pub(crate) unavailable: BTreeMap<u64, Entry>,
    pub(crate) hours: Option<Hours>,
}

/// A time in which they cannot, or would rather not, be planned.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) when: When,
    pub(crate) wish: bool,
}

impl AvailabilityRow {
    /// Adds to a roster what is known of an officer.
    pub(crate) fn fill(self, state: &mut State, officer: &OfficerId) {
        let requests = self.requests.into_iter();
        state
            .requests
            .extend(requests.map(|(number, (request, _))| (number, request)));
        for (number, Entry { when, wish }) in self.unavailable {
            let officer = officer.clone();
            let entry = Unavailable {
                officer,
                when,
                wish,
            };
            state.unavailable.insert(number, entry);
        }
        if let Some(hours) = self.hours {
            state.hours.insert(officer.clone(), hours);
        }
    }
}

fn officer_of(event: &Event) -> Option<&OfficerId> {
    match event {
        Event::RequestMade { officer, .. }
        | Event::SwapAgreed { officer, .. }
        | Event::RequestApproved { officer, .. }
        | Event::RequestDeclined { officer, .. }
        | Event::RequestWithdrawn { officer, .. }
        | Event::UnavailableAdded { officer, .. }
        | Event::UnavailableRemoved { officer, .. }
        | Event::HoursSet { officer, .. } => Some(officer),
        _ => None,
    }
}

impl TypedRows for Availability {
    const NAME: &'static str = "availability";
    const VERSION: u32 = 1;
    type Row = AvailabilityRow;

    fn keys(recorded: &Recorded) -> Vec<String> {
        let event = of::<Roster>(recorded);
        let officer = event.as_ref().and_then(officer_of);
        officer.map(ToString::to_string).into_iter().collect()
    }

    fn apply(
        recorded: &Recorded,
        _: &str,
        old: Option<AvailabilityRow>,
    ) -> Option<AvailabilityRow> {
        let event = of::<Roster>(recorded)?;
        let officer = officer_of(&event)?.clone();
        let old = old.unwrap_or_default();
        let seqs: BTreeMap<u64, u64> = old.requests.iter().map(|(n, (_, s))| (*n, *s)).collect();
        let mut state = State::default();
        let before: BTreeMap<u64, Request> = old
            .requests
            .iter()
            .map(|(n, (r, _))| (*n, r.clone()))
            .collect();
        old.fill(&mut state, &officer);
        Roster::evolve(&mut state, &event);
        let requests = state.requests.into_iter().map(|(number, request)| {
            let same = before.get(&number) == Some(&request);
            let seq = seqs.get(&number).filter(|_| same).copied();
            (number, (request, seq.unwrap_or(recorded.seq)))
        });
        let unavailable = state.unavailable.into_iter();
        Some(AvailabilityRow {
            requests: requests.collect(),
            unavailable: unavailable
                .map(|(number, own)| {
                    let (when, wish) = (own.when, own.wish);
                    (number, Entry { when, wish })
                })
                .collect(),
            hours: state.hours.remove(&officer),
        })
    }
}
