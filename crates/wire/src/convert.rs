//! Request fields into typed values and back. Every failure names the field, the value and
//! what a right one looks like.
//!
//! ```text
//! let (town, day, minutes) = convert::all((
//!     convert::required::<TownId>("town", &request.town),
//!     convert::date("day", &request.day),
//!     convert::positive("minutes", request.minutes),
//! ))?;
//! ```

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use tonic::{Code, Status};
use vocabulary::local_time::{self, Unclear};
use vocabulary::{Invalid, Zone};

use crate::refusal::{Refusal, Violation};

/// A field that must hold a value of `T`.
pub fn required<T: FromStr<Err = Invalid>>(field: &str, text: &str) -> Result<T, Violation> {
    text.parse().map_err(|invalid: Invalid| {
        if text.is_empty() {
            let Invalid { what, expected, .. } = invalid;
            Violation::new(field, format!("is missing: give {what}: {expected}"))
        } else {
            Violation::new(field, invalid.to_string())
        }
    })
}

/// A field that may be empty, else must hold a value of `T`.
pub fn optional<T: FromStr<Err = Invalid>>(
    field: &str,
    text: &str,
) -> Result<Option<T>, Violation> {
    if text.is_empty() {
        Ok(None)
    } else {
        required(field, text).map(Some)
    }
}

/// Text that must not be empty; `what` is said when it is ("a reason in words").
pub fn text(field: &str, text: &str, what: &str) -> Result<String, Violation> {
    if text.trim().is_empty() {
        Err(Violation::new(field, format!("is missing: give {what}")))
    } else {
        Ok(text.to_owned())
    }
}

/// A message that must be there; `what` is said when it is not ("the terms").
pub fn message<T>(field: &str, message: Option<T>, what: &str) -> Result<T, Violation> {
    message.ok_or_else(|| Violation::new(field, format!("is missing: give {what}")))
}

/// A date, `2026-10-31`. Other spellings, and dates with a time, are refused.
pub fn date(field: &str, text: &str) -> Result<Date, Violation> {
    let plain = text.len() == 10;
    let parsed = text.parse::<Date>().ok().filter(|_| plain);
    parsed.ok_or_else(|| {
        let problem = if text.is_empty() {
            "is missing: give a date such as 2026-10-31".to_owned()
        } else {
            format!("\"{text}\" is not a date: write it as 2026-10-31")
        };
        Violation::new(field, problem)
    })
}

/// A date that may be empty.
pub fn optional_date(field: &str, text: &str) -> Result<Option<Date>, Violation> {
    if text.is_empty() {
        Ok(None)
    } else {
        date(field, text).map(Some)
    }
}

/// A date as the protos spell it.
pub fn date_text(date: Date) -> String {
    date.to_string()
}

/// An instant that must be there and lie in the years -9999 to 9999.
pub fn timestamp(
    field: &str,
    stamp: Option<&prost_types::Timestamp>,
) -> Result<Timestamp, Violation> {
    let stamp = stamp.ok_or_else(|| {
        Violation::new(
            field,
            "is missing: give an instant such as 2026-10-31T22:00:00Z",
        )
    })?;
    let valid = (0..1_000_000_000).contains(&stamp.nanos);
    let instant = Timestamp::new(stamp.seconds, stamp.nanos)
        .ok()
        .filter(|_| valid);
    instant.ok_or_else(|| {
        let given = format!("{} s and {} ns since 1970", stamp.seconds, stamp.nanos);
        Violation::new(field, format!("{given} is no instant of the calendar"))
    })
}

/// An instant that may be absent.
pub fn optional_timestamp(
    field: &str,
    stamp: Option<&prost_types::Timestamp>,
) -> Result<Option<Timestamp>, Violation> {
    stamp.map(|stamp| timestamp(field, Some(stamp))).transpose()
}

/// An instant as the protos hold it.
pub fn timestamp_value(instant: Timestamp) -> prost_types::Timestamp {
    // Protobuf counts nanoseconds forward also before 1970; jiff counts them backward there.
    let nanos = instant.subsec_nanosecond();
    let (seconds, nanos) = if nanos < 0 {
        (instant.as_second() - 1, nanos + 1_000_000_000)
    } else {
        (instant.as_second(), nanos)
    };
    prost_types::Timestamp { seconds, nanos }
}

/// A time as a person typed it, in `zone`; it may be empty. In the hour that the clocks skip it is
/// refused; in the hour that they repeat it must say which pass is meant.
pub fn local_time(field: &str, text: &str, zone: &Zone) -> Result<Option<Timestamp>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    local_time::parse(text, zone).map(Some).map_err(|unclear| {
        let violation = Violation::new(field, unclear.to_string());
        let reason = match unclear {
            Unclear::InGap { .. } => "TIME_IN_GAP",
            Unclear::InFold { .. } => "TIME_AMBIGUOUS",
            Unclear::OutOfRange { .. } => "TIME_OUT_OF_RANGE",
            Unclear::NotATime { .. } => return Refusal::from(vec![violation]),
        };
        let message = format!("The {field} is not clear: {unclear}.");
        Refusal::new(Code::InvalidArgument, reason, message).violations([violation])
    })
}

/// A whole number greater than zero.
pub fn positive(field: &str, number: i64) -> Result<i64, Violation> {
    if number > 0 {
        Ok(number)
    } else {
        Err(Violation::new(
            field,
            format!("{number} is not greater than zero"),
        ))
    }
}

/// A chosen value of an enum; `what` names the choices ("a figure: population or value").
/// The unspecified zero and numbers unknown to this version are refused.
pub fn choice<E: TryFrom<i32>>(field: &str, number: i32, what: &str) -> Result<E, Violation> {
    match E::try_from(number) {
        Ok(value) if number != 0 => Ok(value),
        _ if number == 0 => Err(Violation::new(field, format!("is missing: give {what}"))),
        _ => Err(Violation::new(
            field,
            format!("{number} is not a known value: give {what}"),
        )),
    }
}

/// Every field of a request at once: either all values, or all that is wrong.
pub fn all<F: Fields>(fields: F) -> Result<F::Values, WrongFields> {
    fields.values()
}

/// Everything that is wrong with a request. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", Refusal::from(self.0.clone()))]
pub struct WrongFields(pub Vec<Violation>);

impl From<WrongFields> for Status {
    fn from(WrongFields(violations): WrongFields) -> Self {
        Refusal::from(violations).into()
    }
}

/// A tuple of parsed fields.
pub trait Fields {
    /// The tuple of their values.
    type Values;
    /// All values, or everything that is wrong.
    fn values(self) -> Result<Self::Values, WrongFields>;
}

macro_rules! fields {
    ($($field:ident)+) => {
        #[expect(non_snake_case, reason = "a tuple's fields are named after their types")]
        impl<$($field),+> Fields for ($(Result<$field, Violation>,)+) {
            type Values = ($($field,)+);
            fn values(self) -> Result<Self::Values, WrongFields> {
                let ($($field,)+) = self;
                let mut wrong = Vec::new();
                $(let $field = $field.map_err(|violation| wrong.push(violation));)+
                match ($($field,)+) {
                    ($(Ok($field),)+) => Ok(($($field,)+)),
                    _ => Err(WrongFields(wrong)),
                }
            }
        }
    };
}
fields!(A);
fields!(A B);
fields!(A B C);
fields!(A B C D);
fields!(A B C D E);
fields!(A B C D E F);
fields!(A B C D E F G);
fields!(A B C D E F G H);
fields!(A B C D E F G H I);
fields!(A B C D E F G H I J);
