//! What becomes of a grant: known within moments, gone within moments, and counted when it is
//! not enough.

use proof::Hash;
use tonic::{Request, Status};
use wire::Refusal;
use wire::access::v1::ListDenialsRequest;
use wire::access::v1::denial_service_client::DenialServiceClient;
use wire::payroll::v1 as payroll;
use wire::payroll::v1::payroll_service_client::PayrollServiceClient;
use wire::registry::v1 as registry;
use wire::statements::v1 as statements;
use wire::statements::v1::statements_service_client::StatementsServiceClient;

use super::super::files::Who::Staff;
use super::super::month::{self, AGREEMENT, MONTHS, OFFICER, Step};
use super::super::platform::Platform;
use super::super::role::Role;
use super::{FOREIGN_TOWN, TOWN};

/// SHA-256 of a token, as grants hold it.
pub(super) fn hash(token: &str) -> String {
    Hash::of(token.as_bytes()).to_string()
}

/// The RPC that tells denials, without its package's first word.
pub(super) const LIST_DENIALS: &str = "access.v1.DenialService/ListDenials";

/// Asks every role with an `authorization` until each answers with that reason, or `OK`.
pub(super) async fn until_known(platform: &mut Platform, header: &'static str, reason: &str) {
    platform
        .until("every role knows the grant", async |platform| {
            let mut otherwise = Vec::new();
            for role in Role::ALL {
                let mut client = DenialServiceClient::new(platform.channel(role));
                let asked = by(header, ListDenialsRequest::default());
                let found = said(client.list_denials(asked).await);
                if found != reason {
                    otherwise.push(format!("{role} says {found}, not {reason}"));
                }
            }
            otherwise
        })
        .await;
}

/// How many denied calls all roles tell of, but those to [`LIST_DENIALS`].
pub(super) async fn denials(platform: &Platform) -> usize {
    let mut sum = 0;
    for role in Role::ALL {
        let mut client = DenialServiceClient::new(platform.channel(role));
        let mut page_token = String::new();
        loop {
            let asked = ListDenialsRequest {
                page_size: 1000,
                page_token,
                ..ListDenialsRequest::default()
            };
            let asked = by("Bearer token-of-Staff", asked);
            let page = client.list_denials(asked).await.unwrap().into_inner();
            for denial in page.denials {
                let known = !denial.peer.is_empty() || denial.reason == "OVERFLOW";
                assert!(known, "{denial:?}");
                if !denial.rpc.ends_with(LIST_DENIALS) {
                    sum += usize::try_from(denial.count).unwrap();
                }
            }
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
    }
    sum
}

fn by<T>(header: &'static str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let metadata = request.metadata_mut();
    metadata.insert("authorization", header.parse().unwrap());
    metadata.insert("cw-dry-run", "true".parse().unwrap());
    request
}

/// The reason of a refusal, or `OK`.
fn said<T>(answer: Result<T, Status>) -> String {
    match answer {
        Ok(_) => "OK".to_owned(),
        Err(status) => Refusal::from_status(&status).reason,
    }
}

const CLERK: &str = "Bearer token-of-clerk-7";
const PATROL: &str = "Bearer token-of-patrol-7";

/// A clerk of [`TOWN`] and the officer, each granted by command.
async fn grant(platform: &mut Platform) {
    let give = |actor: &str, role: &str| registry::GrantAccessRequest {
        actor: actor.to_owned(),
        roles: vec![role.to_owned()],
        token_sha256: hash(&format!("token-of-{actor}")),
        expires_on: "2027-06-30".to_owned(),
        ..registry::GrantAccessRequest::default()
    };
    let mut clerk = give("clerk-7", "town");
    clerk.towns = vec![TOWN.to_owned()];
    platform.must(Staff, clerk).await;
    let mut patrol = give("patrol-7", "officer");
    patrol.officer = OFFICER.to_owned();
    platform.must(Staff, patrol).await;
    until_known(platform, PATROL, "ROLE_MISSING").await;
}

/// What the clerk hears who asks for a town's statement: a read.
async fn statement_of(platform: &Platform, party: &str) -> String {
    let asked = statements::GetStatementRequest {
        agreement: AGREEMENT.to_owned(),
        month: MONTHS[0].to_owned(),
        party: party.to_owned(),
    };
    let mut client = StatementsServiceClient::new(platform.channel(Role::Statements));
    said(client.get_statement(by(CLERK, asked)).await)
}

/// What the officer hears who clocks in, were it not a dry run: a write.
async fn clock_in(platform: &Platform) -> String {
    let asked = payroll::ClockInRequest {
        officer: OFFICER.to_owned(),
        location: format!("town:{TOWN}"),
        ..payroll::ClockInRequest::default()
    };
    let mut client = PayrollServiceClient::new(platform.channel(Role::Payroll));
    said(client.clock_in(by(PATROL, asked)).await)
}

/// What the staff of the grants file hears who asks payroll who is on duty.
async fn on_duty(platform: &Platform) -> String {
    let asked = payroll::ListOnDutyRequest::default();
    let mut client = PayrollServiceClient::new(platform.channel(Role::Payroll));
    said(
        client
            .list_on_duty(by("Bearer token-of-Staff", asked))
            .await,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_is_let_in_by_command_and_refused_once_it_is_taken_away() {
    let mut platform = Platform::start().await;
    for step in [Step::Towns, Step::Agreement] {
        month::take(&mut platform, step).await;
    }
    grant(&mut platform).await;
    let no_statement = statement_of(&platform, TOWN).await;
    assert!(!no_statement.starts_with("TOKEN_"), "{no_statement}");
    assert_eq!(statement_of(&platform, FOREIGN_TOWN).await, "SCOPE_FOREIGN");
    assert_eq!(clock_in(&platform).await, "OK");

    // Without the registry, what is known goes on to count for a while.
    platform.process(Role::Registry).stop().await;
    assert_eq!(statement_of(&platform, TOWN).await, no_statement);
    assert_eq!(clock_in(&platform).await, "OK");
    // A service that starts meanwhile cannot know what was taken away, and says so.
    platform.process(Role::Payroll).stop().await;
    platform.process(Role::Payroll).start(None);
    platform.serving().await;
    assert_eq!(clock_in(&platform).await, "GRANTS_UNCONFIRMED");
    assert_eq!(on_duty(&platform).await, "OK");
    platform.process(Role::Registry).start(None);
    platform.serving().await;
    until_known(&mut platform, PATROL, "ROLE_MISSING").await;
    assert_eq!(clock_in(&platform).await, "OK");

    let revoke = registry::RevokeAccessRequest {
        actor: "clerk-7".to_owned(),
    };
    platform.must(Staff, revoke).await;
    until_known(&mut platform, CLERK, "TOKEN_REVOKED").await;
    assert_eq!(statement_of(&platform, TOWN).await, "TOKEN_REVOKED");
    for role in Role::ALL {
        let lines = platform.lines(role);
        assert!(!lines.contains("token-of-"), "{role} logged a token");
    }
    platform.finish().await;
}
