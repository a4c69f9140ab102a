//! Coverage, patterns, suggestions, the balance.

use wire::payroll::v1 as payroll;
use wire::scheduling::v1 as pb;
use wire::statements::v1 as statements;

use crate::world::{World, by, done, refused, world};

const DAYS: &str = "DTSTART;TZID=America/Chicago:20261102T080000\nDURATION:PT8H\n\
                    RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20261231";

async fn bought(world: &World, hours: i64) {
    let asked = pb::SetCoverageRequest {
        town: "barlow".into(),
        agreement: "two-rivers".into(),
        clause: "exhibit-b-2".into(),
        from: "2026-11-01".into(),
        until: String::new(),
        weekly_minutes: hours * 60,
        windows: vec![pb::PresenceWindow {
            weekdays: vec!["saturday".into()],
            from: "10:00".into(),
            until: "14:00".into(),
            officers_min: 1,
        }],
    };
    done(world.towns.clone().set_coverage(by("plan-1", asked)).await);
}

fn pattern(text: &str) -> pb::SetPatternRequest {
    pb::SetPatternRequest {
        town: "barlow".into(),
        pattern: "barlow-days".into(),
        kind: "patrol".into(),
        text: text.into(),
        equipment: vec![],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recurrence_that_never_ends_is_refused_with_what_to_write() {
    let world = world().await;
    let endless =
        pattern("DTSTART;TZID=America/Chicago:20261102T080000\nDURATION:PT8H\nRRULE:FREQ=DAILY");
    let answer = world.towns.clone().set_pattern(by("plan-1", endless)).await;
    let refusal = refused(answer, "PATTERN_NEVER_ENDS");
    assert!(refusal.message.contains("UNTIL=20271231"), "{refusal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_drafted_suggested_applied_and_published() {
    let world = world().await;
    bought(&world, 44).await;
    let set = done(
        world
            .towns
            .clone()
            .set_pattern(by("plan-1", pattern(DAYS)))
            .await,
    );
    assert_eq!(set.shifts, 44);
    let draft = pb::DraftShiftsRequest {
        from: "2026-11-02".into(),
        until: "2026-11-15".into(),
        window_minutes: 480,
        window_kind: "patrol".into(),
        ..Default::default()
    };
    let mut client = world.shifts.clone();
    let drafted = done(client.draft_shifts(by("plan-1", draft.clone())).await).shifts;
    assert_eq!(drafted.len(), 12, "{drafted:?}");
    let again = done(client.draft_shifts(by("plan-1", draft)).await).shifts;
    assert!(again.is_empty());
    let ask = pb::SuggestRosterRequest {
        from: "2026-11-02".into(),
        until: "2026-11-15".into(),
        seed: 7,
        rounds: 200,
    };
    let found = done(client.suggest_roster(by("plan-1", ask.clone())).await);
    assert_eq!(found.assignments.len(), 12, "{found:?}");
    assert!(found.assignments.iter().all(|a| a.officer != "cso-3"));
    assert!(found.breaches.is_empty());
    assert_eq!(found.towns[0].bought_minutes, 2 * 44 * 60);
    let apply = pb::ApplySuggestionRequest {
        from: ask.from.clone(),
        until: ask.until.clone(),
        seed: 7,
        rounds: 200,
        digest: "other".into(),
    };
    refused(
        client.apply_suggestion(by("plan-1", apply.clone())).await,
        "SUGGESTION_CHANGED",
    );
    let apply = pb::ApplySuggestionRequest {
        digest: found.digest,
        ..apply
    };
    assert_eq!(
        done(client.apply_suggestion(by("plan-1", apply)).await).assigned,
        12
    );
    let publish = pb::PublishShiftsRequest {
        from: ask.from,
        until: ask.until,
        ..Default::default()
    };
    let told = done(client.publish_shifts(by("plan-1", publish)).await).shifts;
    assert_eq!(told.len(), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn bought_planned_worked_and_billed_are_one_balance() {
    let world = world().await;
    bought(&world, 40).await;
    world.published("b1", "2026-11-09", "cso-1").await;
    world.draft("b2", "2026-11-10", "").await;
    let recorded = |minutes: i64| payroll::DutyRecorded {
        officer: "cso-1".into(),
        duty: "cso-1.1".into(),
        location: "town:barlow".into(),
        account: "agreement:two-rivers".into(),
        pieces: [("2026-10-31", 60), ("2026-11-01", minutes)]
            .map(|(date, minutes)| payroll::Piece {
                date: date.into(),
                minutes,
                ..Default::default()
            })
            .into(),
        manual: false,
    };
    world.hear("payroll", &recorded(90)).await;
    let issued = statements::StatementIssued {
        month: "2026-11".into(),
        party: "barlow".into(),
        amount_cents: 0,
        document: r#"{"minutes": 75, "else": []}"#.into(),
    };
    world.hear("statements/two-rivers", &issued).await;
    let ask = pb::GetBalanceRequest {
        town: "barlow".into(),
        month: "2026-11".into(),
    };
    let answer = world
        .towns
        .clone()
        .get_balance(by("clerk-1", ask.clone()))
        .await;
    let found = done(answer);
    let barlow = &found.towns[0];
    assert_eq!(barlow.bought_minutes, 40 * 60 * 30 / 7);
    let minutes = [
        barlow.planned_minutes,
        barlow.open_minutes,
        barlow.worked_minutes,
        barlow.billed_minutes,
    ];
    assert_eq!(minutes, [480, 480, 90, 75]);
    assert!(
        found.warnings[0].contains("barlow bought"),
        "{:?}",
        found.warnings
    );
    assert!(
        found.warnings[1].contains("minimum presence lacks"),
        "{:?}",
        found.warnings
    );
    // The duty is taken back.
    let removed = payroll::DutyCorrected {
        officer: "cso-1".into(),
        duty: "cso-1.1".into(),
        location: "town:barlow".into(),
        account: "agreement:two-rivers".into(),
        pieces: vec![],
    };
    world.hear("payroll", &removed).await;
    let found = done(world.towns.clone().get_balance(by("clerk-1", ask)).await);
    assert_eq!(found.towns[0].worked_minutes, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn overtime_is_shown_before_with_the_town_that_would_bear_it() {
    let world = world().await;
    for day in 9..=13 {
        let (id, date) = (format!("b{day}"), format!("2026-11-{day:02}"));
        world.published(&id, &date, "cso-1").await;
    }
    world.draft("x1", "2026-11-14", "").await;
    let ask = pb::PreviewAssignmentRequest {
        officer: "cso-1".into(),
        shift: "x1".into(),
    };
    let found = world
        .shifts
        .clone()
        .preview_assignment(by("plan-1", ask))
        .await;
    let found = done(found);
    assert!(found.breaches.is_empty(), "{:?}", found.breaches);
    let week = &found.weeks[0];
    assert_eq!((week.minutes_before, week.minutes_after), (2_400, 2_880));
    assert_eq!((week.overtime_before, week.overtime_after), (0, 480));
    assert_eq!(week.bearers[0].town, "barlow");
    assert_eq!(week.bearers[0].account, "agreement:two-rivers");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_of_towns_is_listed() {
    let world = world().await;
    bought(&world, 40).await;
    done(
        world
            .towns
            .clone()
            .set_pattern(by("plan-1", pattern(DAYS)))
            .await,
    );
    let own = pb::ListCoverageRequest {
        town: "barlow".into(),
        ..Default::default()
    };
    let listed = done(world.towns.clone().list_coverage(by("clerk-1", own)).await).coverage;
    assert_eq!(listed[0].clause, "exhibit-b-2");
    assert_eq!(listed[0].windows[0].from, "10:00");
    let own = pb::ListPatternsRequest {
        town: "barlow".into(),
        ..Default::default()
    };
    let listed = done(world.towns.clone().list_patterns(by("clerk-1", own)).await).patterns;
    assert_eq!(listed[0].text.trim_end(), DAYS);
}
