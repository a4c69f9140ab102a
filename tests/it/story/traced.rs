//! One clock-out's walk through the processes, by its trace id.

use serde_json::Value;
use wire::payroll::v1::{ApproveWeekRequest, SubmitWeekRequest};

use super::files::Who::{Officer, Reviewer};
use super::month::{self, OFFICER, Step};
use super::platform::Platform;
use super::role::Role;

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_out_and_its_cost_are_followed_by_trace_id_from_payroll_into_the_statements() {
    let mut platform = Platform::start().await;
    for step in [Step::Towns, Step::Agreement] {
        month::take(&mut platform, step).await;
    }
    month::work(&mut platform, &month::script::FIRST_HALF[..3]).await;
    let clock_out = platform.last_id().simple().to_string();
    let (officer, week) = (OFFICER.to_owned(), "2026-09-27".to_owned());
    let submit = SubmitWeekRequest {
        officer: officer.clone(),
        week: week.clone(),
    };
    platform.must(Officer, submit).await;
    let (from, to) = (String::new(), String::new());
    let approve = ApproveWeekRequest {
        officer,
        week,
        from,
        to,
    };
    platform.must(Reviewer, approve).await;
    let approval = platform.last_id().simple().to_string();
    platform.heard().await;

    let recorded = position(&mut platform, Role::Payroll, &clock_out, "fact published").await;
    let heard = position(&mut platform, Role::Statements, &clock_out, "fact applied").await;
    assert_eq!(heard, recorded, "the listener names the owner's position");
    let costed = position(&mut platform, Role::Payroll, &approval, "fact published").await;
    let copied = position(&mut platform, Role::Statements, &approval, "fact published").await;
    assert_eq!(costed.0, "payroll");
    assert_eq!(copied.0, format!("statements/{}", month::AGREEMENT));
    let excerpt = [clock_out.as_str(), &approval].map(|trace| walk(&platform, trace));
    eprintln!(
        "the clock-out\n{}\nits approval\n{}",
        excerpt[0], excerpt[1]
    );
    platform.finish().await;
}

/// Log and seq in the last line of a role's log that carries the trace and says `message`.
async fn position(
    platform: &mut Platform,
    role: Role,
    trace: &str,
    message: &str,
) -> (String, u64) {
    let found = |platform: &Platform| {
        let lines = lines(platform, role, trace);
        lines.into_iter().rfind(|line| line["message"] == message)
    };
    let what = format!("{role} says {message:?} under {trace}");
    let missing = async |platform: &Platform| match found(platform) {
        Some(_) => Vec::new(),
        None => lines(platform, role, trace)
            .iter()
            .map(Value::to_string)
            .chain(["…".into()])
            .collect(),
    };
    platform.until(&what, missing).await;
    let line = found(platform).unwrap();
    (
        line["log"].as_str().unwrap().to_owned(),
        line["seq"].as_u64().unwrap(),
    )
}

/// The role's log lines that carry a trace id.
fn lines(platform: &Platform, role: Role, trace: &str) -> Vec<Value> {
    let text = platform.lines(role);
    let with_trace = text.lines().filter(|line| line.contains(trace));
    // The last line may be half written.
    with_trace
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

/// The whole walk, in the order of the roles.
fn walk(platform: &Platform, trace: &str) -> String {
    let roles = Role::ALL.into_iter();
    let lines = roles.flat_map(|role| {
        lines(platform, role, trace)
            .into_iter()
            .map(move |l| (role, l))
    });
    let shown = lines.map(|(role, line)| format!("  {role}: {line}"));
    shown.collect::<Vec<_>>().join("\n")
}
