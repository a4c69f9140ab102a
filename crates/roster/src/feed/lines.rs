//! Content lines (RFC 5545 §3.1): escaping, folding, times.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use vocabulary::Zone;

use crate::pattern::value::compact;

/// Text with the characters escaped that mean something in a calendar (RFC 5545 §3.3.11); control
/// characters, which have no place in one, are left out.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push('\t'),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Adds a line in pieces of at most 75 octets, no character cut in two.
pub(super) fn fold(text: &mut String, line: &str) {
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > 75 {
            text.push_str("\r\n ");
            octets = 1;
        }
        text.push(c);
        octets += c.len_utf8();
    }
    text.push_str("\r\n");
}

/// `20261031T220000`.
pub(super) fn local(at: DateTime) -> String {
    compact(at)
}

/// `20261101T030000Z`.
pub(super) fn utc(at: Timestamp) -> String {
    format!("{}Z", compact(TimeZone::UTC.to_datetime(at)))
}

/// Whether a zone's clock shows an instant's time twice.
pub(super) fn repeated(zone: &Zone, at: Timestamp) -> bool {
    let local = zone.rules().to_datetime(at);
    let offset = zone.rules().to_ambiguous_timestamp(local).offset();
    matches!(offset, AmbiguousOffset::Fold { .. })
}
