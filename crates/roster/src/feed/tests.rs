use super::*;
use crate::samples::{at, town, zone};
use proptest::prelude::*;

fn entry(id: &str, from: &str, to: &str) -> Entry {
    Entry {
        shift: ShiftId::new(id).unwrap(),
        sequence: 0,
        changed_at: "2026-10-01T12:00:05Z".parse().unwrap(),
        state: State::Confirmed,
        start: at(from),
        end: at(to),
        town: town("barlow"),
        summary: "Barlow: patrol".to_owned(),
        description: String::new(),
    }
}

fn sample() -> Feed {
    let mut moved = entry(
        "nights.20261031t2200",
        "2026-10-31T22:00",
        "2026-11-01T06:00",
    );
    moved.sequence = 2;
    moved.description = "Bring: radio, vest; keys\nat \\desk".to_owned();
    let mut cancelled = entry("days.20261102t0800", "2026-11-02T08:00", "2026-11-02T16:00");
    cancelled.sequence = 1;
    cancelled.state = State::Cancelled;
    Feed {
        name: "cso-114, shifts".to_owned(),
        domain: "roster.example.org".to_owned(),
        zone: zone(),
        refresh: Minutes(60),
        entries: vec![
            cancelled,
            moved,
            entry("fold.1", "2026-11-01T01:30:second", "2026-11-01T09:00"),
        ],
    }
}

#[test]
fn a_feed_is_written_to_the_letter() {
    let text = write(&sample());
    assert!(text.lines().all(|line| line.len() <= 75));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    insta::assert_snapshot!(text.replace("\r\n", "\n"), @r#"
    BEGIN:VCALENDAR
    VERSION:2.0
    PRODID:-//Commonwatch//Roster 1//EN
    CALSCALE:GREGORIAN
    METHOD:PUBLISH
    NAME:cso-114\, shifts
    X-WR-CALNAME:cso-114\, shifts
    REFRESH-INTERVAL;VALUE=DURATION:PT60M
    X-PUBLISHED-TTL:PT60M
    BEGIN:VTIMEZONE
    TZID:America/Chicago
    BEGIN:STANDARD
    DTSTART:20251102T020000
    TZOFFSETFROM:-0500
    TZOFFSETTO:-0600
    TZNAME:CST
    RDATE:20261101T020000
    END:STANDARD
    BEGIN:DAYLIGHT
    DTSTART:20260308T020000
    TZOFFSETFROM:-0600
    TZOFFSETTO:-0500
    TZNAME:CDT
    END:DAYLIGHT
    END:VTIMEZONE
    BEGIN:VEVENT
    UID:nights.20261031t2200@roster.example.org
    DTSTAMP:20261001T120005Z
    LAST-MODIFIED:20261001T120005Z
    SEQUENCE:2
    STATUS:CONFIRMED
    DTSTART;TZID=America/Chicago:20261031T220000
    DTEND;TZID=America/Chicago:20261101T060000
    SUMMARY:Barlow: patrol
    LOCATION:barlow
    DESCRIPTION:Bring: radio\, vest\; keys\nat \\desk
    END:VEVENT
    BEGIN:VEVENT
    UID:fold.1@roster.example.org
    DTSTAMP:20261001T120005Z
    LAST-MODIFIED:20261001T120005Z
    SEQUENCE:0
    STATUS:CONFIRMED
    DTSTART:20261101T073000Z
    DTEND:20261101T150000Z
    SUMMARY:Barlow: patrol
    LOCATION:barlow
    END:VEVENT
    BEGIN:VEVENT
    UID:days.20261102t0800@roster.example.org
    DTSTAMP:20261001T120005Z
    LAST-MODIFIED:20261001T120005Z
    SEQUENCE:1
    STATUS:CANCELLED
    DTSTART;TZID=America/Chicago:20261102T080000
    DTEND;TZID=America/Chicago:20261102T160000
    SUMMARY:Barlow: patrol
    LOCATION:barlow
    END:VEVENT
    END:VCALENDAR
    "#);
}

#[test]
fn the_order_of_entries_makes_no_difference() {
    let mut turned = sample();
    turned.entries.reverse();
    assert_eq!(write(&turned), write(&sample()));
}

#[test]
fn a_zone_without_changes_still_says_its_offset() {
    let mut feed = sample();
    feed.zone = "America/Phoenix".parse().unwrap();
    let text = write(&feed);
    assert_eq!(text.matches("BEGIN:STANDARD").count(), 1);
    assert!(
        text.contains("TZOFFSETTO:-0700\r\nTZNAME:MST\r\n"),
        "{text}"
    );
}

#[test]
fn a_feed_of_nothing_is_a_calendar_still() {
    let mut feed = sample();
    feed.entries.clear();
    assert!(write(&feed).ends_with("X-PUBLISHED-TTL:PT60M\r\nEND:VCALENDAR\r\n"));
}

#[test]
fn every_change_of_the_years_that_are_covered_stands_in_the_zone() {
    let mut feed = sample();
    feed.entries
        .push(entry("later", "2028-02-01T08:00", "2028-02-01T16:00"));
    let text = write(&feed);
    for onset in [
        "20261101T020000",
        "20270314T020000",
        "20271107T020000",
        "20281105T020000",
    ] {
        assert!(text.contains(onset), "{onset} in {text}");
    }
}

proptest! {
    #[test]
    fn unfolding_what_was_folded_gives_the_line_again(line in "[^\r\n]{0,300}") {
        let mut text = String::new();
        fold(&mut text, &line);
        prop_assert!(text.split("\r\n").all(|piece| piece.len() <= 75));
        prop_assert_eq!(text.replace("\r\n ", ""), format!("{line}\r\n"));
    }

    #[test]
    fn escaped_text_is_one_line_and_reads_back(text in "[ -~\n\u{e4}\u{1f600}]{0,80}") {
        let written = escaped(&text);
        prop_assert!(!written.contains('\n'));
        let mut read = String::new();
        let mut chars = written.chars();
        while let Some(c) = chars.next() {
            match (c, c == '\\') {
                (_, true) => match chars.next().unwrap() {
                    'n' => read.push('\n'),
                    other => read.push(other),
                },
                (c, false) => read.push(c),
            }
        }
        prop_assert_eq!(read, text);
    }
}
