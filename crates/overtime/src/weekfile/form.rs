//! The file's keys, as serde reads them.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer};
use vocabulary::{Account, Cents, Fraction, Location, OfficerId, Zone};

use crate::attribution::Policy;
use crate::comp::Cap;
use crate::employer::EmployerKind;
use crate::extra::ExtraKind;
use crate::rules::RuleSet;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) format: i64,
    pub(super) officer: OfficerId,
    pub(super) first_day: Date,
    pub(super) zone: Zone,
    pub(super) employer: EmployerKind,
    pub(super) pay: Pay,
    pub(super) minimum_wage: Option<Dollars>,
    pub(super) minimum_wage_of: Option<String>,
    #[serde(default)]
    pub(super) rules: Vec<String>,
    #[serde(default)]
    pub(super) rule_set: Vec<RuleSet>,
    #[serde(default)]
    pub(super) work: Vec<Stretch>,
    #[serde(default)]
    pub(super) extra: Vec<Payment>,
    pub(super) comp_time: Option<Comp>,
    pub(super) work_period: Option<Period>,
    pub(super) attribution: Option<Policy>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pay {
    pub(super) basis: BasisName,
    pub(super) salary: Option<Dollars>,
    #[serde(default)]
    pub(super) per: PerName,
    pub(super) covers_minutes: Option<i64>,
    #[serde(default)]
    pub(super) overtime_rate: RateName,
    pub(super) agreed_on: Option<Date>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum BasisName {
    Hourly,
    Salaried,
    Exempt,
    PieceRate,
    FluctuatingWorkweek,
}

#[derive(Deserialize, Clone, Copy, Default)]
#[serde(rename_all = "snake_case")]
pub(super) enum PerName {
    #[default]
    Week,
    TwoWeeks,
    HalfMonth,
    Month,
    Year,
}

#[derive(Deserialize, Clone, Copy, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum RateName {
    #[default]
    WeightedAverage,
    InEffect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stretch {
    pub(super) start: String,
    pub(super) end: String,
    pub(super) location: Location,
    pub(super) account: Account,
    pub(super) rate: Option<Dollars>,
    #[serde(default = "patrol")]
    pub(super) kind: String,
    #[serde(default = "yes")]
    pub(super) authorised: bool,
    #[serde(default)]
    pub(super) breaks: Vec<Pause>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pause {
    pub(super) start: String,
    pub(super) end: String,
    pub(super) relieved: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Payment {
    pub(super) kind: ExtraKind,
    pub(super) amount: Amount,
    pub(super) day: Option<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Comp {
    pub(super) agreed_on: Option<Date>,
    pub(super) cap: Cap,
    pub(super) balance_minutes: i64,
    pub(super) overtime_at_most_minutes: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Period {
    pub(super) days: i64,
    pub(super) empowered_body: bool,
    pub(super) power_to_arrest: bool,
    pub(super) police_training: bool,
}

/// Dollars with any number of decimals, as exact cents.
pub(super) struct Dollars(pub(super) Fraction);

/// Dollars and cents.
pub(super) struct Amount(pub(super) Cents);

impl<'de> Deserialize<'de> for Dollars {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        let dollars: Fraction = text.parse().map_err(serde::de::Error::custom)?;
        Ok(Self(dollars * Fraction::from(100)))
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

fn patrol() -> String {
    "patrol".to_owned()
}

fn yes() -> bool {
    true
}
