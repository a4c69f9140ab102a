//! A unit's time stamps: any may be missing, and whatever was recorded is kept.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vocabulary::{Minutes, OfficerId};

use super::UnitNumber;

/// One unit on an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its number on this incident.
    pub unit: UnitNumber,
    /// Whose it was, when it was one of ours.
    pub officer: Option<OfficerId>,
    /// Sent out.
    pub dispatched_at: Option<Timestamp>,
    /// On the scene.
    pub arrived_at: Option<Timestamp>,
    /// Free again.
    pub cleared_at: Option<Timestamp>,
}

/// What is odd about time stamps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    /// No unit is known.
    NoUnit,
    /// A unit without the time it was sent.
    DispatchedMissing,
    /// A unit without the time it arrived.
    ArrivedMissing,
    /// A unit without the time it was free again.
    ClearedMissing,
    /// Sent before the call came in.
    DispatchedBeforeReceived,
    /// There before it was sent.
    ArrivedBeforeDispatched,
    /// Free before it was sent.
    ClearedBeforeDispatched,
    /// Free before it was there.
    ClearedBeforeArrived,
    /// On the incident for more than a day.
    OverADay,
}

impl Flag {
    /// Its published name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoUnit => "NO_UNIT",
            Self::DispatchedMissing => "DISPATCHED_MISSING",
            Self::ArrivedMissing => "ARRIVED_MISSING",
            Self::ClearedMissing => "CLEARED_MISSING",
            Self::DispatchedBeforeReceived => "DISPATCHED_BEFORE_RECEIVED",
            Self::ArrivedBeforeDispatched => "ARRIVED_BEFORE_DISPATCHED",
            Self::ClearedBeforeDispatched => "CLEARED_BEFORE_DISPATCHED",
            Self::ClearedBeforeArrived => "CLEARED_BEFORE_ARRIVED",
            Self::OverADay => "OVER_A_DAY",
        }
    }
}

const DAY: Minutes = Minutes(24 * 60);

impl Unit {
    /// Everything odd about its times, in the order of [`Flag`].
    pub fn flags(&self, received_at: Timestamp) -> Vec<Flag> {
        let before =
            |a: Option<Timestamp>, b: Option<Timestamp>| a.zip(b).is_some_and(|(a, b)| a < b);
        let (dispatched, arrived, cleared) = (self.dispatched_at, self.arrived_at, self.cleared_at);
        [
            (dispatched.is_none(), Flag::DispatchedMissing),
            (arrived.is_none(), Flag::ArrivedMissing),
            (cleared.is_none(), Flag::ClearedMissing),
            (
                before(dispatched, Some(received_at)),
                Flag::DispatchedBeforeReceived,
            ),
            (before(arrived, dispatched), Flag::ArrivedBeforeDispatched),
            (before(cleared, dispatched), Flag::ClearedBeforeDispatched),
            (before(cleared, arrived), Flag::ClearedBeforeArrived),
            (
                self.minutes().is_some_and(|minutes| minutes > DAY),
                Flag::OverADay,
            ),
        ]
        .into_iter()
        .filter_map(|(odd, flag)| odd.then_some(flag))
        .collect()
    }

    /// Whole minutes from dispatch to clearance; none unless both are known and every time that
    /// is known stands in order.
    pub fn minutes(&self) -> Option<Minutes> {
        let (start, end) = self.dispatched_at.zip(self.cleared_at)?;
        let between = self
            .arrived_at
            .is_none_or(|arrived| start <= arrived && arrived <= end);
        (start <= end && between).then(|| Minutes::between(start, end))
    }
}
