use super::*;
use crate::samples::{at, patrol, town};

const NEW_YORK: &str = "DTSTART;TZID=America/New_York:";

/// The days of a rule that starts on a local time of the RFC's examples.
fn days(start: &str, rule: &str) -> Vec<String> {
    let pattern =
        Pattern::parse(&format!("{NEW_YORK}{start}\nDURATION:PT1H\nRRULE:{rule}")).unwrap();
    pattern
        .occurrences
        .iter()
        .map(|one| one.local.date().strftime("%y%m%d").to_string())
        .collect()
}

fn refused(text: &str) -> String {
    Pattern::parse(text).unwrap_err().to_string()
}

fn rule_refused(rule: &str) -> String {
    refused(&format!(
        "DTSTART;TZID=America/Chicago:20261005T220000\nDURATION:PT8H\nRRULE:{rule}"
    ))
}

// RFC 5545 §3.8.5.3 lists these rules with their days, in 1997; 2003 has the same calendar, and
// lies within the years of patterns.
#[test]
fn the_rules_that_rfc_5545_shows_give_the_days_it_shows() {
    let ten = days("20030902T090000", "FREQ=DAILY;COUNT=10");
    assert_eq!((ten.len(), ten[9].as_str()), (10, "030911"));
    let until = days("20030902T090000", "FREQ=DAILY;UNTIL=20031224T000000Z");
    assert_eq!(
        (until.len(), until.last().unwrap().as_str()),
        (113, "031223")
    );
    assert_eq!(
        days("20030902T090000", "FREQ=DAILY;INTERVAL=10;COUNT=5"),
        ["030902", "030912", "030922", "031002", "031012"]
    );
    assert_eq!(
        days(
            "20030902T090000",
            "FREQ=WEEKLY;UNTIL=20031007T000000Z;WKST=SU;BYDAY=TU,TH"
        ),
        [
            "030902", "030904", "030909", "030911", "030916", "030918", "030923", "030925",
            "030930", "031002"
        ]
    );
    assert_eq!(
        days(
            "20030902T090000",
            "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH"
        ),
        [
            "030902", "030904", "030916", "030918", "030930", "031002", "031014", "031016"
        ]
    );
    assert_eq!(
        days("20030905T090000", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR")[..6],
        ["030905", "031003", "031107", "031205", "040102", "040206"]
    );
    assert_eq!(
        days(
            "20030907T090000",
            "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU"
        )[..6],
        ["030907", "030928", "031102", "031130", "040104", "040125"]
    );
    assert_eq!(
        days("20030922T090000", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO")[..3],
        ["030922", "031020", "031117"]
    );
    assert_eq!(
        days("20030928T090000", "FREQ=MONTHLY;BYMONTHDAY=-3;COUNT=4"),
        ["030928", "031029", "031128", "031229"]
    );
    assert_eq!(
        days("20030902T090000", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15")[..4],
        ["030902", "030915", "031002", "031015"]
    );
    assert_eq!(
        days("20030930T090000", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1")[..5],
        ["030930", "031001", "031031", "031101", "031130"]
    );
}

#[test]
fn the_day_on_which_a_week_starts_makes_the_difference_that_rfc_5545_shows() {
    // Its own example: 1997-08-05 was a Tuesday, as 2003-08-05 was.
    assert_eq!(
        days(
            "20030805T090000",
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO"
        ),
        ["030805", "030810", "030819", "030824"]
    );
    assert_eq!(
        days(
            "20030805T090000",
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU"
        ),
        ["030805", "030817", "030819", "030831"]
    );
}

#[test]
fn days_that_do_not_exist_are_passed_over_and_not_counted() {
    assert_eq!(
        days("20070115T090000", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5"),
        ["070115", "070130", "070215", "070315", "070330"]
    );
    assert_eq!(
        days(
            "20030913T090000",
            "FREQ=MONTHLY;COUNT=3;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13"
        ),
        ["030913", "031011", "031108"]
    );
}

#[test]
fn a_night_over_the_change_of_the_clocks_has_its_exact_minutes() {
    let of = |length: &str| {
        let text = format!(
            "DTSTART;TZID=America/Chicago:20261030T220000\n{length}\nRRULE:FREQ=DAILY;COUNT=3"
        );
        let all = Pattern::parse(&text).unwrap().occurrences;
        all.iter()
            .map(|one| (one.end.as_second() - one.start.as_second()) / 60)
            .collect::<Vec<_>>()
    };
    // The clocks go back on the morning of November 1.
    assert_eq!(
        of("DTEND;TZID=America/Chicago:20261031T060000"),
        [480, 540, 480]
    );
    assert_eq!(of("DURATION:PT8H"), [480, 480, 480]);
    let spring = Pattern::parse(
        "DTSTART;TZID=America/Chicago:20270313T220000\n\
         DTEND;TZID=America/Chicago:20270314T060000\nRRULE:FREQ=DAILY;COUNT=1",
    )
    .unwrap();
    let one = spring.occurrences[0];
    assert_eq!(one.end.as_second() - one.start.as_second(), 7 * 3600);
}

#[test]
fn a_start_in_the_gap_is_not_planned_not_counted_and_told() {
    let pattern = Pattern::parse(
        "DTSTART;TZID=America/Chicago:20270313T023000\nDURATION:PT8H\nRRULE:FREQ=DAILY;COUNT=2",
    )
    .unwrap();
    let days: Vec<i8> = pattern.occurrences.iter().map(|o| o.local.day()).collect();
    assert_eq!(days, [13, 15]);
    assert_eq!(
        pattern.skipped(),
        [jiff::civil::date(2027, 3, 14).at(2, 30, 0, 0)]
    );
    let typed = "DTSTART;TZID=America/Chicago:20270314T023000\nDURATION:PT8H";
    assert!(refused(typed).contains("DTSTART: 2027-03-14T02:30:00 does not exist"));
}

#[test]
fn a_start_in_the_fold_is_asked_for_and_a_rules_own_is_the_first_pass() {
    let once = "DTSTART;TZID=America/Chicago:20261101T013000\nDURATION:PT2H";
    assert!(refused(once).contains("happens twice"), "{}", refused(once));
    let second = once.replace("DTSTART", "DTSTART;X-FOLD=second");
    let pattern = Pattern::parse(&second).unwrap();
    assert_eq!(pattern.occurrences[0].start, at("2026-11-01T01:30:second"));
    assert!(pattern.to_string().contains("X-FOLD=second"));
    let daily = "DTSTART;TZID=America/Chicago:20261031T013000\nDURATION:PT2H\n\
                 RRULE:FREQ=DAILY;COUNT=2";
    let start = Pattern::parse(daily).unwrap().occurrences[1].start;
    assert_eq!(start, at("2026-11-01T01:30:first"));
    let instant = "DTSTART;TZID=America/Chicago:20261031T013000\nDURATION:PT2H\n\
                   RDATE:20261101T073000Z";
    let start = Pattern::parse(instant).unwrap().occurrences[1].start;
    assert_eq!(start, at("2026-11-01T01:30:second"));
}

#[test]
fn exceptions_fall_out_and_extra_days_come_in() {
    let pattern = Pattern::parse(
        "DTSTART;TZID=America/Chicago:20261005T220000\r\nDTEND;TZID=America/Chicago:20261006T0600\r\n 00\
         \r\nRRULE:FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20261015\r\n\
         EXDATE;TZID=America/Chicago:20261008T220000\r\nRDATE;TZID=America/Chicago:20261009T200000\r\n",
    )
    .unwrap();
    let ids: Vec<String> = pattern
        .expand(at("2026-10-01T00:00"), at("2026-11-01T00:00"))
        .iter()
        .map(|one| {
            let id = PatternId::new("barlow-nights").unwrap();
            let shift = Pattern::shift(&id, one, town("barlow"), patrol()).unwrap();
            shift.id().to_string()
        })
        .collect();
    assert_eq!(
        ids,
        [
            "barlow-nights.20261005t2200",
            "barlow-nights.20261009t2000",
            "barlow-nights.20261012t2200",
            "barlow-nights.20261015t2200",
        ]
    );
    let wrong = pattern
        .to_string()
        .replace("EXDATE;TZID=America/Chicago:20261008", "EXDATE:20261007");
    assert!(refused(&wrong).contains("EXDATE"), "{}", refused(&wrong));
}

#[test]
fn what_patterns_do_not_have_is_refused_by_name_with_what_to_write() {
    insta::assert_snapshot!(
        [
            "FREQ=WEEKLY;BYDAY=MO",
            "FREQ=WEEKLY;BYDAY=MO;COUNT=3;UNTIL=20271231",
            "FREQ=YEARLY;COUNT=3",
            "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1;COUNT=3",
            "FREQ=DAILY;BYHOUR=8,20;COUNT=3",
            "FREQ=WEEKLY;BYDAY=1MO;COUNT=3",
            "FREQ=WEEKLY;BYMONTHDAY=3;COUNT=3",
            "FREQ=WEEKLY;BYDAY=MONDAY;COUNT=3",
            "FREQ=WEEKLY;BYDAY=TU;COUNT=3",
            "FREQ=DAILY;UNTIL=20991231",
            "FREQ=DAILY;UNTIL=20261231T220000",
            "FREQ=DAILY;INTERVAL=0;COUNT=3",
            "FREQ=DAILY;COUNT=3;COUNT=4",
            "COUNT=3",
            "FREQ=DAILY;UNTIL=20260101",
        ]
        .map(rule_refused)
        .join("\n")
    );
}

#[test]
fn lines_that_are_no_pattern_are_refused_by_name() {
    let start = "DTSTART;TZID=America/Chicago:20261005T220000";
    insta::assert_snapshot!(
        [
            "DURATION:PT8H".to_owned(),
            start.to_owned(),
            format!("{start}\nDURATION:PT25H"),
            format!("{start}\nDURATION:PT8H\nDTEND:20261006T060000"),
            format!("{start}\nDTEND;TZID=America/Chicago:20261005T220000"),
            format!("{start}\nDTEND;TZID=Europe/Paris:20261006T060000"),
            format!("{start}\nDURATION:PT8H\nSUMMARY:nights"),
            format!("{start}\nDURATION:PT8H\nEXRULE:FREQ=DAILY;COUNT=2"),
            format!("{start}\nDURATION:PT8H\nRDATE;VALUE=PERIOD:20261005T220000/PT5H"),
            format!("{start}\nDURATION:PT8H\n{start}"),
            "DTSTART:20261005T220000\nDURATION:PT8H".to_owned(),
            "DTSTART;TZID=Chicago:20261005T220000\nDURATION:PT8H".to_owned(),
            "DTSTART;TZID=America/Chicago:20261005T220030\nDURATION:PT8H".to_owned(),
            "DTSTART;TZID=America/Chicago:20261005\nDURATION:PT8H".to_owned(),
            "DTSTART;TZID=America/Chicago:29261005T220000\nDURATION:PT8H".to_owned(),
            format!("{start}\nDURATION:PT8H\nRDATE:99991231T235900Z"),
            "nights".to_owned(),
        ]
        .map(|text| refused(&text))
        .join("\n")
    );
}

#[test]
fn the_stored_form_of_a_pattern_still_loads_and_is_written_the_same() {
    let golden = include_str!("../../golden/pattern.json");
    let pattern: Pattern = serde_json::from_str(golden).unwrap();
    assert_eq!(serde_json::to_string(&pattern).unwrap(), golden.trim());
    // October 30, February 26, April 30, June 25, and two that come in.
    assert_eq!(pattern.occurrences.len(), 6);
}
