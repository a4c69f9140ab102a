//! What can be asked of a timesheet, with everything that the decision must know.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use vocabulary::{
    Account, Actor, AgreementId, DutyId, Fraction, Location, OfficerId, TownId, Workweek, Zone,
};

use super::event::Reason;

/// One thing asked, about one officer.
#[derive(Debug, Clone)]
pub struct Command {
    /// Whose timesheet.
    pub officer: OfficerId,
    /// What payroll knew when it was asked.
    pub known: Known,
    /// What is asked.
    pub act: Act,
}

/// What is asked.
#[derive(Debug, Clone)]
pub enum Act {
    /// Come on duty.
    ClockIn {
        /// When.
        at: Timestamp,
        /// Where; a duty without a place is refused.
        location: Option<Location>,
        /// Who is charged; else the town's agreement, else the officer's assignment.
        account: Option<Account>,
    },
    /// Go off duty.
    ClockOut {
        /// When.
        at: Timestamp,
    },
    /// Leave for another town.
    Move {
        /// Where to.
        town: TownId,
        /// When the present duty ends and the travel begins.
        leave_at: Timestamp,
        /// When the travel ends and duty in the town begins; else it stays open.
        arrive_at: Option<Timestamp>,
        /// Who is charged for travel and duty; else the town's agreement.
        account: Option<Account>,
    },
    /// End travel in the town travelled to.
    Arrive {
        /// When.
        at: Timestamp,
    },
    /// Enter a duty that was not clocked.
    RecordDuty {
        /// Its first instant.
        start: Timestamp,
        /// The instant at which it was over.
        end: Timestamp,
        /// Where.
        location: Option<Location>,
        /// Who is charged.
        account: Option<Account>,
        /// Why it was not clocked.
        reason: Option<Reason>,
    },
    /// Say what a duty really was. What is `None` stays as it is.
    CorrectDuty {
        /// Which.
        duty: DutyId,
        /// Its first instant.
        start: Option<Timestamp>,
        /// The instant at which it was over; must be given for a duty that is still open.
        end: Option<Timestamp>,
        /// Where.
        location: Option<Location>,
        /// Who is charged.
        account: Option<Account>,
        /// Why.
        reason: Option<Reason>,
    },
    /// Take back a duty that never was.
    RemoveDuty {
        /// Which.
        duty: DutyId,
        /// Why.
        reason: Option<Reason>,
    },
    /// Sign a week.
    Submit {
        /// Any day of it.
        week: Date,
    },
    /// Send a signed week back.
    Return {
        /// Any day of it.
        week: Date,
        /// Why.
        reason: Option<Reason>,
    },
    /// Approve a signed week, or some of its days, and cost it.
    Approve {
        /// Any day of it.
        week: Date,
        /// First day; else the week's first.
        from: Option<Date>,
        /// Last day; else the week's last.
        to: Option<Date>,
        /// Who approves.
        by: Actor,
        /// The officer that the approver is, if any.
        by_officer: Option<OfficerId>,
    },
}

/// What payroll knew when it was asked: the clock, its own settings, and what it remembers of the
/// registry, as far as the command may need it. The shell looks it up; the rules only read it.
#[derive(Debug, Clone)]
pub struct Known {
    /// The present.
    pub now: Timestamp,
    /// The employer's workweek, with the employer's zone.
    pub workweek: Workweek,
    /// The officer's employment; `None` for an officer nobody enrolled.
    pub employment: Option<Employment>,
    /// The officer's pay rates, any order; the latest that began is in force.
    pub rates: Vec<PayRate>,
    /// The officer's default accounts.
    pub assignments: Vec<Assignment>,
    /// Those of the towns named that the registry knows.
    pub towns: BTreeSet<TownId>,
    /// All agreements that ever came into force.
    pub agreements: Vec<Agreement>,
}

/// From when to when an officer is employed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Employment {
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Option<Date>,
}

/// An hourly pay rate from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayRate {
    /// First day.
    pub from: Date,
    /// Straight-time pay.
    pub cents_per_hour: Fraction,
    /// Employer's burden as a part of pay.
    pub burden: Fraction,
    /// Whether the overtime premium carries the burden too.
    pub burden_on_premium: bool,
}

/// The account of an officer's minutes that no town decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Option<Date>,
    /// The account.
    pub account: Account,
}

/// An agreement that came into force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// Its id.
    pub id: AgreementId,
    /// Its towns.
    pub towns: BTreeSet<TownId>,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Option<Date>,
}

impl Known {
    /// The employer's zone.
    pub fn zone(&self) -> &Zone {
        &self.workweek.zone
    }

    /// The employer's civil day of an instant.
    pub fn day(&self, instant: Timestamp) -> Date {
        self.zone().day_of(instant)
    }

    /// Today.
    pub fn today(&self) -> Date {
        self.day(self.now)
    }

    /// An instant as people of the employer's zone read it: `2026-11-01 01:30 CST`.
    pub fn local(&self, instant: Timestamp) -> String {
        instant
            .to_zoned(self.zone().rules().clone())
            .strftime("%Y-%m-%d %H:%M %Z")
            .to_string()
    }

    /// The pay rate in force on a day.
    pub fn rate_on(&self, day: Date) -> Option<&PayRate> {
        self.rates
            .iter()
            .filter(|rate| rate.from <= day)
            .max_by_key(|rate| rate.from)
    }

    /// The officer's default account on a day: of the assignment that began last.
    pub fn assignment_on(&self, day: Date) -> Option<&Account> {
        self.assignments
            .iter()
            .filter(|a| a.from <= day && a.until.is_none_or(|until| day <= until))
            .max_by_key(|a| a.from)
            .map(|a| &a.account)
    }

    /// The agreements in force on a day of which a town is a member.
    pub fn agreements_of(&self, town: &TownId, day: Date) -> Vec<&Agreement> {
        self.agreements
            .iter()
            .filter(|agreement| agreement.in_force_on(day) && agreement.towns.contains(town))
            .collect()
    }
}

impl Agreement {
    /// Whether it holds on a day.
    pub fn in_force_on(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}
