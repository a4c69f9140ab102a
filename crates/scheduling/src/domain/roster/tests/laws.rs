//! Whatever is asked, in whatever order: nobody is in two places at once.

use eventlog::Decider;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use roster::ShiftId;
use vocabulary::OfficerId;

use super::world::*;
use crate::domain::RequestId;
use crate::domain::roster::{Act, Asked, Draft, Holder, Roster, State};

fn ids() -> impl Strategy<Value = ShiftId> {
    (0_u32..8).prop_map(|n| format!("s{n}").parse().unwrap())
}

fn officers() -> impl Strategy<Value = OfficerId> {
    (1_u32..4).prop_map(cso)
}

fn hour(hours: i64) -> Timestamp {
    let monday = at("2026-11-09T00:00");
    monday.checked_add((hours * 2).hours()).unwrap()
}

/// What planners ask; shifts and officers by small numbers, so that they meet.
fn planned() -> impl Strategy<Value = Act> {
    let holder = proptest::option::of(1_u32..4);
    let drafts = (ids(), 0_i64..40, 1_i64..10, holder.clone(), any::<bool>());
    let drafts = drafts.prop_map(|(id, start, length, holder, barlow)| Act::Draft {
        drafts: vec![Draft {
            id: Some(id),
            town: town(if barlow { "barlow" } else { "corbin" }),
            kind: "patrol".parse().unwrap(),
            start: hour(start),
            end: hour(start + length),
            officer: holder.map(cso),
            equipment: vec![],
            account: None,
        }],
        passing: false,
    });
    let changes = (ids(), proptest::option::of(0_i64..40), holder);
    let changes = changes.prop_map(|(shift, start, holder)| Act::Change {
        shift,
        start: start.map(hour),
        end: start.map(|start| hour(start + 4)),
        holder: holder.map_or(Holder::Same, |n| Holder::Officer(cso(n))),
        short_notice: true,
    });
    let publish = proptest::collection::vec(ids(), 1..4);
    let assign = (ids(), officers()).prop_map(|pair| Act::Assign { pairs: vec![pair] });
    prop_oneof![
        4 => drafts,
        2 => changes,
        4 => publish.prop_map(|shifts| Act::Publish { shifts }),
        1 => assign,
    ]
}

/// What officers ask, and what is said to it.
fn asked() -> impl Strategy<Value = Act> {
    let sign_up = (officers(), ids()).prop_map(|(officer, shift)| Act::Ask {
        officer,
        asked: Asked::SignUp { shift },
    });
    let swap = (officers(), officers(), ids(), proptest::option::of(ids()));
    let swap = swap.prop_map(|(officer, colleague, shift, in_return)| Act::Ask {
        officer,
        asked: Asked::Swap {
            shift,
            colleague,
            in_return,
        },
    });
    let request = || (1_u64..6).prop_map(RequestId::nth);
    let agree = (officers(), request());
    let agree = agree.prop_map(|(officer, request)| Act::Agree { officer, request });
    let approve = request().prop_map(|request| Act::Approve { request });
    prop_oneof![2 => sign_up, 2 => swap, 2 => agree, 3 => approve]
}

fn nobody_is_in_two_places(state: &State) -> Result<(), TestCaseError> {
    let standing: Vec<_> = state.shifts.values().filter(|p| p.stands()).collect();
    for (n, one) in standing.iter().enumerate() {
        for other in &standing[n + 1..] {
            let (one, other) = (&one.slot, &other.slot);
            let same = one.officer.is_some() && one.officer == other.officer;
            let meets = one.shift.touches(other.shift.start(), other.shift.end());
            prop_assert!(!(same && meets), "{one:?} and {other:?}");
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_sequence_of_accepted_commands_leaves_an_officer_double_booked(
        asked in proptest::collection::vec(prop_oneof![planned(), asked()], 1..40)
    ) {
        let mut state = State::default();
        let mut accepted = 0;
        for act in asked {
            if let Ok(events) = Roster::decide(&state, &command(act)) {
                accepted += events.len();
                events.iter().for_each(|event| Roster::evolve(&mut state, event));
            }
            nobody_is_in_two_places(&state)?;
        }
        prop_assert!(accepted < 1_000);
    }
}
