//! What people ask of an officer. Every value is valid in itself; whether it may be is decided.

use jiff::civil::Date;
use vocabulary::{Account, Grounds, Keep, OfficerId};

use crate::domain::{Decimal, Person};

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Begins the employment.
    Enrol(Enrol),
    /// Gives the employment its last day.
    End(End),
    /// Sets pay and burden from a day on.
    SetPayRate(SetPayRate),
    /// Names the account of minutes without a town.
    Assign(Assign),
    /// Gives an assignment its last day.
    EndAssignment(EndAssignment),
    /// Destroys what is personal.
    Erase(Erase),
}

/// See [`Command::Enrol`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrol {
    /// The badge code, for ever this officer's.
    pub officer: OfficerId,
    /// Under which the vault holds name, e-mail and phone.
    pub person: Person,
    /// First day of employment.
    pub from: Date,
}

/// See [`Command::End`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Which officer.
    pub officer: OfficerId,
    /// Last day of employment.
    pub on: Date,
}

/// See [`Command::SetPayRate`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetPayRate {
    /// Which officer.
    pub officer: OfficerId,
    /// First day on which it is in force.
    pub from: Date,
    /// Dollars for an hour.
    pub dollars_per_hour: Decimal,
    /// What the employer pays on top of each dollar of pay: `0.2235`.
    pub burden: Decimal,
    /// Whether the overtime premium carries the burden too.
    pub burden_on_premium: bool,
}

/// See [`Command::Assign`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assign {
    /// Which officer.
    pub officer: OfficerId,
    /// Who is charged.
    pub account: Account,
    /// First day.
    pub from: Date,
    /// Last day, if it is known.
    pub until: Option<Date>,
    /// What the registry knows of the agreement that `account` names; looked up by the caller,
    /// since an officer's stream knows no agreements. `None` for an unknown one.
    pub standing: Option<Standing>,
}

/// An agreement, as far as an assignment must know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether every party has signed.
    pub in_force: bool,
    /// First day.
    pub starts_on: Date,
    /// Last day, if it has one.
    pub ends_on: Option<Date>,
}

/// See [`Command::EndAssignment`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndAssignment {
    /// Which officer.
    pub officer: OfficerId,
    /// First day of the assignment that is meant.
    pub from: Date,
    /// Its last day; the day before `from` cancels it.
    pub until: Date,
}

/// See [`Command::Erase`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erase {
    /// Which officer.
    pub officer: OfficerId,
    /// Why, by code.
    pub grounds: Grounds,
    /// The day of the request in the employer's zone.
    pub today: Date,
    /// The rules that keep the record.
    pub keep: Vec<Keep>,
    /// The data are gone already and only the log does not know: a backup was restored. No rule
    /// is asked again.
    pub replayed: bool,
}
