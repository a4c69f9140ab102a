//! What the terms themselves set: a quantity of something, at a price, for a time.

use jiff::civil::Date;
use vocabulary::{Fraction, Month};

use super::read::{Table, Value};
use super::{Mode, Name, Span};

/// A quantity at a price, for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// How much or many.
    pub quantity: Fraction,
    /// Of what, such as `hours`; empty where a sum is agreed as such.
    pub unit: String,
    /// What one costs.
    pub price: Price,
    /// For which time.
    pub per: Per,
    /// On which days it is due.
    pub span: Span,
}

/// What one of something costs, with what that is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// What it is made of; one nameless item where the price is a number.
    pub items: Vec<PriceItem>,
    /// Decimals of a dollar to which the sum is rounded before it is multiplied; none: never.
    pub places: Option<u32>,
}

/// A part of a price: `amount` × `times` ÷ `over`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceItem {
    /// What it is for; empty where the price is a number.
    pub what: String,
    /// Dollars.
    pub amount: Fraction,
    /// A factor: the share of a budget, an increase.
    pub times: Fraction,
    /// A divisor: the hours of a year, the years of a useful life.
    pub over: Fraction,
    /// Decimals of a dollar to which it is rounded, and how; none: not at all.
    pub rounded: Option<(u32, Mode)>,
}

/// The time that a price is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Per {
    /// Due once.
    Once {
        /// In the month of this day.
        on: Date,
    },
    /// Each day.
    Day {
        /// Whether 29 February costs nothing.
        leap_day_free: bool,
        /// The first month of the year over which cents are kept from drifting.
        year_begins: i8,
    },
    /// Each seven days of the calendar.
    Week {
        /// The first month of the year over which cents are kept from drifting.
        year_begins: i8,
    },
    /// Each month.
    Month,
    /// Each year, in twelve equal instalments, the last of which makes up for their rounding.
    Year {
        /// The first month of the year.
        year_begins: i8,
    },
}

impl Priced {
    pub(super) fn read(table: &Table<'_, '_>) -> Option<Self> {
        let unit = match table.optional("unit") {
            Some(value) => value.parsed::<Name>().map(String::from),
            None => Some(String::new()),
        };
        let price = price(table);
        let (quantity, per, span) = Self::time(table, "quantity", "")?;
        Some(Self {
            quantity,
            unit: unit?,
            price: price?,
            per,
            span,
        })
    }

    /// How much in which time; without an example the quantity may be left out, and is one.
    pub(super) fn time(
        table: &Table<'_, '_>,
        key: &'static str,
        example: &str,
    ) -> Option<(Fraction, Per, Span)> {
        let quantity = match table.optional(key) {
            Some(value) => positive(&value),
            None if example.is_empty() => Some(Fraction::one()),
            None => {
                table.refuse(format!("`{key}` is missing: write {example}"));
                None
            }
        };
        let per = per(table);
        let span = Span::read(table);
        let quantity = quantity?;
        Some(match per? {
            Words::As(per) => (quantity, per, span?),
            // A convention of counting weeks is a number of them in each year or month.
            Words::Weeks(weeks, per) => (quantity * Fraction::from(weeks), per, span?),
        })
    }
}

impl Price {
    /// One, in exact cents, after the roundings that the terms name.
    pub(crate) fn cents(&self, mode: Mode) -> Fraction {
        let hundred = Fraction::from(100);
        let items: Vec<Fraction> = self.items.iter().map(PriceItem::dollars).collect();
        let sum = Fraction::sum(&items);
        let sum = match self.places {
            Some(places) => mode.round_to(&sum, places),
            None => sum,
        };
        sum * hundred
    }
}

impl PriceItem {
    pub(crate) fn dollars(&self) -> Fraction {
        let exact = (&self.amount * &self.times).checked_div(&self.over);
        let exact = exact.expect("the language refuses to divide by nothing");
        match self.rounded {
            Some((places, mode)) => mode.round_to(&exact, places),
            None => exact,
        }
    }
}

impl Per {
    /// How many of its times lie in a month: days, weeks, months, twelfths of a year.
    pub(crate) fn times_in(&self, span: &Span, month: Month) -> Fraction {
        let seventh = |days| Fraction::new(days, 7).expect("7 is not zero");
        match self {
            Self::Once { on } => Fraction::from(i64::from(month.contains(*on))),
            Self::Day { leap_day_free, .. } => Fraction::from(span.days_in(month, *leap_day_free)),
            Self::Week { .. } => seventh(span.days_in(month, false)),
            Self::Month => span.part_of(month),
            Self::Year { .. } => {
                let twelfth = Fraction::new(1, 12).expect("12 is not zero");
                twelfth * span.part_of(month)
            }
        }
    }
}

/// The first month of the year in which a month lies.
pub(crate) fn year_of(month: Month, begins: i8) -> Month {
    let mut first = month;
    while first.first_day().month() != begins {
        first = first.previous();
    }
    first
}

enum Words {
    As(Per),
    Weeks(i64, Per),
}

fn per(table: &Table<'_, '_>) -> Option<Words> {
    let value = table.required(
        "per",
        "per = \"year\", \"month\", \"week\", \"day\" or \"once\"",
    )?;
    let begins = || year_begins(table);
    Some(match value.text()? {
        "once" => {
            let on = table.required("on", "the day it is due: on = 2026-10-01")?;
            Words::As(Per::Once { on: on.date()? })
        }
        "day" => Words::As(Per::Day {
            leap_day_free: leap_day(table)?,
            year_begins: begins()?,
        }),
        "week" => weeks(table, begins()?)?,
        "month" => Words::As(Per::Month),
        "year" => Words::As(Per::Year {
            year_begins: begins()?,
        }),
        _ => {
            value.refuse("write \"year\", \"month\", \"week\", \"day\" or \"once\"");
            return None;
        }
    })
}

fn weeks(table: &Table<'_, '_>, year_begins: i8) -> Option<Words> {
    let value = table.optional("weeks");
    let text = match &value {
        Some(value) => value.text()?,
        None => "calendar",
    };
    Some(match text {
        "calendar" => Words::As(Per::Week { year_begins }),
        "52_a_year" => Words::Weeks(52, Per::Year { year_begins }),
        "4_a_month" => Words::Weeks(4, Per::Month),
        _ => {
            let value = value.as_ref()?;
            value.refuse("write \"calendar\" (its days / 7), \"52_a_year\" or \"4_a_month\"");
            return None;
        }
    })
}

fn leap_day(table: &Table<'_, '_>) -> Option<bool> {
    let Some(value) = table.optional("leap_day") else {
        return Some(false);
    };
    match value.text()? {
        "charged" => Some(false),
        "free" => Some(true),
        _ => {
            value.refuse("write \"charged\" or \"free\": what 29 February costs");
            None
        }
    }
}

pub(super) fn year_begins(table: &Table<'_, '_>) -> Option<i8> {
    let Some(value) = table.optional("year_begins") else {
        return Some(1);
    };
    let month = value.whole_number()?;
    let month = i8::try_from(month).ok().filter(|m| (1..=12).contains(m));
    if month.is_none() {
        value.refuse("write the number of its first month, 1 to 12");
    }
    month
}

fn price(table: &Table<'_, '_>) -> Option<Price> {
    let value = table.required("price", "dollars: price = \"42.50\", or what it is made of")?;
    let places = match table.optional("price_places") {
        Some(value) => Some(places(&value)?),
        None => None,
    };
    if !value.is_list() {
        let item = PriceItem {
            what: String::new(),
            amount: value
                .number()
                .filter(|amount| not_below_zero(&value, amount))?,
            times: Fraction::one(),
            over: Fraction::one(),
            rounded: None,
        };
        return Some(Price {
            items: vec![item],
            places,
        });
    }
    let listed = value.list("a price is made of something: name its items");
    let items: Vec<_> = listed.iter().filter_map(item).collect();
    let all = items.len() == listed.len() && !items.is_empty();
    all.then_some(Price { items, places })
}

fn item(value: &Value<'_, '_>) -> Option<PriceItem> {
    let table = value.table()?;
    let what = table.required("what", "what it is for: what = \"vehicle\"");
    let what = what.and_then(|value| value.parsed::<Name>());
    let amount = table.required("amount", "dollars: amount = \"69350\"");
    let amount = amount.and_then(|value| {
        let amount = value.number()?;
        not_below_zero(&value, &amount).then_some(amount)
    });
    let factor = |key| match table.optional(key) {
        Some(value) => positive(&value),
        None => Some(Fraction::one()),
    };
    let (times, over) = (factor("times"), factor("over"));
    let rounded = rounded(&table);
    table.no_other_keys();
    Some(PriceItem {
        what: what?.into(),
        amount: amount?,
        times: times?,
        over: over?,
        rounded: rounded?,
    })
}

fn rounded(table: &Table<'_, '_>) -> Option<Option<(u32, Mode)>> {
    let (places_value, mode_value) = (table.optional("places"), table.optional("mode"));
    match (places_value, mode_value) {
        (None, None) => Some(None),
        (Some(value), None) => Some(Some((places(&value)?, Mode::HalfUp))),
        (Some(value), Some(mode)) => Some(Some((places(&value)?, Mode::read(&mode)?))),
        (None, Some(mode)) => {
            mode.refuse("nothing is rounded without `places`: write places = 2");
            None
        }
    }
}

fn places(value: &Value<'_, '_>) -> Option<u32> {
    let places = value.whole_number()?;
    let places = u32::try_from(places).ok().filter(|places| *places <= 6);
    if places.is_none() {
        value.refuse("write how many decimals of a dollar, 0 to 6");
    }
    places
}

pub(super) fn positive(value: &Value<'_, '_>) -> Option<Fraction> {
    let number = value.number()?;
    if number.is_negative() || number.is_zero() {
        value.refuse("write a number above zero");
        return None;
    }
    Some(number)
}

pub(super) fn not_below_zero(value: &Value<'_, '_>, number: &Fraction) -> bool {
    if number.is_negative() {
        value.refuse("this is not below zero");
    }
    !number.is_negative()
}
