//! On which days something is met, and by what: the one shape that every requirement comes to.
//!
//! # Why
//! With the days of a requirement at hand, whether it is met on a day, until when it stays so, and
//! when it will next be met are look-ups; a set is a sweep over its members' days, a verdict one
//! over all requirements'. Nothing has to be asked day by day.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::words::{eve, morrow};
use crate::{Position, Why};

/// Days without a break on which something is met by the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    /// The first day.
    pub(crate) from: Date,
    /// The last day; absent where there is none as far as is known.
    pub(crate) until: Option<Date>,
    /// When what meets it was begun: what has to come before it must have been met by then.
    pub(crate) started: Date,
    /// Whether it is only waived.
    pub(crate) waived: bool,
    /// What meets it.
    pub(crate) why: Why,
    /// The events that prove it.
    pub(crate) evidence: Vec<Position>,
}

/// Segments in order of time, no two on one day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Timeline(Vec<Segment>);

impl Segment {
    fn covers(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    /// What is met, rather than waived; longest; first proved.
    fn rank(&self) -> (bool, Date, std::cmp::Reverse<&[Position]>) {
        let until = self.until.unwrap_or(Date::MAX);
        (!self.waived, until, std::cmp::Reverse(&self.evidence))
    }

    fn continues(&self, before: &Self) -> bool {
        before.until.and_then(morrow) == Some(self.from)
    }
}

impl Timeline {
    /// Met on every day, by nothing that needs proof.
    pub(crate) fn always() -> Self {
        Self::through(None)
    }

    /// Met up to a last day, by nothing that needs proof.
    pub(crate) fn through(until: Option<Date>) -> Self {
        Self(vec![Segment {
            from: Date::MIN,
            until,
            started: Date::MIN,
            waived: false,
            why: Why::Permitted,
            evidence: vec![],
        }])
    }

    /// The days on which any of these segments holds; where several do, the best of them.
    pub(crate) fn any(held: impl IntoIterator<Item = Segment>) -> Self {
        let held: Vec<Segment> = held.into_iter().filter(|s| s.covers(s.from)).collect();
        sweep(changes(&held), |day| {
            let best = held.iter().filter(|segment| segment.covers(day));
            best.max_by_key(|segment| segment.rank()).cloned()
        })
    }

    /// The days on which all of these hold; waived where one of them is.
    pub(crate) fn all(parts: &[&Self]) -> Self {
        let mut days = BTreeSet::from([Date::MIN]);
        for part in parts {
            days.extend(changes(&part.0));
        }
        sweep(days, |day| {
            let held: Option<Vec<_>> = parts.iter().map(|part| part.at(day)).collect();
            let held = held?;
            Some(Segment {
                from: day,
                until: None,
                started: held.iter().map(|s| s.started).min().unwrap_or(Date::MIN),
                waived: held.iter().any(|s| s.waived),
                why: Why::AllOf,
                evidence: held
                    .iter()
                    .flat_map(|s| s.evidence.iter().cloned())
                    .collect(),
            })
        })
    }

    /// What meets it on a day.
    pub(crate) fn at(&self, day: Date) -> Option<&Segment> {
        let after = self.0.partition_point(|segment| segment.from <= day);
        self.0[..after].last().filter(|segment| segment.covers(day))
    }

    /// The last day on which it stays as it is on `day`: met, waived or missing; absent where
    /// nothing is known to change it.
    pub(crate) fn stays(&self, day: Date) -> Option<Date> {
        let Some(now) = self.at(day) else {
            return self.next(day).map(|next| eve(next.from));
        };
        let mut last = now;
        for next in self.0.iter().filter(|segment| segment.from > day) {
            if next.waived != now.waived || !next.continues(last) {
                break;
            }
            last = next;
        }
        last.until
    }

    /// The first segment that begins after a day.
    pub(crate) fn next(&self, day: Date) -> Option<&Segment> {
        self.0.iter().find(|segment| segment.from > day)
    }

    /// The last segment that ended before a day.
    pub(crate) fn last(&self, day: Date) -> Option<&Segment> {
        let ended = |segment: &&Segment| segment.until.is_some_and(|until| until < day);
        self.0.iter().rfind(ended)
    }

    pub(crate) fn segments(&self) -> &[Segment] {
        &self.0
    }
}

/// The days on which what holds may be another than the day before.
fn changes(segments: &[Segment]) -> BTreeSet<Date> {
    let starts = segments.iter().map(|segment| segment.from);
    let ends = segments.iter().filter_map(|segment| morrow(segment.until?));
    starts.chain(ends).collect()
}

/// A timeline from what holds on each of these days, which holds until the next of them.
pub(crate) fn sweep(days: BTreeSet<Date>, holds: impl Fn(Date) -> Option<Segment>) -> Timeline {
    let mut segments: Vec<Segment> = vec![];
    let ends = days.iter().skip(1).map(|day| Some(eve(*day))).chain([None]);
    for (day, until) in days.iter().zip(ends) {
        let Some(mut segment) = holds(*day) else {
            continue;
        };
        segment.from = *day;
        segment.until = until;
        match segments.last_mut() {
            Some(last)
                if segment.continues(last)
                    && last.why == segment.why
                    && last.waived == segment.waived
                    && last.evidence == segment.evidence =>
            {
                last.until = segment.until;
            }
            _ => segments.push(segment),
        }
    }
    Timeline(segments)
}
