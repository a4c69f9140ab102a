//! What can be asked of the roster, with everything that the decision must know.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use eligibility::Name;
use jiff::Timestamp;
use jiff::civil::Date;
use roster::{Limits, ShiftId, ShiftKind, Travel};
use vocabulary::{Account, AgreementId, Minutes, OfficerId, TownId, Zone};

pub use super::event::{Asked, When};
use crate::domain::gate::Gate;
use crate::domain::{EntryId, RequestId};

/// One thing asked.
#[derive(Clone)]
pub struct Command {
    /// What was known when it was asked.
    pub known: Arc<Known>,
    /// What is asked.
    pub act: Act,
}

/// A shift to be drafted.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its id; made of town and start if absent.
    pub id: Option<ShiftId>,
    /// Where.
    pub town: TownId,
    /// What is done.
    pub kind: ShiftKind,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// Who has it.
    pub officer: Option<OfficerId>,
    /// What is to be carried.
    pub equipment: Vec<Name>,
    /// Who is charged; the town's only agreement if absent.
    pub account: Option<Account>,
}

/// Who has a shift from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// As before.
    Same,
    /// Nobody: it is open.
    Nobody,
    /// This officer.
    Officer(OfficerId),
}

/// What is asked.
#[derive(Debug, Clone)]
pub enum Act {
    /// Draft shifts, all or none. What is there already by its id is passed over if `passing`.
    Draft {
        /// Which.
        drafts: Vec<Draft>,
        /// Whether known ids are passed over instead of refused.
        passing: bool,
    },
    /// Move a shift or give it to somebody else.
    Change {
        /// Which.
        shift: ShiftId,
        /// Another start.
        start: Option<Timestamp>,
        /// Another end.
        end: Option<Timestamp>,
        /// Who has it.
        holder: Holder,
        /// Whether the notice may be too short.
        short_notice: bool,
    },
    /// Give drafts to officers.
    Assign {
        /// Who gets what.
        pairs: Vec<(ShiftId, OfficerId)>,
    },
    /// Cancel a shift.
    Cancel {
        /// Which.
        shift: ShiftId,
        /// Whether the notice may be too short.
        short_notice: bool,
    },
    /// Tell everybody, of all of these or of none.
    Publish {
        /// Which drafts.
        shifts: Vec<ShiftId>,
    },
    /// Ask for something.
    Ask {
        /// Who asks.
        officer: OfficerId,
        /// For what.
        asked: Asked,
    },
    /// Agree to a swap.
    Agree {
        /// The colleague.
        officer: OfficerId,
        /// Which.
        request: RequestId,
    },
    /// Take a request back.
    Withdraw {
        /// Whose it is.
        officer: OfficerId,
        /// Which.
        request: RequestId,
    },
    /// Say yes to a request.
    Approve {
        /// Which.
        request: RequestId,
    },
    /// Say no to a request.
    Decline {
        /// Which.
        request: RequestId,
    },
    /// Say when an officer cannot be planned.
    AddUnavailable {
        /// Who.
        officer: OfficerId,
        /// When.
        when: When,
        /// Whether it is only a wish.
        wish: bool,
    },
    /// Take that back.
    RemoveUnavailable {
        /// Who.
        officer: OfficerId,
        /// Which.
        entry: EntryId,
    },
    /// Say how much an officer works.
    SetHours {
        /// Who.
        officer: OfficerId,
        /// Minutes a week that are theirs to give.
        weekly_minutes: Minutes,
        /// Most minutes in a workweek.
        weekly_minutes_max: Option<Minutes>,
    },
    /// Ask the gate again about published shifts that are not over: of these officers, or of all.
    Review {
        /// Whose; all if absent.
        officers: Option<BTreeSet<OfficerId>>,
    },
}

/// What was known when it was asked.
#[derive(Clone)]
pub struct Known {
    /// The present.
    pub now: Timestamp,
    /// The limits of work and rest, with the employer's workweek and zone.
    pub limits: Limits,
    /// The least time between telling and start.
    pub notice: Minutes,
    /// Minutes a week of an officer of whom nothing else was said.
    pub weekly_minutes: Minutes,
    /// Everybody who is or was enrolled.
    pub officers: BTreeMap<OfficerId, Employment>,
    /// Registered towns with their zones.
    pub towns: BTreeMap<TownId, Zone>,
    /// All agreements that ever came into force.
    pub agreements: Vec<Agreement>,
    /// Ways between towns.
    pub travel: Travel,
    /// Who may be put where.
    pub gate: Arc<dyn Gate>,
}

/// From when to when an officer is employed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Employment {
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Option<Date>,
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
        &self.limits.workweek.zone
    }

    /// The employer's civil day of now.
    pub fn today(&self) -> Date {
        self.zone().day_of(self.now)
    }

    /// An instant as people of the employer's zone read it.
    pub fn local(&self, at: Timestamp) -> String {
        let zoned = at.to_zoned(self.zone().rules().clone());
        zoned.strftime("%Y-%m-%d %H:%M %Z").to_string()
    }

    /// Agreements in force on a day of which a town is a member.
    pub fn agreements_of(&self, town: &TownId, day: Date) -> Vec<&AgreementId> {
        let holds = |a: &&Agreement| {
            a.towns.contains(town) && a.from <= day && a.until.is_none_or(|until| day <= until)
        };
        self.agreements
            .iter()
            .filter(holds)
            .map(|a| &a.id)
            .collect()
    }
}
