//! What people ask of a programme. What other streams know was looked up just before.

use std::collections::{BTreeMap, BTreeSet};

use eligibility::{Profile, ProgrammeId};
use jiff::civil::Date;
use vocabulary::{AgreementId, TownId};

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Puts a version of the profile in force.
    IssueProfile(Box<IssueProfile>),
    /// Records by which clauses a town works by the programme.
    Agree(Agree),
}

/// See [`Command::IssueProfile`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueProfile {
    /// Its first day.
    pub effective_from: Date,
    /// The document, byte for byte.
    pub toml: String,
    /// The same, read.
    pub profile: Profile,
    /// Where towns work by other programmes.
    pub others: BTreeSet<Other>,
    /// Last days of agreements that have one.
    pub last_days: BTreeMap<AgreementId, Date>,
}

/// A town of an agreement works by another programme from a day on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Other {
    /// In which agreement.
    pub agreement: AgreementId,
    /// Which town.
    pub town: TownId,
    /// From which day on.
    pub from: Date,
}

/// See [`Command::Agree`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agree {
    /// To which programme.
    pub programme: ProgrammeId,
    /// In which agreement.
    pub agreement: AgreementId,
    /// Which town.
    pub town: TownId,
    /// First day.
    pub from: Date,
    /// The town's clauses, byte for byte; empty for the programme as it is.
    pub narrowing: String,
    /// The agreement; absent for one that nobody drafted.
    pub joined: Option<Joined>,
    /// Days from which the town works by another programme.
    pub others: BTreeSet<Date>,
}

/// What must be known of an agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Its towns.
    pub towns: Vec<TownId>,
    /// Whether every party has signed.
    pub in_force: bool,
    /// First day.
    pub starts_on: Date,
    /// Last day, if one is known.
    pub ends_on: Option<Date>,
}
