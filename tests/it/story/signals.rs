//! What the roles tell: ready when they are, and counts that documents, dashboard and alerts name.

use std::collections::BTreeSet;
use std::path::Path;

use tonic::Code;
use wire::payroll::v1::ClockOutRequest;
use wire::payroll::v1::payroll_service_client::PayrollServiceClient;
use wire::statements::v1::CloseMonthRequest;

use super::files::Who::{Officer, Staff, Stranger};
use super::gateway::{self, Gateway};
use super::month::{self, AGREEMENT, OFFICER, Step};
use super::platform::Platform;
use super::recovery::{self, Kept, done};
use super::role::Role;
use super::scrape::{names, page, samples};

#[tokio::test(flavor = "multi_thread")]
async fn every_signal_is_documented_and_dashboard_and_alerts_name_real_ones() {
    let mut platform = Platform::start().await;
    for step in [Step::Towns, Step::Agreement] {
        month::take(&mut platform, step).await;
    }
    month::work(&mut platform, &month::script::FIRST_HALF[..3]).await;
    refusals(&mut platform).await;
    let gateway = gateway::start(&mut platform).await;
    through(&gateway).await;
    let folder = tempfile::tempdir().unwrap();
    done(&recovery::backup(&platform, &Kept::under(folder.path(), "kept")).await);
    platform.heard().await;
    // Owners' heads are looked at every ten seconds.
    let lag = async |platform: &Platform| {
        let samples = samples(platform, &[]).await;
        let told = |role: &Role| {
            let listener = format!("listener=\"{role}\"");
            let lag = "commonwatch_listener_lag_positions{";
            samples
                .iter()
                .any(|line| line.starts_with(lag) && line.contains(&listener))
        };
        let listeners = Role::ALL
            .into_iter()
            .filter(|role| !role.hears().is_empty());
        let silent = listeners.filter(|role| !told(role));
        silent
            .map(|role| format!("{role} tells no lag yet"))
            .collect()
    };
    platform.until("the lag is told", lag).await;
    platform.until("the backup is told", saved).await;
    let samples = samples(&platform, &[gateway::HTTP_PORT]).await;
    let told = names(&samples);

    let spoken: BTreeSet<String> = words(&text("docs/signals.md"));
    for name in told.iter().map(|name| series(name)) {
        assert!(
            spoken.contains(name),
            "docs/signals.md does not explain {name}"
        );
    }
    for file in [
        "docs/signals.md",
        "deploy/dashboard.json",
        "deploy/alerts.yml",
    ] {
        for name in words(&text(file)) {
            assert!(
                told.contains(name.as_str()) || told.iter().any(|t| series(t) == name),
                "{file} names {name}, which nobody tells"
            );
        }
    }
    counted(&samples);
    nobody_is_named(&samples);
    readiness(&mut platform).await;
    platform.finish().await;
}

/// Every database says when it was saved.
async fn saved(platform: &Platform) -> Vec<String> {
    let samples = samples(platform, &[]).await;
    let name = "commonwatch_last_backup_timestamp_seconds{";
    let told = samples.into_iter().filter(|line| line.starts_with(name));
    told.filter(|line| line.ends_with(" 0")).collect()
}

/// A stranger is turned away behind the gateway.
async fn through(gateway: &Gateway) {
    let mut client = PayrollServiceClient::new(gateway.channel.clone());
    let denied = client.clock_out(ClockOutRequest::default()).await;
    assert_eq!(denied.unwrap_err().code(), Code::Unauthenticated);
}

/// Whoever is refused is counted.
async fn refusals(platform: &mut Platform) {
    let out = ClockOutRequest {
        officer: OFFICER.into(),
        at: "2026-10-16T18:00".into(),
    };
    let id = uuid::Uuid::from_u128;
    let denied = platform.ask_once(Stranger, id(1), out.clone()).await;
    assert_eq!(denied.unwrap_err().code, Code::Unauthenticated);
    platform.ask_once(Officer, id(2), out).await.unwrap_err();
    let close = CloseMonthRequest {
        agreement: AGREEMENT.to_owned(),
        month: "2027-10".to_owned(),
        ..CloseMonthRequest::default()
    };
    platform.ask_once(Staff, id(3), close).await.unwrap_err();
}

fn counted(samples: &[String]) {
    let has = |name: &str, labels: &[&str]| {
        let of_name = |line: &&String| line.starts_with(&format!("{name}{{"));
        let mut found = samples.iter().filter(of_name);
        found.any(|line| labels.iter().all(|label| line.contains(label)))
    };
    for (name, labels) in [
        (
            "commonwatch_calls_total",
            ["service=\"payroll\"", "code=\"UNAUTHENTICATED\""],
        ),
        (
            "commonwatch_calls_refused_total",
            ["service=\"payroll\"", "reason=\"TOKEN_UNKNOWN\""],
        ),
        (
            "commonwatch_commands_refused_total",
            ["service=\"payroll\"", "reason=\"NOT_ON_DUTY\""],
        ),
        (
            "commonwatch_facts_applied_total",
            ["listener=\"statements\"", "source=\"payroll\""],
        ),
        (
            "commonwatch_listener_lag_positions",
            ["listener=\"payroll\"", "log=\"registry\""],
        ),
        (
            "commonwatch_call_duration_seconds_bucket",
            ["method=\"ClockOut\"", "le=\"0.005\""],
        ),
        (
            "commonwatch_gateway_calls_total",
            ["service=\"payroll\"", "code=\"UNAUTHENTICATED\""],
        ),
        (
            "commonwatch_gateway_calls_refused_total",
            ["service=\"payroll\"", "reason=\"TOKEN_MISSING\""],
        ),
        (
            "commonwatch_rebuild_running",
            ["service=\"payroll\"", "table=\"p_duties_v2\""],
        ),
        (
            "commonwatch_close_duration_seconds_bucket",
            ["outcome=\"refused\"", "le=\"+Inf\""],
        ),
    ] {
        assert!(
            has(name, &labels),
            "{name} {labels:?}\n{}",
            samples.join("\n")
        );
    }
}

/// Labels hold services, RPCs, logs and reasons, never people.
fn nobody_is_named(samples: &[String]) {
    for line in samples {
        for person in [OFFICER, "officer", "staff", "reviewer"] {
            let quoted = format!("\"{person}\"");
            assert!(!line.contains(&quoted), "{line}");
        }
    }
}

/// A role is ready when its database and NATS are there, and says what is missing when not.
async fn readiness(platform: &mut Platform) {
    assert_eq!(page(platform, Role::Payroll, "/livez").await.0, 200);
    assert_eq!(page(platform, Role::Payroll, "/readyz").await.0, 200);
    platform.stack.stop_nats().await.unwrap();
    unready(platform, "NATS is not connected").await;
    platform.stack.start_nats().await.unwrap();
    platform.serving().await;
    platform.stack.stop_postgres().await.unwrap();
    unready(platform, "the database of payroll does not answer").await;
    assert_eq!(page(platform, Role::Payroll, "/livez").await.0, 200);
    platform.stack.start_postgres().await.unwrap();
    // gRPC health says so a moment after the page.
    platform.serving().await;
    assert_eq!(
        page(platform, Role::Payroll, "/readyz").await,
        (200, "ready\n".to_owned())
    );
}

async fn unready(platform: &mut Platform, reason: &str) {
    let says_so = async |platform: &Platform| {
        let (status, body) = page(platform, Role::Payroll, "/readyz").await;
        let serves = platform.serves(Role::Payroll).await;
        if status == 503 && body.contains(reason) && !serves {
            return Vec::new();
        }
        vec![format!("{status}, gRPC health {serves}: {body}")]
    };
    platform.until("payroll is not ready", says_so).await;
}

/// The words of a text that are metric names.
fn words(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'))
        .filter(|word| word.starts_with("commonwatch_") || word.starts_with("process_"))
        .map(str::to_owned)
        .collect()
}

/// A histogram's samples as the one name that it has.
fn series(name: &str) -> &str {
    let endings = ["_bucket", "_sum", "_count"];
    let found = endings.iter().find_map(|ending| name.strip_suffix(ending));
    found.unwrap_or(name)
}

fn text(path: &str) -> String {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    std::fs::read_to_string(top.join(path)).unwrap()
}
