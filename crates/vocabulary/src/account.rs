//! Where a minute was spent, and who is charged for it: the two things every minute has.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{AgreementId, Invalid, TownId};

/// Who bears a part of the cost: a town of the agreement, or the provider, who is always one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum PartyId {
    /// A town.
    Town(TownId),
    /// The provider: what the terms make it absorb lands here.
    Provider,
}

/// Who is charged for a minute: an agreement, or the provider's own account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Account {
    /// An agreement's towns, by its terms.
    Agreement(AgreementId),
    /// The provider itself: nothing of it reaches a town.
    Provider,
}

/// Where a minute was spent. Text form: `town:barlow`, `travel:barlow` (towards it), `training`,
/// `court`, `leave`, `administration`, `aid:shelby-county` (to a non-member).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Location {
    /// In a town.
    Town(TownId),
    /// On the way to a town.
    Travel(TownId),
    /// In training.
    Training,
    /// In court.
    Court,
    /// On leave.
    Leave,
    /// Administration.
    Administration,
    /// Helping a place that is in no agreement: its code.
    Aid(TownId),
}

impl Location {
    /// The town this minute is for: the one it was in, or the one travelled to.
    pub fn town(&self) -> Option<&TownId> {
        match self {
            Self::Town(town) | Self::Travel(town) => Some(town),
            _ => None,
        }
    }
}

impl fmt::Display for PartyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Town(town) => town.fmt(f),
            Self::Provider => f.write_str("provider"),
        }
    }
}

impl FromStr for PartyId {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "provider" => Ok(Self::Provider),
            town => TownId::new(town).map(Self::Town).map_err(|_| {
                Invalid::new("a party", text, "a town id such as `barlow`, or `provider`")
            }),
        }
    }
}

impl From<TownId> for PartyId {
    fn from(town: TownId) -> Self {
        Self::Town(town)
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agreement(id) => write!(f, "agreement:{id}"),
            Self::Provider => f.write_str("provider"),
        }
    }
}

impl FromStr for Account {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid::new("an account", text, "`agreement:<id>` or `provider`");
        match text.split_once(':') {
            Some(("agreement", id)) => AgreementId::new(id)
                .map(Self::Agreement)
                .map_err(|_| wrong()),
            None if text == "provider" => Ok(Self::Provider),
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Town(town) => write!(f, "town:{town}"),
            Self::Travel(town) => write!(f, "travel:{town}"),
            Self::Training => f.write_str("training"),
            Self::Court => f.write_str("court"),
            Self::Leave => f.write_str("leave"),
            Self::Administration => f.write_str("administration"),
            Self::Aid(place) => write!(f, "aid:{place}"),
        }
    }
}

impl FromStr for Location {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let wrong = || {
            Invalid::new(
                "a location",
                text,
                "`town:<id>`, `travel:<id>`, `aid:<place>`, `training`, `court`, `leave` or \
                 `administration`",
            )
        };
        let place = |id: &str| TownId::new(id).map_err(|_| wrong());
        match text.split_once(':') {
            Some(("town", id)) => place(id).map(Self::Town),
            Some(("travel", id)) => place(id).map(Self::Travel),
            Some(("aid", id)) => place(id).map(Self::Aid),
            Some(_) => Err(wrong()),
            None => match text {
                "training" => Ok(Self::Training),
                "court" => Ok(Self::Court),
                "leave" => Ok(Self::Leave),
                "administration" => Ok(Self::Administration),
                _ => Err(wrong()),
            },
        }
    }
}

/// Serde reads and writes these through their text form.
macro_rules! as_text {
    ($($name:ident),*) => {$(
        impl TryFrom<String> for $name {
            type Error = Invalid;
            fn try_from(text: String) -> Result<Self, Invalid> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.to_string()
            }
        }
    )*};
}
as_text!(PartyId, Account, Location);
