//! Laws of seats, whatever is asked in whatever order.

use eventlog::Decider;
use proptest::prelude::*;

use super::*;

fn asked() -> impl Strategy<Value = Act> {
    let who = (1..6u8).prop_map(|n| officer(&format!("cso-{n}")));
    prop_oneof![
        (who.clone(), 1..3u8).prop_map(|(officer, class)| {
            Act::Enrol(Enrol {
                officer,
                ..enrol_of("cso-1", class)
            })
        }),
        who.clone().prop_map(|officer| Act::Withdraw { officer }),
        who.prop_map(|officer| Act::Remove {
            officer,
            on: BEFORE,
            because: name("unfit"),
        }),
        (0..2u8, 0..4u32).prop_map(|(agency, seats)| Act::HoldSeats {
            agency: name(&format!("agency-{agency}")),
            seats,
        }),
    ]
}

proptest! {
    #[test]
    fn no_seat_is_given_twice_and_none_stays_free_while_somebody_waits(
        seats in 1..4u32,
        acts in proptest::collection::vec(asked(), 0..40),
    ) {
        let mut state = State::default();
        Session::evolve(&mut state, &scheduled(seats));
        for act in acts {
            // What is refused changes nothing.
            let decided = Session::decide(&state, &on(BEFORE, act)).unwrap_or_default();
            for event in &decided {
                Session::evolve(&mut state, event);
            }
            let State::Known(known) = &state else {
                panic!("scheduled");
            };
            let held: u32 = known.held.values().sum();
            prop_assert!(known.confirmed() + held <= seats);
            prop_assert!(known.free() == 0 || known.waiting().is_empty());
            let left = known.learners.values().filter(|it| it.seat == Seat::Requested);
            prop_assert_eq!(left.count(), 0, "everybody who asked has a seat or waits");
        }
    }
}
