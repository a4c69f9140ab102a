//! How the month begins: who may be put where, a roster, and a credential that does not last.

use vocabulary::Minutes;
use wire::registry::v1 as registry;
use wire::scheduling::v1 as scheduling;
use wire::training::v1 as training;

use super::clients::{Clients, answered, heard, until_heard};
use super::example::{
    AGREEMENT, COVERAGE, FIRST_MONTH, MILLBROOK_CLAUSES, OFFICER, PERMIT_SUSPENDED, PROFILE,
    RESERVE, RESERVE_TOWN, Stretch, TOWNS, WAYS, stretches,
};

/// What became of the shift whose officer lost a permit.
#[derive(Debug)]
pub(crate) struct Covered {
    pub shift: String,
    /// What the officer lacks, in words.
    pub missing: Vec<String>,
    /// Who takes it now, and why that is possible.
    pub by: String,
    pub reason: String,
    /// What it costs beside, and the town that bears it.
    pub overtime: Minutes,
    pub bearers: Vec<String>,
}

/// The programme, by which each town works, and what the second officer needs.
pub(crate) async fn qualify(clients: &Clients) -> Result<(), String> {
    let mut client = clients.registry.clone();
    let shipped = registry::ListShippedProfilesRequest::default();
    let shipped = answered(client.list_shipped_profiles(shipped).await)?.profiles;
    let profile = shipped.into_iter().find(|profile| profile.name == PROFILE);
    let issue = registry::IssueProfileRequest {
        effective_from: "2026-09-01".into(),
        toml: profile
            .ok_or("the programme does not come with the platform")?
            .toml,
    };
    let issued = answered(client.issue_profile(issue).await)?;
    for town in &TOWNS {
        let own = if town.id == RESERVE_TOWN {
            MILLBROOK_CLAUSES
        } else {
            ""
        };
        let agree = registry::AgreeProgrammeRequest {
            agreement: AGREEMENT.into(),
            town: town.id.into(),
            programme: issued.programme.clone(),
            from: "2026-10-01".into(),
            narrowing: own.into(),
        };
        answered(client.agree_programme(agree).await)?;
    }
    let enrol = registry::EnrolOfficerRequest {
        officer: RESERVE.into(),
        from: "2026-09-14".into(),
        name: "Sam Okafor".into(),
        email: "sam.okafor@provider.example".into(),
        phone: String::new(),
    };
    answered(client.enrol_officer(enrol).await)?;
    for officer in [OFFICER, RESERVE] {
        learnt(clients, officer).await?;
    }
    Ok(())
}

/// What an officer brings: checked, trained, licensed to carry.
async fn learnt(clients: &Clients, officer: &str) -> Result<(), String> {
    use training::record_evidence_request::Evidence;
    let course = |course: &str, minutes| {
        Evidence::Outcome(training::CourseOutcome {
            course: course.into(),
            started: "2026-09-15".into(),
            on: "2026-09-25".into(),
            result: training::CourseResult::CompletionAndProficiency.into(),
            minutes,
        })
    };
    let checked = Evidence::Check(training::Check {
        check: "background".into(),
        on: "2026-09-14".into(),
        passed: true,
        until: String::new(),
    });
    for evidence in [checked, course("core", 80 * 60), course("pistol", 16 * 60)] {
        heard(|| {
            let (mut client, evidence) = (clients.training.clone(), evidence.clone());
            async move {
                let request = training::RecordEvidenceRequest {
                    officer: officer.into(),
                    evidence: Some(evidence),
                };
                client.record_evidence(request).await
            }
        })
        .await?;
    }
    let permit = training::GrantCredentialRequest {
        officer: officer.into(),
        kind: "mo-ccw".into(),
        issuer: "sheriff".into(),
        number: format!("MO-{officer}"),
        issued: "2026-06-01".into(),
        until: "2031-06-01".into(),
        ..Default::default()
    };
    answered(clients.training.clone().grant_credential(permit).await)?;
    Ok(())
}

/// What towns bought, and the month's shifts, published. Returns how many.
pub(crate) async fn publish(clients: &Clients) -> Result<usize, String> {
    for (town, weekly_hours) in COVERAGE {
        heard(|| {
            let mut client = clients.coverage.clone();
            async move {
                let request = scheduling::SetCoverageRequest {
                    town: town.into(),
                    agreement: AGREEMENT.into(),
                    clause: "exhibit-b".into(),
                    from: "2026-10-01".into(),
                    weekly_minutes: weekly_hours * 60,
                    ..Default::default()
                };
                client.set_coverage(request).await
            }
        })
        .await?;
    }
    for (from, to, minutes) in WAYS {
        let (from, to) = (from.into(), to.into());
        let way = scheduling::SetTravelRequest { from, to, minutes };
        answered(clients.coverage.clone().set_travel(way).await)?;
    }
    for stretch in stretches(FIRST_MONTH) {
        draft(clients, &stretch).await?;
    }
    let request = scheduling::PublishShiftsRequest {
        from: format!("{FIRST_MONTH}-01"),
        until: format!("{FIRST_MONTH}-31"),
        ..Default::default()
    };
    // The gate is asked with what scheduling has heard of training.
    let published = heard(|| {
        let (mut client, request) = (clients.scheduling.clone(), request.clone());
        async move { client.publish_shifts(request).await }
    })
    .await?;
    Ok(published.shifts.len())
}

/// One shift; the festival's is the second officer's, who is to carry a handgun.
async fn draft(clients: &Clients, stretch: &Stretch) -> Result<(), String> {
    let reserve = stretch.reserve;
    let request = scheduling::AddShiftRequest {
        town: stretch.town.clone(),
        kind: "patrol".into(),
        start: stretch.start.clone(),
        end: stretch.end.clone(),
        officer: if reserve { RESERVE } else { OFFICER }.into(),
        equipment: if reserve {
            vec!["handgun".into()]
        } else {
            vec![]
        },
        ..Default::default()
    };
    answered(clients.scheduling.clone().add_shift(request).await)?;
    Ok(())
}

/// The second officer's permit is suspended; the shift that needs it is given to who can take it.
pub(crate) async fn cover(clients: &Clients) -> Result<Covered, String> {
    let mut client = clients.training.clone();
    let held = training::ListCredentialsRequest {
        officer: RESERVE.into(),
        kind: "mo-ccw".into(),
        ..Default::default()
    };
    let held = answered(client.list_credentials(held).await)?.credentials;
    let permit = held.first().ok_or("the second officer has no permit")?;
    let suspend = training::SuspendCredentialRequest {
        officer: RESERVE.into(),
        credential: permit.credential.clone(),
        from: PERMIT_SUSPENDED.into(),
    };
    answered(client.suspend_credential(suspend).await)?;
    let flag = flagged(clients).await?;
    let shift = flag.shift.ok_or("a flag names its shift")?.shift;
    let candidate = flag.candidates.first();
    let candidate = candidate.ok_or("nobody can take the shift")?.clone();
    let preview = scheduling::PreviewAssignmentRequest {
        officer: candidate.officer.clone(),
        shift: shift.clone(),
    };
    let preview = clients.scheduling.clone().preview_assignment(preview).await;
    let weeks = answered(preview)?.weeks;
    let bearers = weeks.iter().flat_map(|week| &week.bearers);
    let bearers: Vec<String> = bearers.map(|bearer| bearer.town.clone()).collect();
    let change = scheduling::ChangeShiftRequest {
        shift: shift.clone(),
        officer: candidate.officer.clone(),
        short_notice: true,
        ..Default::default()
    };
    answered(clients.scheduling.clone().change_shift(change).await)?;
    Ok(Covered {
        shift,
        missing: flag.why,
        by: candidate.officer,
        reason: candidate.reason,
        overtime: Minutes(candidate.overtime_minutes),
        bearers,
    })
}

/// The first flag, as soon as scheduling has heard.
async fn flagged(clients: &Clients) -> Result<scheduling::Flag, String> {
    until_heard(|| {
        let mut client = clients.scheduling.clone();
        async move {
            let flags = client
                .list_flags(scheduling::ListFlagsRequest::default())
                .await;
            Ok(answered(flags)?.flags.into_iter().next())
        }
    })
    .await?
    .ok_or_else(|| "no shift was flagged".to_owned())
}
