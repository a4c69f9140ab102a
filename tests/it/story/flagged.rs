//! From a permit that is suspended to the shift that needs it, over two services: at once, and when
//! JetStream was lost in between.

use std::time::{Duration, Instant};

use wire::registry::v1 as registry;
use wire::scheduling::v1 as scheduling;
use wire::training::v1 as training;

use super::files::Who::Staff;
use super::month::{self, AGREEMENT, Step};
use super::platform::Platform;
use super::role::Role;

const PROGRAMME: &str = "us-mo-matthew-group-cso";
const TOWN: &str = "millbrook";
/// Has a permit, and is put on the shift that needs one.
const ARMED: &str = "cso-207";
/// Has one too.
const OTHER: &str = "cso-114";
const CLAUSES: &str = r#"
grammar = 1
programme = "us-mo-matthew-group-cso"
version = 1
agreement = "three-rivers"
town = "millbrook"
[equipment.handgun]
carry = ["concealed"]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_permit_flags_the_shift_that_needs_it_also_when_jetstream_was_lost() {
    let mut platform = Platform::start().await;
    for step in [Step::Towns, Step::Agreement] {
        month::take(&mut platform, step).await;
    }
    programme(&mut platform).await;
    month::enrol(&mut platform, ARMED).await;
    platform.heard().await;
    for officer in [ARMED, OTHER] {
        learnt(&mut platform, officer).await;
    }
    platform.heard().await;
    let shifts = [
        plan(&mut platform, "2027-01-09").await,
        plan(&mut platform, "2027-01-16").await,
    ];
    assert!(flags(&mut platform).await.is_empty());

    let began = Instant::now();
    let permit = suspend(&mut platform, "2027-01-16").await;
    let told = flagged(&mut platform, &shifts[1..]).await;
    eprintln!("flagged {told:?} after {:?}", began.elapsed());
    let (first, missing) = &told[0];
    assert_eq!(first.officer, OTHER);
    assert!(
        missing
            .iter()
            .any(|why| why.contains("suspended since 2027-01-16")),
        "{missing:?}"
    );

    // Reinstated, the flag goes.
    let reinstate = training::ReinstateCredentialRequest {
        officer: ARMED.into(),
        credential: permit.clone(),
        from: "2027-01-16".into(),
    };
    platform.must(Staff, reinstate).await;
    flagged(&mut platform, &[]).await;

    // Scheduling is away while it happens, and what was sent is lost.
    platform.process(Role::Scheduling).stop().await;
    suspend(&mut platform, "2027-01-02").await;
    platform.stack.wipe_jetstream().await.unwrap();
    platform.process(Role::Scheduling).start(None);
    let began = Instant::now();
    platform.serving().await;
    // The other one lies in the days for which it was reinstated.
    flagged(&mut platform, &shifts[..1]).await;
    eprintln!("flagged after the loss in {:?}", began.elapsed());
    platform.finish().await;
}

/// The programme as it is shipped, agreed to by the town with its clauses.
async fn programme(platform: &mut Platform) {
    let shipped = registry::ListShippedProfilesRequest::default();
    let shipped = platform.must(Staff, shipped).await.profiles;
    let profile = shipped.into_iter().find(|p| p.programme == PROGRAMME);
    let issue = registry::IssueProfileRequest {
        effective_from: "2026-09-01".into(),
        toml: profile.unwrap().toml,
    };
    platform.must(Staff, issue).await;
    let agree = registry::AgreeProgrammeRequest {
        agreement: AGREEMENT.into(),
        town: TOWN.into(),
        programme: PROGRAMME.into(),
        from: "2026-10-01".into(),
        narrowing: CLAUSES.into(),
    };
    platform.must(Staff, agree).await;
}

/// What it takes to patrol with a handgun.
async fn learnt(platform: &mut Platform, officer: &str) {
    use training::record_evidence_request::Evidence;
    let course = |course: &str| {
        Evidence::Outcome(training::CourseOutcome {
            course: course.into(),
            started: "2026-09-15".into(),
            on: "2026-09-25".into(),
            result: training::CourseResult::CompletionAndProficiency.into(),
            minutes: 4_800,
        })
    };
    let checked = Evidence::Check(training::Check {
        check: "background".into(),
        on: "2026-09-14".into(),
        passed: true,
        until: String::new(),
    });
    for evidence in [checked, course("core"), course("pistol")] {
        let record = training::RecordEvidenceRequest {
            officer: officer.into(),
            evidence: Some(evidence),
        };
        platform.must(Staff, record).await;
    }
    let permit = training::GrantCredentialRequest {
        officer: officer.into(),
        kind: "mo-ccw".into(),
        issuer: "sheriff".into(),
        issued: "2026-06-01".into(),
        until: "2031-06-01".into(),
        ..Default::default()
    };
    platform.must(Staff, permit).await;
}

/// A published shift with a handgun. Returns its id.
async fn plan(platform: &mut Platform, day: &str) -> String {
    let add = scheduling::AddShiftRequest {
        town: TOWN.into(),
        kind: "patrol".into(),
        start: format!("{day}T11:00"),
        end: format!("{day}T17:00"),
        officer: ARMED.into(),
        equipment: vec!["handgun".into()],
        ..Default::default()
    };
    let shift = platform.must(Staff, add).await.shift;
    let publish = scheduling::PublishShiftsRequest {
        shifts: vec![shift.clone()],
        ..Default::default()
    };
    platform.must(Staff, publish).await;
    shift
}

/// Suspends the armed officer's permit from a day on. Returns the permit.
async fn suspend(platform: &mut Platform, from: &str) -> String {
    let held = training::ListCredentialsRequest {
        officer: ARMED.into(),
        ..Default::default()
    };
    let held = platform.must(Staff, held).await.credentials;
    let suspend = training::SuspendCredentialRequest {
        officer: ARMED.into(),
        credential: held[0].credential.clone(),
        from: from.into(),
    };
    platform.must(Staff, suspend).await;
    held[0].credential.clone()
}

async fn flags(platform: &mut Platform) -> Vec<scheduling::Flag> {
    let list = scheduling::ListFlagsRequest::default();
    platform.must(Staff, list).await.flags
}

/// Waits until just these shifts are flagged. Returns the best replacement of each, and what its
/// officer lacks.
async fn flagged(
    platform: &mut Platform,
    shifts: &[String],
) -> Vec<(scheduling::Candidate, Vec<String>)> {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let found = flags(platform).await;
        let of = found
            .iter()
            .map(|flag| flag.shift.as_ref().unwrap().shift.clone());
        if of.collect::<Vec<_>>() == shifts {
            let best = found
                .into_iter()
                .map(|flag| (flag.candidates[0].clone(), flag.why));
            return best.collect();
        }
        assert!(Instant::now() < until, "flagged: {found:?}, not {shifts:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
