use tonic::Status;
use vocabulary::Zone;
use wire::Refusal;

use super::parse::{optional_time, time};

fn zone() -> Zone {
    "America/Chicago".parse().unwrap()
}

fn refused(text: &str) -> Refusal {
    let status: Status = optional_time("at", text, &zone()).unwrap_err();
    Refusal::from_status(&status)
}

#[test]
fn a_time_that_the_clocks_skip_is_refused() {
    let refusal = refused("2026-03-08T02:30");
    assert_eq!(refusal.reason, "TIME_IN_GAP");
    assert_eq!(refusal.violations[0].field, "at");
    assert!(
        refusal
            .message
            .contains("does not exist in America/Chicago")
    );
}

#[test]
fn a_time_that_happens_twice_must_say_which_is_meant() {
    assert_eq!(refused("2026-11-01T01:30").reason, "TIME_AMBIGUOUS");
    let first = optional_time("at", "2026-11-01T01:30:first", &zone()).unwrap();
    let second = optional_time("at", "2026-11-01T01:30:second", &zone()).unwrap();
    let hour = second.unwrap().as_second() - first.unwrap().as_second();
    assert_eq!(hour, 3600);
}

#[test]
fn what_is_no_time_is_refused_by_field() {
    for text in ["yesterday", "2026-10-31", "22:00", "2026-13-01T00:00"] {
        assert_eq!(refused(text).reason, "INVALID_REQUEST", "{text}");
    }
}

#[test]
fn no_time_is_now_cut_to_the_minute() {
    let now = "2026-10-05T13:00:59.9Z".parse().unwrap();
    let cut = time("at", "", &zone(), now).unwrap();
    assert_eq!(cut.to_string(), "2026-10-05T13:00:00Z");
}
