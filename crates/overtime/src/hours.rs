//! Which time is hours worked: travel, waiting, on-call, training, meals, sleep.
//!
//! # Why a punch is never rounded
//! Rounding to a quarter of an hour is allowed only where it averages out (29 CFR 785.48(b)), and
//! with exact records at hand it did not in the circuit that Missouri lies in (Houston v. St.
//! Luke's, 76 F.4th 1145, 8th Cir. 2023). So minutes are exact and there is no such rule here.
//! Time that was worked without leave to work counts (785.11-.13): no rule here asks for leave.

use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan};
use vocabulary::{Minutes, Zone};

/// Whether time counts, and the section that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// How much of it counts as worked.
    pub counted: Minutes,
    /// The section.
    pub citation: &'static str,
}

/// Figures that an employer's handbook may set, as long as the officer is no worse off than under
/// the law's own, which [`HoursRules::default`] are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoursRules {
    /// The shortest break that can be a meal: 30 minutes (29 CFR 785.19). Shorter ones are rest,
    /// and rest is worked (785.18).
    pub meal_at_least: Minutes,
    /// The shortest duty from which sleep can be left out: 24 hours (785.21-.22).
    pub sleep_in_duty_of: Minutes,
    /// The most sleep that is left out: 8 hours (785.22(a)).
    pub sleep_at_most: Minutes,
    /// Less sleep than this, and the whole of it counts: 5 hours (785.22(b)).
    pub sleep_at_least: Minutes,
}

/// A handbook that takes away what the law gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} = {minutes} hours leaves the officer worse off than {citation}: {law} hours")]
pub struct WorseThanLaw {
    /// The figure.
    pub field: &'static str,
    /// What was given.
    pub minutes: Minutes,
    /// What the law has.
    pub law: Minutes,
    /// The section.
    pub citation: &'static str,
}

impl Default for HoursRules {
    fn default() -> Self {
        Self {
            meal_at_least: Minutes(30),
            sleep_in_duty_of: Minutes(24 * 60),
            sleep_at_most: Minutes(8 * 60),
            sleep_at_least: Minutes(5 * 60),
        }
    }
}

/// A break of a meal's length or less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Break {
    /// How long it was.
    pub minutes: Minutes,
    /// Whether the officer was relieved of every duty, active or waiting.
    pub relieved: bool,
}

/// Sleep within a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sleep {
    /// How long the duty is.
    pub duty: Minutes,
    /// Whether it is agreed that sleep is left out.
    pub agreed: bool,
    /// Whether there is somewhere to sleep, as a rule undisturbed.
    pub facilities: bool,
    /// The time set apart for it.
    pub scheduled: Minutes,
    /// Of it, calls to duty.
    pub interrupted: Minutes,
}

/// A training session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Training {
    /// How long it was.
    pub minutes: Minutes,
    /// Outside the officer's regular hours.
    pub outside_hours: bool,
    /// Attended of the officer's own will.
    pub voluntary: bool,
    /// Bearing on the officer's own job.
    pub job_related: bool,
    /// Work was done in it.
    pub work_done: bool,
    /// At a public agency: certification that a higher level of government imposes, outside
    /// regular hours.
    pub imposed_certification: bool,
}

/// Being reachable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnCall {
    /// On the premises, or so near or so often called that the time is not the officer's own.
    Bound,
    /// Only leaving word where to be reached.
    LeavesWord,
}

/// Waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Engaged to wait: for the next call, for the relief.
    Engaged,
    /// Waiting to be engaged: relieved until a known hour, long enough to use as one's own.
    Relieved,
}

/// A way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Travel {
    /// From home to the first place of work, or from the last one home.
    Commute,
    /// Between two places of work, to a meeting place's tasks, or back to base when that is asked.
    InTheDay,
    /// To another city and back in one day, on a special assignment.
    OneDayElsewhere {
        /// What of it only replaces the usual way to work.
        usual_way: Minutes,
        /// Meals on the way.
        meals: Minutes,
    },
    /// Driving, or working on the way, wherever and whenever.
    Working,
}

impl HoursRules {
    /// Refuses a handbook that leaves the officer worse off than the law.
    pub fn check(&self) -> Result<(), WorseThanLaw> {
        let law = Self::default();
        let rows = [
            (
                "meal_at_least",
                self.meal_at_least,
                law.meal_at_least,
                1,
                "29 CFR 785.19",
            ),
            (
                "sleep_in_duty_of",
                self.sleep_in_duty_of,
                law.sleep_in_duty_of,
                1,
                "29 CFR 785.21",
            ),
            (
                "sleep_at_most",
                self.sleep_at_most,
                law.sleep_at_most,
                -1,
                "29 CFR 785.22(a)",
            ),
            (
                "sleep_at_least",
                self.sleep_at_least,
                law.sleep_at_least,
                1,
                "29 CFR 785.22(b)",
            ),
        ];
        for (field, minutes, law, better, citation) in rows {
            if (minutes.0 - law.0) * better < 0 {
                return Err(WorseThanLaw {
                    field,
                    minutes,
                    law,
                    citation,
                });
            }
        }
        Ok(())
    }

    /// A break: rest counts, a meal of full length with nothing to do does not (785.18-.19).
    pub fn meal(&self, pause: Break) -> Judged {
        if pause.relieved && pause.minutes >= self.meal_at_least {
            return none("29 CFR 785.19");
        }
        let citation = match pause.relieved {
            true => "29 CFR 785.18",
            false => "29 CFR 785.19(a)",
        };
        all(pause.minutes, citation)
    }

    /// A duty with sleep in it: how much of the whole duty counts (785.20-.22).
    pub fn sleep(&self, sleep: Sleep) -> Judged {
        if sleep.duty < self.sleep_in_duty_of {
            return all(sleep.duty, "29 CFR 785.21");
        }
        if !(sleep.agreed && sleep.facilities) {
            return all(sleep.duty, "29 CFR 785.22(a)");
        }
        let set_apart = sleep.scheduled.clamp(Minutes::ZERO, self.sleep_at_most);
        let slept = sleep.scheduled - sleep.interrupted;
        if slept < self.sleep_at_least {
            return all(sleep.duty, "29 CFR 785.22(b)");
        }
        Judged {
            counted: sleep.duty - slept.min(set_apart),
            citation: "29 CFR 785.22",
        }
    }
}

/// Training is left out only where all four marks are there (785.27-.28), or where a higher law
/// imposes a public employee's certification (553.226(b)).
pub fn training(session: Training) -> Judged {
    if session.imposed_certification && session.outside_hours && !session.work_done {
        return none("29 CFR 553.226(b)");
    }
    let outside =
        session.outside_hours && session.voluntary && !session.job_related && !session.work_done;
    if outside {
        return none("29 CFR 785.27");
    }
    all(session.minutes, "29 CFR 785.27")
}

/// On call: bound time is worked, leaving word is not (785.17). A stipend for it is another
/// question: see [`crate::extra::ExtraKind::OnCallStipend`].
pub fn on_call(minutes: Minutes, how: OnCall) -> Judged {
    match how {
        OnCall::Bound => all(minutes, "29 CFR 785.17"),
        OnCall::LeavesWord => none("29 CFR 785.17"),
    }
}

/// Waiting (785.14-.16).
pub fn waiting(minutes: Minutes, how: Waiting) -> Judged {
    match how {
        Waiting::Engaged => all(minutes, "29 CFR 785.15"),
        Waiting::Relieved => none("29 CFR 785.16"),
    }
}

/// A way within one day (785.35-.38, .41).
pub fn travel(minutes: Minutes, how: Travel) -> Judged {
    match how {
        Travel::Commute => none("29 CFR 785.35"),
        Travel::InTheDay => all(minutes, "29 CFR 785.38"),
        Travel::OneDayElsewhere { usual_way, meals } => Judged {
            counted: (minutes - usual_way - meals).max(Minutes::ZERO),
            citation: "29 CFR 785.37",
        },
        Travel::Working => all(minutes, "29 CFR 785.41"),
    }
}

/// Travel that keeps away overnight, as a passenger: what cuts across the officer's normal hours
/// counts, on days off too (785.39). `from` and `until` are those hours on the clock of `zone`,
/// within one day.
pub fn overnight_travel(
    start: Timestamp,
    end: Timestamp,
    (from, until): (Time, Time),
    zone: &Zone,
) -> Judged {
    let mut counted = Minutes::ZERO;
    let mut day: Date = zone.day_of(start);
    let last = zone.day_of(end);
    let at = |day: Date, time: Time| {
        let zoned = zone.rules().to_ambiguous_zoned(day.to_datetime(time));
        zoned.compatible().map(|zoned| zoned.timestamp()).ok()
    };
    while day <= last {
        if let (Some(from), Some(until)) = (at(day, from), at(day, until)) {
            let overlap = Minutes::between(start.max(from), end.min(until));
            counted += overlap.max(Minutes::ZERO);
        }
        let Ok(next) = day.checked_add(1.day()) else {
            break;
        };
        day = next;
    }
    Judged {
        counted,
        citation: "29 CFR 785.39",
    }
}

/// What is left of a stretch when gaps that do not count (meals, sleep) are taken out of it. Gaps
/// may touch or overlap each other and the stretch's ends.
pub fn without(
    start: Timestamp,
    end: Timestamp,
    gaps: &[(Timestamp, Timestamp)],
) -> Vec<(Timestamp, Timestamp)> {
    let mut gaps = gaps.to_vec();
    gaps.sort_unstable();
    let (mut kept, mut from) = (Vec::new(), start);
    for (gap_start, gap_end) in gaps {
        let until = gap_start.min(end);
        if from < until {
            kept.push((from, until));
        }
        from = from.max(gap_end);
    }
    if from < end {
        kept.push((from, end));
    }
    kept
}

fn all(minutes: Minutes, citation: &'static str) -> Judged {
    Judged {
        counted: minutes,
        citation,
    }
}

fn none(citation: &'static str) -> Judged {
    all(Minutes::ZERO, citation)
}

#[cfg(test)]
mod tests;
