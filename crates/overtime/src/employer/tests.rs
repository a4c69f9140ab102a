use super::*;

const SWORN: LawEnforcement = LawEnforcement {
    empowered_body: true,
    power_to_arrest: true,
    police_training: true,
};

#[test]
fn only_a_public_agency_with_an_agreement_made_before_gives_compensatory_time() {
    let day = |text: &str| Some(text.parse().unwrap());
    let public = EmployerKind::PublicAgency;
    assert_eq!(
        public.comp_time(day("2026-10-04"), day("2026-10-04")),
        Ok(())
    );
    assert_eq!(
        public.comp_time(day("2026-10-05"), day("2026-10-04")),
        Err(NotAllowed::CompTimeNotAgreed)
    );
    assert_eq!(
        public.comp_time(None, None),
        Err(NotAllowed::CompTimeNotAgreed)
    );
    assert_eq!(
        EmployerKind::Private.comp_time(day("2026-01-01"), day("2026-10-04")),
        Err(NotAllowed::CompTimeAtPrivate)
    );
}

#[test]
fn a_work_period_needs_a_public_agency_and_all_three_marks_of_an_officer() {
    let public = EmployerKind::PublicAgency;
    assert_eq!(public.work_period(SWORN), Ok(()));
    for (power_to_arrest, police_training) in [(false, true), (true, false)] {
        let officer = LawEnforcement {
            power_to_arrest,
            police_training,
            ..SWORN
        };
        assert!(public.work_period(officer).is_err());
    }
    let outside = LawEnforcement {
        empowered_body: false,
        ..SWORN
    };
    assert_eq!(
        public.work_period(outside),
        Err(NotAllowed::WorkPeriodOutsideBody)
    );
    assert_eq!(
        EmployerKind::Private.work_period(SWORN),
        Err(NotAllowed::WorkPeriodAtPrivate)
    );
}

#[test]
fn service_to_a_town_by_somebody_it_does_not_pay_for_the_same_is_volunteering() {
    let auxiliary = Volunteering {
        to: EmployerKind::PublicAgency,
        employed_there: true,
        same_service: false,
        free: true,
    };
    assert_eq!(auxiliary.check(), Ok(()));
    let paid = Volunteering {
        same_service: true,
        ..auxiliary
    };
    assert_eq!(paid.check(), Err(NotAllowed::VolunteerSameService));
    let pressed = Volunteering {
        free: false,
        ..auxiliary
    };
    assert_eq!(pressed.check(), Err(NotAllowed::VolunteerNotFree));
}
