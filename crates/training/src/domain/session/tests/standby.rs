//! Seats, standby and promotion: acceptance case T15.

use super::*;

fn enrol(who: &str, class: u8) -> Command {
    on(BEFORE, Act::Enrol(enrol_of(who, class)))
}

fn requested(who: &str, class: u8) -> Event {
    Event::SeatRequested {
        officer: officer(who),
        class,
        on: BEFORE,
    }
}

fn waiting(who: &str, class: u8) -> [Event; 2] {
    let standby = Event::PutOnStandby {
        officer: officer(who),
        on: BEFORE,
    };
    [requested(who, class), standby]
}

fn promoted(who: &str, on: Date) -> Event {
    Event::StandbyPromoted {
        officer: officer(who),
        on,
    }
}

#[test]
fn whoever_asks_gets_a_free_seat_or_waits_for_one() {
    let one = || [scheduled(1)].into_iter().chain(seated("cso-114"));
    given::<Session>([scheduled(1)])
        .when(enrol("cso-114", 1))
        .then(seated("cso-114"));
    given::<Session>(one())
        .when(enrol("cso-115", 1))
        .then(waiting("cso-115", 1));
    given::<Session>(one())
        .when(enrol("cso-114", 1))
        .then_nothing();
}

#[test]
fn t15_standby_behind_other_agencies_is_promoted_in_order_when_a_seat_is_freed_a_day_before() {
    let hold = |seats| Act::HoldSeats {
        agency: name("county-sheriff"),
        seats,
    };
    let held = |seats, on| Event::SeatsHeld {
        agency: name("county-sheriff"),
        seats,
        on,
    };
    given::<Session>([scheduled(2)])
        .when(on(BEFORE, hold(2)))
        .then([held(2, BEFORE)]);
    let full = || {
        let past = [scheduled(2), held(2, BEFORE)].into_iter();
        past.chain(waiting("cso-116", 2))
            .chain(waiting("cso-114", 1))
            .chain(waiting("cso-115", 1))
    };
    given::<Session>([scheduled(2), held(2, BEFORE)])
        .when(enrol("cso-116", 2))
        .then(waiting("cso-116", 2));
    // One day before, the sheriff frees a seat: the better class first, then by request.
    let eve = date(2026, 10, 4);
    let after = given::<Session>(full())
        .when(on(eve, hold(1)))
        .then([held(1, eve), promoted("cso-114", eve)]);
    let State::Known(known) = after else {
        panic!("scheduled");
    };
    assert_eq!(known.learners[&officer("cso-114")].seat, Seat::Confirmed);
    let left: Vec<String> = known.waiting().iter().map(ToString::to_string).collect();
    assert_eq!(left, ["cso-115", "cso-116"]);
    given::<Session>(full()).when(on(eve, hold(0))).then([
        held(0, eve),
        promoted("cso-114", eve),
        promoted("cso-115", eve),
    ]);
    given::<Session>(full())
        .when(on(eve, hold(3)))
        .then_refused("SEATS_TAKEN");
}

#[test]
fn a_seat_that_is_given_back_goes_to_the_next() {
    let past = || {
        let past = [scheduled(1)].into_iter().chain(seated("cso-114"));
        past.chain(waiting("cso-115", 1))
    };
    let withdraw = |who: &str| Act::Withdraw {
        officer: officer(who),
    };
    let withdrawn = |who: &str| Event::Withdrawn {
        officer: officer(who),
        on: BEFORE,
    };
    given::<Session>(past())
        .when(on(BEFORE, withdraw("cso-114")))
        .then([withdrawn("cso-114"), promoted("cso-115", BEFORE)]);
    given::<Session>(past())
        .when(on(BEFORE, withdraw("cso-115")))
        .then([withdrawn("cso-115")]);
    given::<Session>(past().chain([withdrawn("cso-115")]))
        .when(on(BEFORE, withdraw("cso-115")))
        .then_nothing();
    given::<Session>(past())
        .when(on(BEFORE, withdraw("cso-116")))
        .then_refused("NO_SEAT");
    // Who has begun does not just leave.
    let attended = Event::AttendanceRecorded {
        part: 1,
        minutes: BTreeMap::from([(officer("cso-114"), 240)]),
        on: MONDAY,
    };
    given::<Session>(past().chain([attended]))
        .when(on(TUESDAY, withdraw("cso-114")))
        .then_refused("LEARNER_BEGUN");
}

#[test]
fn only_an_employed_officer_with_the_prerequisites_gets_a_seat() {
    let asking = |change: fn(&mut Enrol)| {
        let mut enrol = enrol_of("cso-114", 1);
        change(&mut enrol);
        on(BEFORE, Act::Enrol(enrol))
    };
    let needs = || match scheduled(1) {
        Event::Scheduled {
            session,
            course,
            version,
            mut curriculum,
            town,
            place,
            presenter,
            seats,
            parts,
            on,
        } => {
            curriculum.after = vec![name("basics")];
            Event::Scheduled {
                session,
                course,
                version,
                curriculum,
                town,
                place,
                presenter,
                seats,
                parts,
                on,
            }
        }
        other => other,
    };
    let refused = [
        (
            asking(|e| e.employed = Employed::Unknown),
            "OFFICER_UNKNOWN",
        ),
        (
            asking(|e| e.employed = Employed::No),
            "OFFICER_NOT_EMPLOYED",
        ),
        (asking(|_| {}), "PREREQUISITES_MISSING"),
    ];
    for (command, reason) in refused {
        given::<Session>([needs()])
            .when(command)
            .then_refused(reason);
    }
    given::<Session>([needs()])
        .when(asking(|e| {
            e.completed = BTreeSet::from(["basics".parse().unwrap()]);
        }))
        .then(seated("cso-114"));
}
