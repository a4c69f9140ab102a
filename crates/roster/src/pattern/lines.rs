//! Content lines (RFC 5545 §3.1): reading a pattern's text and writing it.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use vocabulary::Zone;
use vocabulary::local_time::Fold;

use super::refusal::Refusal;
use super::rule::Rule;
use super::{Length, Pattern, Typed, last_day, value};
use crate::shift::later;

/// One line: its name, parameters, value.
struct Line<'a> {
    name: String,
    parameters: Vec<(String, &'a str)>,
    value: &'a str,
}

/// What an example of a start looks like.
const START: &str = "DTSTART;TZID=America/Chicago:20261031T220000";
/// What a local time looks like.
const LOCAL: &str =
    "a local time on a whole minute of the years 2000 to 2189, such as 20261031T220000";

/// Reads the lines; the shifts are not reckoned yet.
pub(super) fn read(text: &str) -> Result<Pattern, Refusal> {
    let unfolded = text
        .replace("\r\n", "\n")
        .replace("\n ", "")
        .replace("\n\t", "");
    let mut once: Vec<Line> = Vec::new();
    let (mut added, mut excepted) = (Vec::new(), Vec::new());
    for line in unfolded.lines().filter(|line| !line.trim().is_empty()) {
        let line = split(line)?;
        match line.name.as_str() {
            "DTSTART" | "DTEND" | "DURATION" | "RRULE" => {
                if once.iter().any(|known| known.name == line.name) {
                    return Err(Refusal::Twice { what: line.name });
                }
                once.push(line);
            }
            "RDATE" => added.push(line),
            "EXDATE" => excepted.push(line),
            "EXRULE" => {
                return Err(Refusal::NotSupported {
                    what: line.name,
                    instead: "list the days that fall out as EXDATE",
                });
            }
            _ => {
                return Err(Refusal::NotSupported {
                    what: line.name,
                    instead: "a pattern has DTSTART, DTEND or DURATION, RRULE, EXDATE and RDATE",
                });
            }
        }
    }
    let of = |name: &str| once.iter().find(|line| line.name == name);
    let first = of("DTSTART").ok_or(Refusal::Missing {
        what: "DTSTART",
        example: START,
    })?;
    let zone = zone(first)?;
    let (start, fold) = match typed_one(first, first.value, &zone)? {
        Typed::Local(start, fold) => (start, fold),
        Typed::Instant(_) => return Err(Refusal::unreadable("DTSTART", first.value, LOCAL)),
    };
    Ok(Pattern {
        length: length(of("DTEND"), of("DURATION"), start, &zone)?,
        rule: of("RRULE")
            .map(|line| Rule::parse(line.value))
            .transpose()?,
        excepted: typed_all(&excepted, &zone)?,
        added: typed_all(&added, &zone)?,
        zone,
        start,
        fold,
        occurrences: Vec::new(),
        skipped: Vec::new(),
    })
}

fn split(line: &str) -> Result<Line<'_>, Refusal> {
    let wrong = || {
        Refusal::unreadable(
            "a line",
            line,
            "NAME:value, such as RRULE:FREQ=DAILY;COUNT=5",
        )
    };
    let (head, value) = line.split_once(':').ok_or_else(wrong)?;
    let mut parts = head.split(';');
    let name = parts.next().unwrap_or_default().trim().to_ascii_uppercase();
    let mut parameters = Vec::new();
    for part in parts {
        let (name, value) = part.split_once('=').ok_or_else(wrong)?;
        parameters.push((name.to_ascii_uppercase(), value));
    }
    Ok(Line {
        name,
        parameters,
        value: value.trim(),
    })
}

fn zone(line: &Line) -> Result<Zone, Refusal> {
    let (_, name) = line
        .parameters
        .iter()
        .find(|(name, _)| name == "TZID")
        .ok_or(Refusal::Missing {
            what: "TZID of DTSTART",
            example: START,
        })?;
    name.parse()
        .map_err(|_| Refusal::unreadable("TZID", name, "an IANA name, such as America/Chicago"))
}

/// The pass that a line names; refuses parameters that patterns do not have.
fn fold(line: &Line, zone: &Zone) -> Result<Option<Fold>, Refusal> {
    let mut fold = None;
    for (name, value) in &line.parameters {
        match (name.as_str(), value.to_ascii_lowercase().as_str()) {
            ("TZID", _) if *value == zone.as_str() => {}
            ("TZID", _) => {
                return Err(Refusal::NotSupported {
                    what: format!("TZID={value} beside {zone}"),
                    instead: "a pattern has one zone: write that of DTSTART, or an instant with Z",
                });
            }
            ("VALUE", "date-time") => {}
            ("VALUE", _) => {
                return Err(Refusal::NotSupported {
                    what: format!("VALUE={value}"),
                    instead: "a shift has a time of day: write a local time",
                });
            }
            ("X-FOLD", "first") => fold = Some(Fold::First),
            ("X-FOLD", "second") => fold = Some(Fold::Second),
            _ => {
                return Err(Refusal::NotSupported {
                    what: format!("{name}={value}"),
                    instead: "lines have TZID and X-FOLD=first or X-FOLD=second",
                });
            }
        }
    }
    Ok(fold)
}

fn typed_one(line: &Line, text: &str, zone: &Zone) -> Result<Typed, Refusal> {
    let fold = fold(line, zone)?;
    let instant = text
        .strip_suffix(['Z', 'z'])
        .and_then(value::local)
        .and_then(|utc| TimeZone::UTC.to_timestamp(utc).ok());
    instant
        .map(Typed::Instant)
        .or_else(|| value::local(text).map(|local| Typed::Local(local, fold)))
        .filter(|typed| match typed {
            Typed::Local(at, _) => (2000..=2189).contains(&at.year()),
            Typed::Instant(at) => (2000..=2189).contains(&TimeZone::UTC.to_datetime(*at).year()),
        })
        .ok_or_else(|| Refusal::unreadable(&line.name, text, LOCAL))
}

fn typed_all(lines: &[Line], zone: &Zone) -> Result<Vec<Typed>, Refusal> {
    let mut all = Vec::new();
    for line in lines {
        for text in line.value.split(',') {
            let typed = typed_one(line, text.trim(), zone)?;
            if all.contains(&typed) {
                return Err(Refusal::Twice {
                    what: format!("{} {}", line.name, self::typed(typed)),
                });
            }
            all.push(typed);
        }
    }
    all.sort_by_key(|one| typed(*one));
    Ok(all)
}

fn length(
    end: Option<&Line>,
    duration: Option<&Line>,
    start: DateTime,
    zone: &Zone,
) -> Result<Length, Refusal> {
    match (end, duration) {
        (Some(_), Some(_)) => Err(Refusal::Both {
            one: "DTEND",
            other: "DURATION",
        }),
        (None, None) => Err(Refusal::Missing {
            what: "DTEND or DURATION",
            example: "DURATION:PT8H",
        }),
        (None, Some(line)) => value::minutes(line.value)
            .map(|minutes| Length::Elapsed { minutes })
            .ok_or_else(|| {
                Refusal::unreadable("DURATION", line.value, "hours and minutes, such as PT7H30M")
            }),
        (Some(line), None) => match typed_one(line, line.value, zone)? {
            Typed::Local(end, _) => {
                if end <= start || end > later(start.date(), 1).to_datetime(start.time()) {
                    return Err(Refusal::Length);
                }
                Ok(Length::Clock { time: end.time() })
            }
            Typed::Instant(_) => Err(Refusal::unreadable("DTEND", line.value, LOCAL)),
        },
    }
}

/// A typed time as it is written.
pub(super) fn typed(one: Typed) -> String {
    match one {
        Typed::Local(local, _) => value::compact(local),
        Typed::Instant(at) => format!("{}Z", value::compact(TimeZone::UTC.to_datetime(at))),
    }
}

/// The canonical text.
pub(super) fn write(pattern: &Pattern) -> String {
    let at = |fold: Option<Fold>| {
        let pass = match fold {
            None => "",
            Some(Fold::First) => ";X-FOLD=first",
            Some(Fold::Second) => ";X-FOLD=second",
        };
        format!("{pass};TZID={}", pattern.zone)
    };
    let line = |name: &str, one: &Typed| match one {
        Typed::Local(_, fold) => format!("{name}{}:{}\n", at(*fold), typed(*one)),
        Typed::Instant(_) => format!("{name}:{}\n", typed(*one)),
    };
    let mut text = line("DTSTART", &Typed::Local(pattern.start, pattern.fold));
    match pattern.length {
        Length::Clock { time } => {
            let end = last_day(pattern.start, time).to_datetime(time);
            text += &line("DTEND", &Typed::Local(end, None));
        }
        Length::Elapsed { minutes } => {
            text += &match (minutes / 60, minutes % 60) {
                (hours, 0) => format!("DURATION:PT{hours}H\n"),
                (hours, minutes) => format!("DURATION:PT{hours}H{minutes}M\n"),
            };
        }
    }
    if let Some(rule) = &pattern.rule {
        text += &format!("RRULE:{rule}\n");
    }
    for one in &pattern.excepted {
        text += &line("EXDATE", one);
    }
    for one in &pattern.added {
        text += &line("RDATE", one);
    }
    text
}
