//! The terms in words, as statements print them.

use vocabulary::{Fraction, PartyId};

use super::{
    Basis, Fee, FeeBase, LabourCost, Limit, Per, Premium, Priced, Rounding, Terms, TermsPool,
};
use super::{IfZero, WithoutMinutes};
use crate::Mode;
use crate::basis::plain;

impl Mode {
    /// How a number is rounded.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::HalfUp => "half-up",
            Self::HalfEven => "half to the even cent",
            Self::Up => "up",
        }
    }
}

impl Rounding {
    /// The rule in one sentence; `mode` is how a lone amount is rounded.
    pub fn in_words(&self, mode: Mode) -> String {
        match self {
            Self::LargestRemainder { order } => {
                format!(
                    "shares are cut to whole cents, and the cents left over go one each to the largest \
                 remainders; equal remainders in the order {}",
                    list(order)
                ) + &lone(mode)
            }
            Self::Residual { party } => format!(
                "shares are rounded {} to whole cents, and {party} takes what the others leave",
                mode.in_words()
            ),
        }
    }
}

impl Basis {
    /// What a pool is split by.
    pub fn in_words(&self) -> String {
        match self {
            Self::Hours { window } => format!("hours{}", window.in_words()),
            Self::Calls { call_types, window } => {
                format!("calls{}{}", only(call_types), window.in_words())
            }
            Self::IncidentMinutes {
                call_types,
                without_minutes,
                window,
            } => format!(
                "incident_minutes{}{}{}",
                only(call_types),
                window.in_words(),
                match without_minutes {
                    WithoutMinutes::Refuse => "",
                    WithoutMinutes::Zero => ", incidents without minutes as zero",
                }
            ),
            Self::Figure { name, window } => format!("{name}{}", window.in_words()),
            Self::Fixed { .. } => "fixed shares".to_owned(),
            Self::Equal => "equal shares".to_owned(),
            Self::Weighted(parts) => {
                let parts = parts.iter();
                let parts: Vec<_> = parts
                    .map(|part| format!("{} × {}", weights(part), part.basis.in_words()))
                    .collect();
                parts.join(" + ")
            }
            Self::Sum(parts) => {
                let parts = parts.iter();
                let parts: Vec<_> = parts
                    .map(|part| format!("{} / {}", part.basis.in_words(), plain(&part.per)))
                    .collect();
                format!("the sum of {}", parts.join(" + "))
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
            Self::Charge(name) => format!("charge \"{name}\""),
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
            Self::BeyondPromise => {
                "to the minutes of the week that each town got beyond its promised hours (to all \
                 minutes of the week where no town got more)"
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
        self.rounding.in_words(self.mode)
    }
}

impl Priced {
    /// `20 hours at $17.00 a week`, what the price is made of in brackets.
    pub(crate) fn in_words(&self, mode: Mode) -> String {
        let hundredth = super::fees::hundredth;
        let price = dollars(&hundredth(&self.price.cents(mode)));
        let items: Vec<_> = self
            .price
            .items
            .iter()
            .map(|item| item.in_words())
            .collect();
        let made_of = match items.iter().all(String::is_empty) {
            true => String::new(),
            false => format!(" ({})", items.join(" + ")),
        };
        let quantity = match (plain(&self.quantity).as_str(), self.unit.as_str()) {
            ("1", "") => String::new(),
            (quantity, "") => format!("{quantity} × "),
            (quantity, unit) => format!("{quantity} {unit} at "),
        };
        let times = self.per.in_words();
        format!("{quantity}{price}{made_of} {times}{}", self.span.in_words())
    }
}

impl super::PriceItem {
    fn in_words(&self) -> String {
        if self.what.is_empty() {
            return String::new();
        }
        let mut words = format!("{} {}", self.what, dollars(&self.amount));
        if self.times != Fraction::one() {
            words += &format!(" × {}", plain(&self.times));
        }
        if self.over != Fraction::one() {
            words += &format!(" / {}", plain(&self.over));
        }
        if self.rounded.is_some() || self.times != self.over {
            words += &format!(" = {}", dollars(&self.dollars()));
        }
        words
    }
}

impl Per {
    pub(crate) fn in_words(&self) -> String {
        match self {
            Self::Once { on } => format!("once, on {on}"),
            Self::Day {
                leap_day_free: true,
                ..
            } => "a day, 29 February free".to_owned(),
            Self::Day { .. } => "a day".to_owned(),
            Self::Week { .. } => "a week of the calendar".to_owned(),
            Self::Month => "a month".to_owned(),
            Self::Year { .. } => "a year, in twelfths".to_owned(),
        }
    }
}

impl Limit {
    /// Who bears how much, and who the rest.
    pub(crate) fn in_words(&self) -> String {
        let of: Vec<_> = self.of.iter().map(FeeBase::in_words).collect();
        let mut bounds = vec![];
        if let Some(most) = self.at_most {
            bounds.push(format!("at most {most}"));
        }
        if let Some(least) = self.at_least {
            bounds.push(format!("at least {least}"));
        }
        format!(
            "{} bears {} a {} for {}; {} bears the rest{}",
            self.party,
            bounds.join(" and "),
            if self.year_begins.is_some() {
                "year"
            } else {
                "month"
            },
            of.join(", "),
            self.excess_to,
            self.span.in_words()
        )
    }
}

/// How lone amounts are rounded, where that is not the usual way.
fn lone(mode: Mode) -> String {
    match mode {
        Mode::HalfUp => String::new(),
        other => format!("; charges and fees are rounded {}", other.in_words()),
    }
}

/// Dollars as they are printed, and as they are reckoned with where that is more exact.
pub(crate) fn dollars(exact: &Fraction) -> String {
    let cents = exact * &Fraction::from(100);
    match (cents.to_integer_exact(), cents.to_cents_half_up()) {
        (Some(cents), _) => vocabulary::Cents(cents).to_string(),
        (None, Ok(about)) => format!("{about}, exactly ${}", plain(exact)),
        (None, Err(_)) => format!("${}", plain(exact)),
    }
}

/// `0.4`, or `1 from 2009-01-01, 0.9 from 2010-01-01` where a weight changes.
fn weights(part: &super::Weighted) -> String {
    let steps = part.weights.iter();
    let steps: Vec<_> = steps
        .map(|(from, weight)| match from {
            None => plain(weight),
            Some(from) => format!("{} from {from}", plain(weight)),
        })
        .collect();
    match steps.len() {
        1 => steps.concat(),
        _ => format!("({})", steps.join(", ")),
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
