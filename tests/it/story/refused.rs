//! What the platform is asked and does not do, and what it says.

use tonic::Code;
use wire::incidents::v1 as incidents;
use wire::payroll::v1 as payroll;
use wire::registry::v1 as registry;
use wire::statements::v1 as statements;

use super::ask::Ask;
use super::files::Who::{self, Clerk, Officer, Reviewer, Staff, Stranger};
use super::month::{self, AGREEMENT, MONTHS, OFFICER, Step, TERMS, by_hand};
use super::platform::Platform;

/// An officer whose employment is over.
const ENDED: &str = "cso-7";
/// A town of which nobody recorded a figure, alone in an agreement.
const UNCOUNTED: &str = "dunmore";

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_refused_with_its_reason_and_in_words_and_changes_nothing() {
    let mut platform = Platform::start().await;
    for step in [Step::Towns, Step::Agreement, Step::FirstHalf] {
        month::take(&mut platform, step).await;
    }
    prepare(&mut platform).await;
    let before = heads(&platform).await;
    times(&mut platform).await;
    places(&mut platform).await;
    people(&mut platform).await;
    agreements(&mut platform).await;
    callers(&mut platform).await;
    assert_eq!(
        heads(&platform).await,
        before,
        "a refusal left something behind"
    );
    ids(&mut platform).await;
    closes(&mut platform).await;
    let tally = platform.finish().await;
    assert_eq!(tally.repeats, 0);
}

/// Asks, and compares the refusal: code, reason, and words that must stand in it.
#[track_caller]
fn says<Q: Ask>(
    platform: &mut Platform,
    who: Who,
    question: Q,
    (code, reason): (Code, &'static str),
    words: &'static [&'static str],
) -> impl Future<Output = ()> {
    let caller = std::panic::Location::caller();
    async move {
        let Err(refusal) = platform.ask(who, question).await else {
            panic!("{caller}: done, where {reason} was due");
        };
        let said = refusal.to_string();
        let found = (refusal.code, refusal.reason.as_str());
        assert_eq!(found, (code, reason), "{caller}: {said}");
        for word in words {
            assert!(said.contains(word), "{caller}: no {word:?} in: {said}");
        }
    }
}

async fn prepare(platform: &mut Platform) {
    month::enrol(platform, ENDED).await;
    let end = registry::EndOfficerRequest {
        officer: ENDED.into(),
        on: "2026-10-10".into(),
    };
    platform.must(Staff, end).await;
    let register = registry::RegisterTownRequest {
        town: UNCOUNTED.into(),
        name: "Dunmore".into(),
        state: "MO".into(),
        zone: "America/Chicago".into(),
        contacts: Vec::new(),
    };
    platform.must(Staff, register).await;
    let terms = "grammar = 1\nagreement = \"uncounted\"\ntowns = [\"dunmore\"]\n\
                 [rounding]\nresidual = \"dunmore\"\n\
                 [[pool]]\nname = \"insurance\"\nbasis = \"population\"\n";
    month::signed(platform, "uncounted", &[UNCOUNTED.to_owned()], terms).await;
    platform.heard().await;
    let mut spent = month::expense(&("pool:insurance", 10_000, "2026-10-05", "insurance"));
    spent.agreement = "uncounted".into();
    platform.must(Staff, spent).await;
    platform.heard().await;
}

async fn heads(platform: &Platform) -> Vec<u64> {
    let mut heads = Vec::new();
    for process in &platform.roles {
        let found = platform.store(process.role).heads().await.unwrap();
        heads.extend(found.into_iter().map(|(_, head)| head.seq));
    }
    heads
}

async fn times(platform: &mut Platform) {
    let invalid = Code::InvalidArgument;
    let by_hand = |from, to| by_hand(from, to, "town:barlow");
    let backwards = by_hand("2026-10-05T16:00", "2026-10-05T08:00");
    let words = &["before it starts", "16:00", "08:00"];
    says(
        platform,
        Staff,
        backwards,
        (invalid, "ENDS_BEFORE_START"),
        words,
    )
    .await;
    let skipped = by_hand("2027-03-14T02:30", "2027-03-14T08:00");
    says(
        platform,
        Staff,
        skipped,
        (invalid, "TIME_IN_GAP"),
        &["start", "02:30"],
    )
    .await;
    let repeated = by_hand("2026-10-31T20:00", "2026-11-01T01:30");
    let words = &["end", "first", "second"];
    says(
        platform,
        Staff,
        repeated,
        (invalid, "TIME_AMBIGUOUS"),
        words,
    )
    .await;
    let to_come = by_hand("2026-12-24T08:00", "2026-12-24T16:00");
    let state = Code::FailedPrecondition;
    says(
        platform,
        Staff,
        to_come,
        (state, "TIME_IN_FUTURE"),
        &["2026-12-24", "2026-12-02"],
    )
    .await;
    let out = payroll::ClockOutRequest {
        officer: OFFICER.into(),
        at: "2026-10-05T16:00".into(),
    };
    says(
        platform,
        Officer,
        out,
        (state, "NOT_ON_DUTY"),
        &[OFFICER, "clock in first"],
    )
    .await;
}

async fn places(platform: &mut Platform) {
    let invalid = Code::InvalidArgument;
    let overlapping = by_hand("2026-10-01T11:00", "2026-10-01T13:00", "town:millbrook");
    let overlap = (Code::FailedPrecondition, "DUTIES_OVERLAP");
    let words = &["cso-114.1", "in barlow", "08:00", "12:00"];
    says(platform, Staff, overlapping, overlap, words).await;
    let day = |location| by_hand("2026-10-05T08:00", "2026-10-05T16:00", location);
    says(
        platform,
        Staff,
        day(""),
        (invalid, "LOCATION_MISSING"),
        &["a town"],
    )
    .await;
    let unknown = (Code::NotFound, "TOWN_UNKNOWN");
    says(
        platform,
        Staff,
        day("town:atlantis"),
        unknown,
        &["atlantis"],
    )
    .await;
    let mut silent = day("town:barlow");
    silent.reason.clear();
    says(
        platform,
        Staff,
        silent,
        (invalid, "REASON_MISSING"),
        &["reason"],
    )
    .await;
}

async fn people(platform: &mut Platform) {
    let state = Code::FailedPrecondition;
    let on = |officer: &str, day: &str| payroll::RecordDutyRequest {
        officer: officer.into(),
        ..by_hand(
            &format!("{day}T08:00"),
            &format!("{day}T16:00"),
            "town:barlow",
        )
    };
    let stranger = on("cso-999", "2026-10-05");
    says(
        platform,
        Staff,
        stranger,
        (Code::NotFound, "OFFICER_UNKNOWN"),
        &["cso-999"],
    )
    .await;
    let gone = on(ENDED, "2026-10-12");
    let words = &[ENDED, "2026-10-10", "2026-10-12"];
    says(platform, Staff, gone, (state, "OFFICER_ENDED"), words).await;
    let officer = OFFICER.to_owned();
    let unsigned = payroll::ApproveWeekRequest {
        officer,
        week: "2026-09-27".into(),
        ..Default::default()
    };
    says(
        platform,
        Reviewer,
        unsigned,
        (state, "WEEK_NOT_SUBMITTED"),
        &["must be signed"],
    )
    .await;
    let mut row = month::incident(1);
    row.town = "atlantis".into();
    let import = incidents::ImportIncidentsRequest { rows: vec![row] };
    let taken = platform.must(Staff, import).await;
    let rejected = taken.rejected.first().unwrap();
    assert_eq!(
        (rejected.line, rejected.reason.as_str()),
        (3, "TOWN_UNKNOWN")
    );
}

async fn agreements(platform: &mut Platform) {
    let propose = |toml: String| registry::ProposeTermsRequest {
        agreement: AGREEMENT.into(),
        effective_from: "2026-12-01".into(),
        toml,
    };
    let short = TERMS.replace("barlow = \"0.3\"", "barlow = \"0.28\"");
    let invalid = (Code::InvalidArgument, "TERMS_INVALID");
    says(platform, Staff, propose(short), invalid, &["0.98", "line"]).await;
    let float = TERMS.replace("\"8.5\"", "8.5");
    says(platform, Staff, propose(float), invalid, &["8.5", "line"]).await;
    let gambled = TERMS.replace("\"hours\"", "\"dice\"");
    says(platform, Staff, propose(gambled), invalid, &["dice"]).await;
}

async fn callers(platform: &mut Platform) {
    let denied = Code::PermissionDenied;
    let enrol = registry::EndOfficerRequest {
        officer: OFFICER.into(),
        on: "2026-12-31".into(),
    };
    says(platform, Officer, enrol, (denied, "ROLE_MISSING"), &["hr"]).await;
    let raise = registry::SetPayRateRequest {
        officer: OFFICER.into(),
        ..Default::default()
    };
    says(platform, Clerk, raise, (denied, "ROLE_MISSING"), &[]).await;
    let others = payroll::ClockInRequest {
        officer: ENDED.into(),
        ..Default::default()
    };
    says(
        platform,
        Officer,
        others,
        (denied, "SCOPE_FOREIGN"),
        &[ENDED],
    )
    .await;
    let neighbours = statements::GetStatementRequest {
        agreement: AGREEMENT.into(),
        month: MONTHS[0].into(),
        party: "millbrook".into(),
    };
    says(
        platform,
        Clerk,
        neighbours,
        (denied, "SCOPE_FOREIGN"),
        &["millbrook"],
    )
    .await;
    let bundle = statements::GetBundleRequest {
        agreement: AGREEMENT.into(),
        month: MONTHS[0].into(),
        party: "millbrook".into(),
    };
    says(
        platform,
        Clerk,
        bundle,
        (denied, "SCOPE_FOREIGN"),
        &["millbrook"],
    )
    .await;
    let unknown = (Code::Unauthenticated, "TOKEN_UNKNOWN");
    says(platform, Stranger, month::closing(MONTHS[0]), unknown, &[]).await;
}

/// The same id again gets the same answer; with other content it is refused.
async fn ids(platform: &mut Platform) {
    let id = platform.next_id();
    let duty = by_hand("2026-10-05T08:00", "2026-10-05T12:00", "town:barlow");
    let first = platform.ask_once(Staff, id, duty.clone()).await.unwrap();
    assert_eq!(platform.ask_once(Staff, id, duty).await.unwrap(), first);
    let other = by_hand("2026-10-06T08:00", "2026-10-06T12:00", "town:barlow");
    let refusal = platform.ask_once(Staff, id, other).await.unwrap_err();
    assert_eq!(refusal.reason, "COMMAND_ID_REUSED");
    assert!(refusal.message.contains(&id.to_string()), "{refusal}");
}

async fn closes(platform: &mut Platform) {
    platform.heard().await;
    let state = Code::FailedPrecondition;
    let october = || month::closing(MONTHS[0]);
    let open = &[
        "2026-10-01, 480 minutes, unapproved",
        "2026-10-02, 450 minutes, unapproved",
        "2026-10-05, 240 minutes, unapproved",
        "2026-10-16, 420 minutes, unapproved",
    ];
    says(
        platform,
        Staff,
        october(),
        (state, "TIME_NOT_APPROVED"),
        open,
    )
    .await;
    let early = month::closing("2026-11");
    says(
        platform,
        Staff,
        early,
        (state, "NOT_NEXT_MONTH"),
        &["2026-10"],
    )
    .await;
    let mut uncounted = october();
    uncounted.agreement = "uncounted".into();
    let words = &[UNCOUNTED, "population", "2026-10-31"];
    says(platform, Staff, uncounted, (state, "MISSING_FIGURE"), words).await;

    let allowing = statements::CloseMonthRequest {
        allow_open: true,
        ..october()
    };
    let closed = platform.must(Staff, allowing).await;
    assert_eq!(closed.open.len(), 4, "{:?}", closed.open);
    let (json, csv) = month::statement(platform, MONTHS[0], "millbrook").await;
    let statement = allocation::Statement::from_json(&json).unwrap();
    assert_eq!(statement.open.len(), 4);
    assert_eq!(statement.minutes.0, 0, "what nobody approved is not billed");
    assert!(csv.contains("2026-10-16"), "{csv}");
    says(
        platform,
        Staff,
        october(),
        (Code::AlreadyExists, "ALREADY_CLOSED"),
        &["2026-10"],
    )
    .await;
}
