//! Servers go and come back; the services neither end nor forget.

use wire::incidents::v1::ListIncidentsRequest;
use wire::payroll::v1::{ClockOutRequest, GetTimesheetRequest};
use wire::registry::v1::GetTownRequest;
use wire::scheduling::v1::ListShiftsRequest;
use wire::statements::v1::PreviewMonthRequest;
use wire::training::v1::ListRecordsRequest;

use super::files::Who::{Clerk, Officer, Staff};
use super::golden;
use super::month::{self, Disturbance, OFFICER, Step};
use super::platform::Platform;
use super::role::Role;

/// Takes PostgreSQL and NATS away at different moments, in good order and by a crash.
struct Outages;

impl Disturbance for Outages {
    async fn after(&mut self, step: Step, platform: &mut Platform) {
        match step {
            Step::FirstHalf => {
                platform.stack.stop_postgres().await.unwrap();
                nobody_can_tell(platform).await;
                refused_until_it_is_back(platform).await;
            }
            // The incidents are told while NATS is away: a command needs no neighbour.
            Step::SecondHalf => {
                platform.heard().await;
                platform.stack.kill_nats();
            }
            Step::Incidents => platform.stack.start_nats().await.unwrap(),
            // The approvals' own first call is asked until PostgreSQL is back.
            Step::Expenses => {
                platform.heard().await;
                platform.stack.kill_postgres();
                platform.outage = Some(20);
            }
            Step::Approvals => {
                platform.stack.kill_nats();
                platform.stack.kill_postgres();
                platform.stack.start_postgres().await.unwrap();
                platform.stack.start_nats().await.unwrap();
            }
            _ => {}
        }
    }
}

/// Every role answers that it cannot say, and for how long to wait.
async fn nobody_can_tell(platform: &mut Platform) {
    let id = || uuid::Uuid::from_u128(0x0a7a_6e01);
    let (agreement, month) = (month::AGREEMENT.to_owned(), month::MONTHS[0].to_owned());
    let town = "barlow".to_owned();
    let refusals = [
        platform
            .ask_once(Staff, id(), GetTownRequest { town: town.clone() })
            .await
            .err(),
        platform
            .ask_once(
                Officer,
                id(),
                ListRecordsRequest {
                    officer: OFFICER.into(),
                    ..Default::default()
                },
            )
            .await
            .err(),
        platform.ask_once(Officer, id(), timesheet()).await.err(),
        platform
            .ask_once(
                Officer,
                id(),
                ListShiftsRequest {
                    officer: OFFICER.into(),
                    ..Default::default()
                },
            )
            .await
            .err(),
        platform
            .ask_once(
                Clerk,
                id(),
                ListIncidentsRequest {
                    town,
                    ..Default::default()
                },
            )
            .await
            .err(),
        platform
            .ask_once(Staff, id(), PreviewMonthRequest { agreement, month })
            .await
            .err(),
    ];
    for (role, refusal) in Role::ALL.into_iter().zip(refusals) {
        let refusal = refusal.unwrap_or_else(|| panic!("{role} answers without its database"));
        assert_eq!(refusal.code, tonic::Code::Unavailable, "{role}: {refusal}");
        assert!(refusal.retry_after.is_some(), "{role}: {refusal}");
    }
}

fn timesheet() -> GetTimesheetRequest {
    GetTimesheetRequest {
        officer: OFFICER.into(),
        week: "2026-09-27".into(),
    }
}

/// A command that the rules refuse, so that it leaves nothing behind: first nobody can tell, then
/// the same command gets its answer.
async fn refused_until_it_is_back(platform: &mut Platform) {
    let out = ClockOutRequest {
        officer: OFFICER.into(),
        at: "2026-10-16T18:00".into(),
    };
    // Not one of the numbered calls: the months' command ids stay what they are.
    let id = uuid::Uuid::from_u128(0x0a7a_6e00);
    let refusal = platform
        .ask_once(Officer, id, out.clone())
        .await
        .unwrap_err();
    assert_eq!(refusal.code, tonic::Code::Unavailable, "{refusal}");
    assert_eq!(refusal.reason, "STORE_UNAVAILABLE");
    assert!(refusal.message.contains("Try again"), "{refusal}");
    assert!(refusal.retry_after.is_some());
    platform.stack.start_postgres().await.unwrap();
    let answered = platform.answered(Officer, id, out).await;
    assert_eq!(answered.unwrap_err().reason, "NOT_ON_DUTY");
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_and_nats_may_go_and_come_back_and_no_service_needs_a_restart() {
    let mut platform = Platform::start().await;
    let before: Vec<_> = platform.roles.iter().map(|role| role.id()).collect();
    let told = month::told(&mut platform, &mut Outages).await;
    golden::assert_undisturbed(&mut platform, &told).await;
    let after: Vec<_> = platform.roles.iter().map(|role| role.id()).collect();
    assert_eq!(before, after, "a role was started again");
    started_before_its_servers(&mut platform).await;
    let tally = platform.finish().await;
    assert!(
        tally.repeats >= 20,
        "nothing was asked while PostgreSQL was away"
    );
}

/// A role that is started first says what it waits for, and serves when it is there.
async fn started_before_its_servers(platform: &mut Platform) {
    platform.process(Role::Payroll).stop().await;
    platform.stack.stop_nats().await.unwrap();
    platform.stack.stop_postgres().await.unwrap();
    platform.process(Role::Payroll).start(None);
    let waits = async |platform: &Platform| {
        let said = platform
            .lines(Role::Payroll)
            .contains("PostgreSQL is not there");
        if said {
            Vec::new()
        } else {
            vec!["nothing said".to_owned()]
        }
    };
    platform
        .until("payroll says what it waits for", waits)
        .await;
    platform.stack.start_postgres().await.unwrap();
    platform.stack.start_nats().await.unwrap();
    platform.serving().await;
}
