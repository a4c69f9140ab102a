//! What holds after whatever was asked, in whatever order.

use eligibility::{Credential, Evidence, Position, Record, Renewal};
use eventlog::Decider;
use proptest::prelude::*;

use super::super::State;
use super::*;

#[derive(Debug, Clone)]
enum Move {
    Grant(u16, u16),
    Suspend(u8, u16),
    Reinstate(u8, u16),
    Revoke(u8, u16),
    Void(u8),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    // Few days, so that much happens on one.
    let day = (0u16..12).prop_map(|day| day * 75);
    let one = prop_oneof![
        3 => (day.clone(), 0u16..700).prop_map(|(from, length)| Move::Grant(from, length)),
        2 => (0u8..4, day.clone()).prop_map(|(n, on)| Move::Suspend(n, on)),
        2 => (0u8..4, day.clone()).prop_map(|(n, on)| Move::Reinstate(n, on)),
        1 => (0u8..4, day).prop_map(|(n, on)| Move::Revoke(n, on)),
        1 => (0u8..30).prop_map(Move::Void),
    ];
    prop::collection::vec(one, 1..40)
}

fn after(days: u16) -> Date {
    use jiff::ToSpan;
    date(2024, 1, 1).saturating_add(i32::from(days).days())
}

fn command(one: &Move, log: &[Fact]) -> Command {
    let id = |n: u8| format!("cso-114.c{}", n + 1).parse().unwrap();
    let act = match one {
        Move::Grant(from, length) => {
            let from = after(*from);
            grant(&from.to_string(), &after(900 + length).to_string())
        }
        Move::Suspend(n, on) => Act::Suspend {
            credential: id(*n),
            from: after(*on),
        },
        Move::Reinstate(n, on) => Act::Reinstate {
            credential: id(*n),
            from: after(*on),
        },
        Move::Revoke(n, on) => Act::Revoke {
            credential: id(*n),
            from: after(*on),
        },
        Move::Void(n) => Act::Void {
            record: u64::from(*n) + 1,
        },
    };
    let records: Vec<_> = (1..).zip(log.iter().cloned()).collect();
    let mut command = knowing(&records, act);
    command.known.today = after(1_000);
    command
}

/// Carries moves out; the dossier, and every fact in order.
fn played(moves: &[Move]) -> (State, Vec<Fact>) {
    let (mut state, mut log) = (State::default(), Vec::new());
    for one in moves {
        let Ok(events) = Dossier::decide(&state, &command(one, &log)) else {
            continue;
        };
        for event in events {
            Dossier::evolve(&mut state, &event);
            match event {
                Event::Recorded { fact, .. } => log.push(fact),
                Event::Voided { record, .. } => log.push(Fact::Voided { record }),
                _ => {}
            }
        }
    }
    (state, log)
}

fn evidence(log: &[Fact]) -> Evidence {
    let records = (1..).zip(log).map(|(seq, fact)| Record {
        at: Position {
            log: "training".to_owned(),
            seq,
        },
        recorded: jiff::Timestamp::from_second(i64::try_from(seq).unwrap()).unwrap(),
        officer: "cso-114".parse().unwrap(),
        fact: fact.clone(),
    });
    Evidence::new(records)
}

proptest! {
    /// What the dossier shows of a credential is what the gate reckons from the facts.
    #[test]
    fn the_dossier_and_the_gate_never_differ_over_a_credential(moves in moves()) {
        let (state, log) = played(&moves);
        let (officer, kind) = ("cso-114".parse().unwrap(), "mo-ccw".parse().unwrap());
        let known = eligibility::Known::Now;
        let held = Credential::of(&evidence(&log), &officer, &kind, &known);
        let standing = state.credentials.iter().filter(|held| !held.voided);
        prop_assert_eq!(standing.count(), held.len());
        for credential in held {
            let shown = state.credential(&credential.id).unwrap();
            for on in (0..1_700).step_by(25).map(after) {
                prop_assert_eq!(
                    shown.on(on),
                    credential.on(on, &Renewal::default()),
                    "{} on {}", credential.id, on
                );
            }
        }
    }
}
