//! The split of one agreement's month among its parties, to the cent, with every cent explained.
//!
//! * [`Terms::parse`] reads a terms document (docs/terms.md) and says what is wrong with it, at
//!   line and column.
//! * [`settle`] splits a month's [`Facts`] (docs/facts.md) by the terms into a [`Settlement`]. It
//!   is exact until the one rounding that the terms name, and parts always equal the whole.
//! * [`Ledger`] folds an agreement's log, closes months in order, and turns what was learnt after a
//!   close into adjustments on the next [`Statement`].
//!
//! Pure: no I/O, no clock, no floats. The service, the offline calculator and the verifier run this
//! same code, so that a town can recompute what it is asked to pay.

mod basis;
#[cfg(test)]
mod cases;
mod compare;
mod explain;
mod facts;
mod ledger;
#[cfg(test)]
mod properties;
mod refusal;
mod round;
#[cfg(test)]
mod samples;
mod settle;
mod settlement;
mod statement;
mod terms;

pub use compare::{Movement, Scenario, ScenarioTotal, compare, explain_change};
pub use explain::{Step, explain, explain_adjustment};
pub use facts::{
    Expense, ExpenseTo, Facts, FactsProblem, Figure, Incident, LabourWeek, Slice, Source,
};
pub use ledger::{Close, Entry, Ledger, OpenTime};
pub use refusal::Refusal;
pub use round::{Mode, Part, apportion};
pub use settle::{EDITION, settle};
pub use settlement::{
    Citation, FigureUsed, Line, PartyTotal, Pool, Promised, Settlement, Share, Unit, Usage,
};
pub use statement::{Adjustment, PoolShare, Statement};
pub use terms::{
    Basis, Change, Charge, ChargeTo, Clause, Credit, Destination, Fee, FeeBase, IfZero, Labour,
    LabourCost, Limit, Membership, Name, Partial, Per, Period, Premium, Price, PriceItem, Priced,
    Problem, Promise, Rounding, Span, Summed, Terms, TermsPool, Transfer, Undelivered, Weighted,
    Window, WithoutMinutes,
};
