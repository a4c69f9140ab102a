//! Minimum wages as dated data: what no week's pay may average below.

use jiff::civil::{Date, date};
use vocabulary::Fraction;

/// A minimum wage from a day on, until the next one of the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinimumWage {
    /// `US`, or a state's two letters after `US-`.
    pub place: &'static str,
    /// The first day on which it is owed.
    pub from: Date,
    /// Cents per hour.
    pub cents_per_hour: i64,
    /// Where it is written.
    pub citation: &'static str,
}

/// What is known. Missouri's towns and other public employers are covered since 28 August 2025.
pub const MINIMUM_WAGES: &[MinimumWage] = &[
    MinimumWage {
        place: "US",
        from: date(2009, 7, 24),
        cents_per_hour: 725,
        citation: "29 USC 206(a)(1)",
    },
    MinimumWage {
        place: "US-MO",
        from: date(2025, 1, 1),
        cents_per_hour: 1_375,
        citation: "RSMo 290.502",
    },
    MinimumWage {
        place: "US-MO",
        from: date(2026, 1, 1),
        cents_per_hour: 1_500,
        citation: "RSMo 290.502; HB 567 (2025)",
    },
];

/// The minimum wage of a place on a day: the higher of its own and the federal one
/// (29 USC 218(a)), or `None` before anything is known of either.
pub fn minimum_wage(place: &str, day: Date) -> Option<&'static MinimumWage> {
    let of = |wanted: &str| {
        MINIMUM_WAGES
            .iter()
            .rfind(|wage| wage.place == wanted && wage.from <= day)
    };
    of(place)
        .into_iter()
        .chain(of("US"))
        .max_by_key(|wage| wage.cents_per_hour)
}

impl MinimumWage {
    /// The amount, exact.
    pub fn exact(&self) -> Fraction {
        Fraction::from(self.cents_per_hour)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_is_not_known_has_the_federal_wage_and_none_before_it() {
        let of = |place, day: Date| minimum_wage(place, day).map(|wage| wage.cents_per_hour);
        assert_eq!(of("US-KS", date(2026, 6, 1)), Some(725));
        assert_eq!(of("US-MO", date(2024, 12, 31)), Some(725));
        assert_eq!(of("US-MO", date(2025, 12, 31)), Some(1_375));
        assert_eq!(of("US", date(2009, 7, 23)), None);
    }

    #[test]
    fn each_place_is_listed_in_order_of_time() {
        for pair in MINIMUM_WAGES.windows(2) {
            assert!(pair[0].place != pair[1].place || pair[0].from < pair[1].from);
        }
    }
}
