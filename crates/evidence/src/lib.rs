//! What the gate is asked with, read from facts of training and of the registry.
//!
//! ```text
//! training's facts ── fact::read() ──▶ eligibility::Record ─▶ Evidence ┐
//! registry's facts ── mirrors() ─────▶ Rules ─▶ Profile of a town      ├▶ eligibility::eligible
//!                                             on a day, as known then  ┘
//! ```

pub mod fact;
mod records;
mod rules;

use eventlog::{FactRow, Mirror, Typed};

pub use records::{OfficerRecords, Records, record};
pub use rules::{InForce, NoRules, Rules};

/// The mirrors of the registry's facts that rules are read from.
pub fn mirrors() -> Vec<Box<dyn Mirror>> {
    vec![
        Box::new(Typed::of::<rules::mirror::Profiles>()),
        Box::new(Typed::of::<rules::mirror::Programmes>()),
        Box::new(Typed::of::<rules::mirror::AgreementDays>()),
    ]
}

/// Whether a fact of the registry or of training can be read; says what is wrong with it otherwise.
pub fn check(fact: &FactRow) -> Result<(), String> {
    let place = |problem: String| {
        format!(
            "{} {}:{} cannot be read: {problem}",
            fact.kind, fact.log, fact.seq
        )
    };
    match fact.log.as_str() {
        "training" => fact::read(&fact.kind, &fact.bytes)
            .map(|_| ())
            .map_err(place),
        _ => rules::mirror::check(fact).map_err(place),
    }
}
