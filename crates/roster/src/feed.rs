//! An officer's shifts as a calendar that any calendar program can subscribe to: RFC 5545, with the
//! refresh interval of RFC 7986. Who may read it, and under what address, is the service's.

mod lines;
mod zone;

use jiff::Timestamp;
use vocabulary::{Minutes, TownId, Zone};

use crate::ShiftId;
use lines::{escaped, fold};

/// A calendar to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Its name, as a program shows it. An officer's name does not belong here: who holds the
    /// address holds the text.
    pub name: String,
    /// What makes the ids of events unique in the world: the provider's domain.
    pub domain: String,
    /// The zone on whose clock times are written.
    pub zone: Zone,
    /// How often a program should ask again; at least a minute.
    pub refresh: Minutes,
    /// The shifts, in any order.
    pub entries: Vec<Entry>,
}

/// One shift in a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which: its event's id stays the same through every change.
    pub shift: ShiftId,
    /// How often it was changed since it was first published.
    pub sequence: u32,
    /// When it was last changed: the clock is the caller's.
    pub changed_at: Timestamp,
    /// Whether it takes place.
    pub state: State,
    /// When it starts.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// Where.
    pub town: TownId,
    /// One line.
    pub summary: String,
    /// More, if there is more to say.
    pub description: String,
}

/// Whether a shift takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It does.
    Confirmed,
    /// It does not; programs take it out.
    Cancelled,
}

/// The calendar's text: lines of at most 75 octets, each ended by CR LF. The same feed gives the
/// same bytes, whatever the order of its entries.
pub fn write(feed: &Feed) -> String {
    let mut text = String::new();
    let mut put = |line: String| fold(&mut text, &line);
    let refresh = format!("PT{}M", feed.refresh.0.max(1));
    put("BEGIN:VCALENDAR".to_owned());
    put("VERSION:2.0".to_owned());
    put("PRODID:-//Commonwatch//Roster 1//EN".to_owned());
    put("CALSCALE:GREGORIAN".to_owned());
    put("METHOD:PUBLISH".to_owned());
    put(format!("NAME:{}", escaped(&feed.name)));
    put(format!("X-WR-CALNAME:{}", escaped(&feed.name)));
    put(format!("REFRESH-INTERVAL;VALUE=DURATION:{refresh}"));
    put(format!("X-PUBLISHED-TTL:{refresh}"));
    if let (Some(first), Some(last)) = (
        feed.entries.iter().map(|e| e.start.min(e.end)).min(),
        feed.entries.iter().map(|e| e.end.max(e.start)).max(),
    ) {
        zone::write(&feed.zone, first, last, &mut put);
    }
    let mut entries: Vec<&Entry> = feed.entries.iter().collect();
    entries.sort_by_key(|e| (e.start, &e.shift));
    for entry in entries {
        event(feed, entry, &mut put);
    }
    put("END:VCALENDAR".to_owned());
    text
}

fn event(feed: &Feed, entry: &Entry, put: &mut impl FnMut(String)) {
    let local = |at: Timestamp| lines::local(feed.zone.rules().to_datetime(at));
    let stamp = lines::utc(entry.changed_at);
    // A zone without the parameter's name would leave programs to guess.
    let zone = &feed.zone;
    put("BEGIN:VEVENT".to_owned());
    put(format!("UID:{}@{}", entry.shift, escaped(&feed.domain)));
    put(format!("DTSTAMP:{stamp}"));
    put(format!("LAST-MODIFIED:{stamp}"));
    put(format!("SEQUENCE:{}", entry.sequence));
    put(match entry.state {
        State::Confirmed => "STATUS:CONFIRMED".to_owned(),
        State::Cancelled => "STATUS:CANCELLED".to_owned(),
    });
    if lines::repeated(zone, entry.start) || lines::repeated(zone, entry.end) {
        // A local time in the repeated hour means the first pass (RFC 5545 §3.3.5): an instant
        // says which it is.
        put(format!("DTSTART:{}", lines::utc(entry.start)));
        put(format!("DTEND:{}", lines::utc(entry.end)));
    } else {
        put(format!("DTSTART;TZID={zone}:{}", local(entry.start)));
        put(format!("DTEND;TZID={zone}:{}", local(entry.end)));
    }
    put(format!("SUMMARY:{}", escaped(&entry.summary)));
    put(format!("LOCATION:{}", escaped(entry.town.as_str())));
    if !entry.description.is_empty() {
        put(format!("DESCRIPTION:{}", escaped(&entry.description)));
    }
    put("END:VEVENT".to_owned());
}

#[cfg(test)]
mod tests;
