//! What is asked of a dossier, and what was looked up for it.

use std::collections::{BTreeMap, BTreeSet};

use eligibility::{Fact, Length, Name, RecordId, Weapon};
use jiff::civil::Date;
use vocabulary::{Actor, OfficerId, TownId};

use crate::domain::Token;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Whose dossier.
    pub officer: OfficerId,
    /// What is known elsewhere.
    pub known: Known,
    /// What to do.
    pub act: Act,
}

/// What the decision needs of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The present day, in the employer's zone.
    pub today: Date,
    /// Whether the officer was ever enrolled.
    pub enrolled: bool,
    /// Those of the towns named that are registered.
    pub towns: BTreeSet<TownId>,
    /// Every requirement that any profile or town asks for.
    pub requirements: BTreeSet<Name>,
    /// The officer's records among the positions named.
    pub records: BTreeMap<u64, Fact>,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Records what was checked, learnt or served.
    Record(Fact),
    /// Records that a credential was issued.
    Grant {
        /// Its kind.
        kind: Name,
        /// Who issued it, a code.
        issuer: Name,
        /// The day of issue.
        issued: Date,
        /// Its first day.
        from: Date,
        /// Its last day, where it has one.
        until: Option<Date>,
        /// The one model or piece it is good for.
        weapon: Option<Weapon>,
        /// The towns it is good in; empty for all.
        towns: Vec<TownId>,
        /// Positions of the records it was issued on.
        rests_on: Vec<u64>,
        /// Where in the vault the issuer's number lies.
        number: Option<Token>,
    },
    /// It is not valid from a day on.
    Suspend {
        /// Which.
        credential: RecordId,
        /// The first day without it.
        from: Date,
    },
    /// It is valid again.
    Reinstate {
        /// Which.
        credential: RecordId,
        /// The first day with it.
        from: Date,
    },
    /// It is over for good.
    Revoke {
        /// Which.
        credential: RecordId,
        /// The first day without it.
        from: Date,
    },
    /// A requirement need not be met for a while.
    Waive {
        /// Which.
        requirement: Name,
        /// First day.
        from: Date,
        /// Last day, which has to be given.
        until: Option<Date>,
        /// Who signs.
        signer: Actor,
        /// Where; empty for everywhere.
        towns: Vec<TownId>,
    },
    /// A waiver ends early.
    EndWaiver {
        /// Which.
        waiver: RecordId,
        /// Its first day without effect.
        on: Date,
    },
    /// What was learnt elsewhere is worth this here.
    DecideEquivalence {
        /// What was learnt, a code.
        foreign: Name,
        /// Who decides.
        by: Actor,
        /// On what basis, a code.
        basis: Name,
        /// Requirements it satisfies.
        satisfies: Vec<Name>,
        /// Requirements it does not.
        lacks: Vec<Name>,
        /// First day.
        from: Date,
        /// Last day, where there is one.
        until: Option<Date>,
    },
    /// A record was never so.
    Void {
        /// Its position.
        record: u64,
    },
    /// A record is in doubt.
    Question {
        /// Its position.
        record: u64,
        /// Why, a code.
        because: Name,
    },
    /// Notices what the calendar did to a credential.
    Notice {
        /// Which.
        credential: RecordId,
        /// How long before its end it can be renewed, where a profile says so.
        opens: Option<Length>,
    },
}

impl Known {
    /// What the calendar knows: the day.
    pub fn of_the_calendar(today: Date) -> Self {
        Self {
            today,
            enrolled: false,
            towns: BTreeSet::new(),
            requirements: BTreeSet::new(),
            records: BTreeMap::new(),
        }
    }
}
