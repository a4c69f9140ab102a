use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::date;
use tonic::{Code, Status};
use vocabulary::{OfficerId, TownId};

use crate::log::v1::ReadRequest;
use crate::refusal::{Refusal, Violation, status};
use crate::{DESCRIPTOR_SET, convert};

#[test]
fn a_refusal_survives_the_way_over_the_wire() {
    let refusal = Refusal::new(Code::FailedPrecondition, "ALREADY_ON_DUTY", "Is on duty.")
        .violations([Violation::new("officer", "cso-114 is on duty since 22:00")])
        .retry_after(Duration::from_millis(1_500))
        .metadata("error_id", "x1");
    let response = Status::from(refusal.clone()).into_http::<()>();
    let received = Status::from_header_map(response.headers()).expect("a status");
    assert_eq!(Refusal::from_status(&received), refusal);
}

#[test]
fn a_status_without_details_is_named_after_its_code() {
    let refusal = Refusal::from_status(&Status::unavailable("connection refused"));
    assert_eq!(refusal.to_string(), "connection refused [UNAVAILABLE]");
}

#[test]
fn a_status_with_foreign_bytes_as_details_is_still_read() {
    let garbled = Status::with_details(Code::Internal, "no", vec![0xff, 0xff, 0xff].into());
    assert_eq!(Refusal::from_status(&garbled).reason, "INTERNAL");
}

#[test]
fn violations_are_printed_one_a_line() {
    let status = status(
        Code::InvalidArgument,
        "SHARES_DO_NOT_SUM",
        "Shares sum to 49/50.",
        [Violation::new(
            "terms.pools",
            "add 1/50, or name who takes the residue",
        )],
    );
    assert_eq!(
        Refusal::from_status(&status).to_string(),
        "Shares sum to 49/50. [SHARES_DO_NOT_SUM]\n  \
         terms.pools: add 1/50, or name who takes the residue"
    );
}

#[test]
fn all_wrong_fields_are_named_at_once() {
    let wrong = convert::all((
        convert::required::<TownId>("town", ""),
        convert::required::<OfficerId>("officer", "cso-114"),
        convert::date("day", "31.10.2026"),
    ));
    let refusal = Refusal::from_status(&Status::from(wrong.expect_err("two are wrong")));
    assert_eq!(refusal.code, Code::InvalidArgument);
    let fields: Vec<_> = refusal
        .violations
        .iter()
        .map(|v| v.field.as_str())
        .collect();
    assert_eq!(fields, ["town", "day"]);
    assert!(
        refusal.violations[0]
            .description
            .starts_with("is missing: give a town id")
    );
    assert!(
        refusal.violations[1]
            .description
            .contains("\"31.10.2026\" is not a date")
    );
}

#[test]
fn dates_have_one_spelling() {
    assert_eq!(
        convert::date("day", "2026-10-31").expect("valid"),
        date(2026, 10, 31)
    );
    assert_eq!(convert::date_text(date(2026, 10, 31)), "2026-10-31");
    for wrong in [
        "2026-13-01",
        "2026-02-30",
        "20261031",
        "2026-10-31T00:00",
        " 2026-10-31",
        "",
    ] {
        assert!(convert::date("day", wrong).is_err(), "{wrong}");
    }
}

#[test]
fn instants_go_there_and_back_also_before_1970() {
    for text in [
        "2026-11-01T06:30:00.25Z",
        "1969-12-31T23:59:59.5Z",
        "1970-01-01T00:00:00Z",
    ] {
        let instant: Timestamp = text.parse().expect("valid");
        let value = convert::timestamp_value(instant);
        assert!(value.nanos >= 0, "{text}");
        assert_eq!(
            convert::timestamp("at", Some(&value)),
            Ok(instant),
            "{text}"
        );
    }
}

#[test]
fn instants_outside_the_calendar_are_refused() {
    for (seconds, nanos) in [(i64::MAX, 0), (0, -1), (0, 1_000_000_000)] {
        let stamp = prost_types::Timestamp { seconds, nanos };
        assert!(convert::timestamp("at", Some(&stamp)).is_err());
    }
    assert!(convert::timestamp("at", None).is_err());
}

#[test]
fn an_enum_field_left_out_is_refused() {
    use crate::access::v1::Role;
    assert_eq!(convert::choice("role", 3, "a role"), Ok(Role::Hr));
    assert!(convert::choice::<Role>("role", 0, "a role").is_err());
    assert!(convert::choice::<Role>("role", 999, "a role").is_err());
}

#[test]
fn the_descriptor_set_keeps_the_access_options() {
    let pool = prost_reflect::DescriptorPool::decode(DESCRIPTOR_SET).expect("valid");
    let option = pool
        .get_extension_by_name("commonwatch.access.v1.access")
        .expect("declared");
    let service = pool
        .get_service_by_name("commonwatch.log.v1.LogService")
        .expect("declared");
    for rpc in service.methods() {
        assert!(rpc.options().has_extension(&option), "{}", rpc.full_name());
    }
    let _: ReadRequest = prost::Message::decode(&b""[..]).expect("valid");
}
