//! A zone's clock changes written out (RFC 5545 §3.6.5), from the same data that reckons shifts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{DateTime, date};
use jiff::tz::{Dst, Offset};
use vocabulary::Zone;

use super::lines::local;

/// One kind of change: from an offset to another, under a name, with its local onsets.
struct Observance {
    onsets: Vec<DateTime>,
}

/// Writes the zone with what was in force when the first year began and every change until the last
/// year ends.
pub(super) fn write(zone: &Zone, first: Timestamp, last: Timestamp, put: &mut impl FnMut(String)) {
    let rules = zone.rules();
    let from = zone.start_of(date(zone.day_of(first).year(), 1, 1));
    let until = zone.start_of(date(zone.day_of(last).year() + 1, 1, 1));
    let mut kinds: BTreeMap<(bool, Offset, Offset, String), Observance> = BTreeMap::new();
    let mut add = |at: DateTime, before: Offset, after: Offset, dst: Dst, name: &str| {
        kinds
            .entry((dst.is_dst(), before, after, name.to_owned()))
            .or_insert_with(|| Observance { onsets: Vec::new() })
            .onsets
            .push(at);
    };
    let now = rules.to_offset_info(from);
    let begun = rules.preceding(from).next();
    match begun {
        Some(change) => {
            let before = offset_before(zone, change.timestamp());
            let at = before.to_datetime(change.timestamp());
            add(at, before, now.offset(), now.dst(), now.abbreviation());
        }
        None => {
            let at = date(1970, 1, 1).at(0, 0, 0, 0);
            add(
                at,
                now.offset(),
                now.offset(),
                now.dst(),
                now.abbreviation(),
            );
        }
    }
    for change in rules.following(from).take_while(|c| c.timestamp() < until) {
        let before = offset_before(zone, change.timestamp());
        let at = before.to_datetime(change.timestamp());
        add(
            at,
            before,
            change.offset(),
            change.dst(),
            change.abbreviation(),
        );
    }
    put("BEGIN:VTIMEZONE".to_owned());
    put(format!("TZID:{zone}"));
    for ((dst, before, after, name), kind) in kinds {
        let part = if dst { "DAYLIGHT" } else { "STANDARD" };
        put(format!("BEGIN:{part}"));
        put(format!("DTSTART:{}", local(kind.onsets[0])));
        put(format!("TZOFFSETFROM:{}", signed(before)));
        put(format!("TZOFFSETTO:{}", signed(after)));
        put(format!("TZNAME:{name}"));
        for onset in &kind.onsets[1..] {
            put(format!("RDATE:{}", local(*onset)));
        }
        put(format!("END:{part}"));
    }
    put("END:VTIMEZONE".to_owned());
}

fn offset_before(zone: &Zone, change: Timestamp) -> Offset {
    let second = Timestamp::from_second(change.as_second() - 1)
        .expect("changes of zones lie within the calendar");
    zone.rules().to_offset(second)
}

/// `-0600`, or with seconds where a zone had them.
fn signed(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let (h, m, s) = (
        seconds.abs() / 3600,
        seconds.abs() / 60 % 60,
        seconds.abs() % 60,
    );
    if s == 0 {
        format!("{sign}{h:02}{m:02}")
    } else {
        format!("{sign}{h:02}{m:02}{s:02}")
    }
}
