//! Payments beside the hours: which of them raise the regular rate, and the section that says so.
//!
//! # Why nothing is left to a label
//! All remuneration is in the regular rate but what the statute lists (29 USC 207(e), 29 CFR
//! 778.108-.109, .200). So a payment has a kind of this closed list, and the kind decides.

use serde::{Deserialize, Serialize};

/// What a payment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtraKind {
    /// A promised bonus: attendance, production, quality.
    Bonus,
    /// More for evenings, nights or weekends, when paid as an amount.
    ShiftDifferential,
    /// For being reachable without being so bound that the time counts as worked.
    OnCallStipend,
    /// Any other promised pay for the work.
    OtherPay,
    /// A bonus whether and how much of which the employer alone decides, near the end.
    DiscretionaryBonus,
    /// A present on a special occasion, not measured by hours.
    Gift,
    /// Holiday, vacation, sickness: hours paid and not worked, also where worked besides.
    PaidAbsence,
    /// An hour paid though it was not lived through, as on the night the clocks go forward.
    IdlePay,
    /// Compensatory time that is used.
    CompTimeUsed,
    /// Expenses given back: mileage, uniform, travel.
    Reimbursement,
}

impl ExtraKind {
    /// Whether it is part of the regular rate.
    pub fn in_regular_rate(self) -> bool {
        matches!(
            self,
            Self::Bonus | Self::ShiftDifferential | Self::OnCallStipend | Self::OtherPay
        )
    }

    /// Whether it is pay at all; what is given back is not.
    pub fn is_wage(self) -> bool {
        self != Self::Reimbursement
    }

    /// The rule that decides about it.
    pub fn citation(self) -> &'static str {
        match self {
            Self::Bonus => "29 CFR 778.208-.209",
            Self::ShiftDifferential => "29 CFR 778.207(b); DOL Fact Sheet 54",
            Self::OnCallStipend => "29 CFR 778.223; WHD FLSA2008-6",
            Self::OtherPay => "29 CFR 778.108-.109",
            Self::DiscretionaryBonus => "29 CFR 778.211",
            Self::Gift => "29 CFR 778.212",
            Self::PaidAbsence => "29 CFR 778.218-.219",
            Self::IdlePay => "29 CFR 778.218",
            Self::CompTimeUsed => "29 CFR 553.25, .28",
            Self::Reimbursement => "29 CFR 778.217",
        }
    }

    /// Its name in files and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bonus => "bonus",
            Self::ShiftDifferential => "shift_differential",
            Self::OnCallStipend => "on_call_stipend",
            Self::OtherPay => "other_pay",
            Self::DiscretionaryBonus => "discretionary_bonus",
            Self::Gift => "gift",
            Self::PaidAbsence => "paid_absence",
            Self::IdlePay => "idle_pay",
            Self::CompTimeUsed => "comp_time_used",
            Self::Reimbursement => "reimbursement",
        }
    }
}
