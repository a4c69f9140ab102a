use eventlog::testing::given;
use jiff::civil::date;
use vocabulary::{Account, Minutes};

use super::world::*;
use crate::domain::roster::{Act, Event, Holder, Roster, Slot};

#[test]
fn a_draft_is_charged_to_the_towns_only_agreement() {
    let slot = day("b1", "2026-11-09", Some(1));
    let act = command(adding(&[&slot]));
    given::<Roster>([]).when(act).then([drafted(&slot)]);
}

#[test]
fn a_draft_without_an_id_is_named_by_town_and_start() {
    let slot = day("barlow.20261109t0800", "2026-11-09", None);
    let second = day("barlow.20261109t0800.2", "2026-11-09", None);
    let nameless = Act::Draft {
        drafts: [&slot, &second]
            .map(|slot| crate::domain::roster::Draft {
                id: None,
                ..draft(slot)
            })
            .into(),
        passing: false,
    };
    let done = given::<Roster>([]).when(command(nameless));
    done.then([drafted(&slot), drafted(&second)]);
}

#[test]
fn a_shift_in_the_past_is_refused() {
    let slot = day("b1", "2026-10-30", None);
    let act = command(adding(&[&slot]));
    let refusal = given::<Roster>([]).when(act).then_refused("SHIFT_IN_PAST");
    assert_eq!(
        refusal.to_string(),
        "Shift b1 would start at 2026-10-30 08:00 CDT, and it is 2026-11-01 12:00 CST: shifts lie \
         in the future."
    );
}

#[test]
fn a_shift_over_24_hours_is_none() {
    let mut long = draft(&day("b1", "2026-11-09", None));
    long.end = at("2026-11-11T08:00");
    let act = Act::Draft {
        drafts: vec![long],
        passing: false,
    };
    given::<Roster>([])
        .when(command(act))
        .then_refused("NO_SHIFT");
}

#[test]
fn an_account_that_does_not_hold_is_refused_and_the_providers_always_holds() {
    let slot = day("b1", "2026-11-09", None);
    let with = |account: &str| Act::Draft {
        drafts: vec![crate::domain::roster::Draft {
            account: Some(account.parse().unwrap()),
            ..draft(&slot)
        }],
        passing: false,
    };
    given::<Roster>([])
        .when(command(with("agreement:elsewhere")))
        .then_refused("AGREEMENT_NOT_IN_FORCE");
    let own = Slot {
        account: Account::Provider,
        ..slot.clone()
    };
    let done = given::<Roster>([]).when(command(with("provider")));
    done.then([drafted(&own)]);
}

#[test]
fn one_officer_is_not_given_two_shifts_that_share_a_minute() {
    let first = day("b1", "2026-11-09", Some(1));
    let second = slot(
        "c1",
        "corbin",
        "2026-11-09T15:59",
        "2026-11-09T22:00",
        Some(1),
    );
    let refusal = given::<Roster>(published(&first))
        .when(command(adding(&[&second])))
        .then_refused("SHIFTS_OVERLAP");
    assert_eq!(
        refusal.to_string(),
        "cso-1 has b1 already, which overlaps c1."
    );
    given::<Roster>([])
        .when(command(adding(&[&first, &second])))
        .then_refused("SHIFTS_OVERLAP");
}

#[test]
fn what_is_there_already_is_passed_over_when_a_period_is_drafted_again() {
    let (old, new) = (day("b1", "2026-11-09", None), day("b2", "2026-11-10", None));
    let Act::Draft { drafts, .. } = adding(&[&old, &new]) else {
        panic!("a draft");
    };
    let again = Act::Draft {
        drafts,
        passing: true,
    };
    given::<Roster>([drafted(&old)])
        .when(command(again))
        .then([drafted(&new)]);
    given::<Roster>([drafted(&old)])
        .when(command(adding(&[&old])))
        .then_refused("SHIFT_EXISTS");
}

#[test]
fn publishing_lists_everything_that_is_not_met_and_publishes_nothing() {
    let late = slot(
        "b1",
        "barlow",
        "2026-11-09T15:00",
        "2026-11-09T23:00",
        Some(1),
    );
    let early = day("b2", "2026-11-10", Some(1));
    let early = Slot {
        shift: slot("b2", "corbin", "2026-11-10T05:00", "2026-11-10T13:00", None).shift,
        ..early
    };
    let other = day("b3", "2026-11-09", Some(2));
    let past = [&late, &early, &other].map(drafted);
    let act = knowing(known(&[2]), publishing(&[&late, &early, &other]));
    let refusal = given::<Roster>(past)
        .when(act)
        .then_refused("REQUIREMENTS_UNMET");
    let told = eventlog::Refuse::violations(&refusal);
    let told: Vec<&str> = told.iter().map(|v| v.description.as_str()).collect();
    assert_eq!(
        told,
        [
            "cso-1 rests 6:00 between b1 and b2: 8:00 is the least, but where all shifts since \
             the last rest fit into 14:00",
            "cso-2 may not be on b3 on 2026-11-09: Core training: missing.",
        ]
    );
}

#[test]
fn a_shift_over_midnight_is_asked_about_on_both_days() {
    let night = slot(
        "b1",
        "barlow",
        "2026-11-09T22:00",
        "2026-11-10T06:00",
        Some(2),
    );
    let refusal = given::<Roster>([drafted(&night)])
        .when(knowing(known(&[2]), publishing(&[&night])))
        .then_refused("REQUIREMENTS_UNMET");
    let told = eventlog::Refuse::violations(&refusal);
    assert!(told[0].description.contains("on 2026-11-09"), "{told:?}");
    assert!(told[1].description.contains("on 2026-11-10"), "{told:?}");
}

#[test]
fn an_open_shift_is_published_without_an_officer() {
    let open = day("b1", "2026-11-09", None);
    let told = given::<Roster>([drafted(&open)]).when(command(publishing(&[&open])));
    let facts = told.facts();
    assert_eq!(facts[0].kind, "ShiftPublished");
}

#[test]
fn a_published_shift_is_changed_with_notice() {
    let told = day("b1", "2026-11-09", Some(1));
    let moved = Slot {
        shift: slot("b1", "barlow", "2026-11-09T09:00", "2026-11-09T17:00", None).shift,
        ..told.clone()
    };
    let act = Act::Change {
        shift: told.shift.id().clone(),
        start: Some(moved.shift.start()),
        end: Some(moved.shift.end()),
        holder: Holder::Same,
        short_notice: false,
    };
    let state = given::<Roster>(published(&told))
        .when(command(act))
        .then([Event::ShiftChanged {
            slot: moved,
            former_officer: Some(cso(1)),
            former_town: town("barlow"),
            notice_minutes: Some(Minutes(7 * 24 * 60 + 20 * 60)),
        }]);
    assert_eq!(state.shifts[told.shift.id()].sequence, 1);
}

#[test]
fn a_notice_that_is_too_short_must_be_said_to_be_so() {
    let told = day("b1", "2026-11-03", Some(1));
    let cancelling = |short_notice| Act::Cancel {
        shift: told.shift.id().clone(),
        short_notice,
    };
    let refusal = given::<Roster>(published(&told))
        .when(command(cancelling(false)))
        .then_refused("NOTICE_TOO_SHORT");
    assert_eq!(
        refusal.to_string(),
        "Shift b1 starts in 44:00, and officers are given 72:00 of notice: say `--short-notice` \
         if it has to be."
    );
    given::<Roster>(published(&told))
        .when(command(cancelling(true)))
        .then([Event::ShiftCancelled {
            shift: told.shift.id().clone(),
            day: date(2026, 11, 3),
            notice_minutes: Some(Minutes(44 * 60)),
        }]);
}

#[test]
fn a_published_shift_passes_gate_and_rules_again_when_it_is_given_away() {
    let told = day("b1", "2026-11-09", Some(1));
    given::<Roster>(published(&told))
        .when(knowing(known(&[2]), giving(&told, 2)))
        .then_refused("REQUIREMENTS_UNMET");
    let done = given::<Roster>(published(&told)).when(command(giving(&told, 3)));
    let kinds: Vec<_> = done.facts().into_iter().map(|fact| fact.kind).collect();
    assert_eq!(kinds, ["ShiftChanged"]);
}

#[test]
fn nobody_is_told_of_a_draft_that_changes_or_goes() {
    let draft = day("b1", "2026-11-09", Some(1));
    let done = given::<Roster>([drafted(&draft)]).when(command(giving(&draft, 2)));
    assert!(done.facts().is_empty());
    let cancel = Act::Cancel {
        shift: draft.shift.id().clone(),
        short_notice: false,
    };
    let done = given::<Roster>([drafted(&draft)]).when(command(cancel));
    assert!(done.facts().is_empty());
}

#[test]
fn a_shift_that_started_is_not_changed_any_more() {
    let told = day("b1", "2026-11-02", Some(1));
    let mut later = known(&[]);
    later.now = at("2026-11-02T08:00");
    given::<Roster>(published(&told))
        .when(knowing(later, giving(&told, 2)))
        .then_refused("SHIFT_STARTED");
}

#[test]
fn what_stays_as_it_is_is_no_change() {
    let told = day("b1", "2026-11-09", Some(1));
    given::<Roster>(published(&told))
        .when(command(giving(&told, 1)))
        .then_refused("NOTHING_CHANGES");
}

#[test]
fn a_suggestion_gives_drafts_and_open_shifts_and_leaves_the_others() {
    let (free, had) = (
        day("b1", "2026-11-09", None),
        day("b2", "2026-11-10", Some(1)),
    );
    let past: Vec<Event> = published(&had)
        .into_iter()
        .chain([drafted(&free)])
        .collect();
    let pairs = |officer| Act::Assign {
        pairs: vec![(free.shift.id().clone(), cso(officer))],
    };
    let given_to = Slot {
        officer: Some(cso(2)),
        ..free.clone()
    };
    given::<Roster>(past.clone())
        .when(command(pairs(2)))
        .then([Event::ShiftChanged {
            slot: given_to,
            former_officer: None,
            former_town: town("barlow"),
            notice_minutes: None,
        }]);
    let taken = Act::Assign {
        pairs: vec![(had.shift.id().clone(), cso(2))],
    };
    given::<Roster>(past)
        .when(command(taken))
        .then_refused("SHIFT_ALREADY_PUBLISHED");
}
