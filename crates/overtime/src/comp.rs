//! Compensatory time: an hour and a half off for each hour of overtime, up to a cap.
//!
//! Only where [`crate::employer::EmployerKind::comp_time`] allows it. Use is due within a
//! reasonable period of the request, unless it would unduly disrupt (29 CFR 553.25): a question
//! for people, so nothing here decides it.

use serde::{Deserialize, Serialize};
use vocabulary::{Fraction, Minutes};

/// How much may be saved up (29 CFR 553.21, .22(b), .24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cap {
    /// 240 hours, from 160 hours of overtime.
    General,
    /// 480 hours, from 320: who regularly does public safety, emergency response or seasonal
    /// work. The label of the job does not decide.
    PublicSafety,
}

/// What an officer has saved up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bank {
    /// The cap.
    pub cap: Cap,
    /// Time off that is owed.
    pub balance: Minutes,
}

/// What became of overtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accrual {
    /// Minutes of overtime that became time off.
    pub from_overtime: Minutes,
    /// Time off gained: one and a half times as much, half a minute in the officer's favour.
    pub gained: Minutes,
    /// Minutes of overtime that the cap leaves to be paid in cash (29 CFR 553.22(b)).
    pub in_cash: Minutes,
    /// The bank afterwards.
    pub bank: Bank,
}

/// More was asked for than is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{asked} hours of compensatory time were asked for and {balance} are there")]
pub struct NotThere {
    /// What was asked for.
    pub asked: Minutes,
    /// What is there.
    pub balance: Minutes,
}

impl Cap {
    /// The cap as time off.
    pub fn minutes(self) -> Minutes {
        match self {
            Self::General => Minutes(240 * 60),
            Self::PublicSafety => Minutes(480 * 60),
        }
    }
}

impl Bank {
    /// Saves up what the cap leaves room for; the rest is due in cash.
    pub fn accrue(self, overtime: Minutes) -> Accrual {
        let room = (self.cap.minutes() - self.balance).max(Minutes::ZERO);
        // Whole minutes whose one and a half, rounded up, still fit.
        let fits = Minutes(room.0 * 2 / 3);
        let from_overtime = overtime.clamp(Minutes::ZERO, fits);
        let gained = Minutes((from_overtime.0 * 3 + 1) / 2);
        Accrual {
            from_overtime,
            gained,
            in_cash: overtime - from_overtime,
            bank: Self {
                balance: self.balance + gained,
                ..self
            },
        }
    }

    /// Takes time off.
    pub fn take(self, asked: Minutes) -> Result<Self, NotThere> {
        if asked > self.balance || asked < Minutes::ZERO {
            return Err(NotThere {
                asked,
                balance: self.balance,
            });
        }
        Ok(Self {
            balance: self.balance - asked,
            ..self
        })
    }

    /// What the balance is worth at the end of employment, in cents: at the higher of the final
    /// regular rate and the average of the last three years (29 CFR 553.27(b)). While employment
    /// lasts, a cash-out is at the rate then earned (553.27(a)): give it twice.
    pub fn cash_out(self, final_rate: &Fraction, three_year_average: &Fraction) -> Fraction {
        self.balance.hours() * final_rate.max(three_year_average)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_does_not_fit_under_the_cap_is_paid_in_cash() {
        let bank = Bank {
            cap: Cap::General,
            balance: Minutes(239 * 60),
        };
        let accrual = bank.accrue(Minutes(120));
        assert_eq!(accrual.from_overtime, Minutes(40));
        assert_eq!(accrual.in_cash, Minutes(80));
        assert_eq!(accrual.bank.balance, Cap::General.minutes());
    }

    #[test]
    fn the_balance_is_used_up_to_its_end_and_worth_the_higher_rate() {
        let bank = Bank {
            cap: Cap::General,
            balance: Minutes(90),
        };
        assert_eq!(bank.take(Minutes(90)).unwrap().balance, Minutes::ZERO);
        let refused = bank.take(Minutes(91)).unwrap_err().to_string();
        assert_eq!(
            refused,
            "1:31 hours of compensatory time were asked for and 1:30 are there"
        );
        let (rising, falling) = (Fraction::from(2_000), Fraction::from(1_800));
        assert_eq!(bank.cash_out(&rising, &falling), Fraction::from(3_000));
        assert_eq!(bank.cash_out(&falling, &rising), Fraction::from(3_000));
    }

    proptest! {
        #[test]
        fn no_minute_of_overtime_is_lost_and_the_cap_is_never_passed(
            overtime in 0i64..40_000, balance in 0i64..28_800,
        ) {
            let bank = Bank { cap: Cap::PublicSafety, balance: Minutes(balance) };
            let accrual = bank.accrue(Minutes(overtime));
            prop_assert_eq!(accrual.from_overtime + accrual.in_cash, Minutes(overtime));
            prop_assert!(accrual.bank.balance <= Cap::PublicSafety.minutes());
            prop_assert!(accrual.gained.0 * 2 >= accrual.from_overtime.0 * 3);
        }
    }
}
