//! The terms in words, as statements print them.

use vocabulary::PartyId;

use super::{Basis, Fee, FeeBase, LabourCost, Premium, Rounding, Terms, TermsPool};
use super::{IfZero, WithoutMinutes};
use crate::basis::plain;

impl Rounding {
    /// The rule in one sentence.
    pub fn in_words(&self) -> String {
        match self {
            Self::LargestRemainder { order } => format!(
                "shares are cut to whole cents, and the cents left over go one each to the largest \
                 remainders; equal remainders in the order {}",
                list(order)
            ),
            Self::Residual { party } => format!(
                "shares are rounded half-up to whole cents, and {party} takes what the others leave"
            ),
        }
    }
}

impl Basis {
    /// What a pool is split by.
    pub fn in_words(&self) -> String {
        match self {
            Self::Hours => "hours".to_owned(),
            Self::Calls { call_types } => format!("calls{}", only(call_types)),
            Self::IncidentMinutes {
                call_types,
                without_minutes,
            } => format!(
                "incident_minutes{}{}",
                only(call_types),
                match without_minutes {
                    WithoutMinutes::Refuse => "",
                    WithoutMinutes::Zero => ", incidents without minutes as zero",
                }
            ),
            Self::Figure { name, as_of: None } => name.clone(),
            Self::Figure {
                name,
                as_of: Some(on),
            } => format!("{name} as of {on}"),
            Self::Fixed { .. } => "fixed shares".to_owned(),
            Self::Equal => "equal shares".to_owned(),
            Self::Weighted(parts) => {
                let parts = parts.iter();
                let parts: Vec<_> = parts
                    .map(|part| format!("{} × {}", plain(&part.weight), part.basis.in_words()))
                    .collect();
                parts.join(" + ")
            }
        }
    }
}

impl TermsPool {
    /// How the pool is split.
    pub(crate) fn rule(&self) -> String {
        let if_zero = match &self.if_zero {
            None => String::new(),
            Some(IfZero::Equal) => "; equally if all are zero".to_owned(),
            Some(IfZero::Party(party)) => format!("; borne by {party} if all are zero"),
        };
        format!(
            "pool \"{}\" split by {} among {}{if_zero}",
            self.name,
            self.basis.in_words(),
            list(&self.among)
        )
    }
}

impl Fee {
    /// What the fee is reckoned on.
    pub(crate) fn rule(&self) -> String {
        let base: Vec<_> = self.base.iter().map(FeeBase::in_words).collect();
        format!(
            "{} % of the towns' charges for {}, split as these are",
            plain(&self.percent),
            base.join(", ")
        )
    }
}

impl FeeBase {
    fn in_words(&self) -> String {
        match self {
            Self::Labour => "labour".to_owned(),
            Self::Premium => "premium".to_owned(),
            Self::Direct => "direct expenses".to_owned(),
            Self::Pool(name) => format!("pool \"{name}\""),
            Self::Fee(name) => format!("fee \"{name}\""),
        }
    }
}

impl LabourCost {
    /// What an hour costs.
    pub(crate) fn in_words(&self) -> String {
        match self {
            Self::Actual => "actual pay and burden".to_owned(),
            Self::Hourly { cents_per_hour } => {
                let dollars = super::fees::hundredth(cents_per_hour);
                format!("the agreed ${} an hour", plain(&dollars))
            }
        }
    }
}

impl Premium {
    /// Who bears the premium.
    pub(crate) fn in_words(&self) -> String {
        match self {
            Self::ProRata => "pro rata to all minutes of the week".to_owned(),
            Self::WorkedLast => {
                "to the minutes past the threshold (to all minutes of the week where none of these \
                 lies in this agreement)"
                    .to_owned()
            }
            Self::Pool(name) => format!("by the pool \"{name}\""),
            Self::Party(party) => format!("by {party}"),
        }
    }
}

impl Terms {
    /// The rounding rule in words.
    pub fn rounding_in_words(&self) -> String {
        self.rounding.in_words()
    }
}

fn only(call_types: &[String]) -> String {
    if call_types.is_empty() {
        String::new()
    } else {
        format!(" of {}", call_types.join(", "))
    }
}

fn list(parties: &[PartyId]) -> String {
    let parties: Vec<_> = parties.iter().map(ToString::to_string).collect();
    parties.join(", ")
}
