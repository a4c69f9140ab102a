//! Why a month cannot be settled or closed: whole sentences, each with a stable reason.

use jiff::civil::Date;
use vocabulary::{Cents, ExpenseId, IncidentId, Month, OfficerId, PartyId, TownId};

use crate::Name;

/// A state of affairs in which a month cannot be settled or closed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A basis figure is not known.
    #[error(
        "{town} has no {basis} figure dated on or before {on}, which the pool \"{pool}\" is split \
         by: record it"
    )]
    MissingFigure {
        /// Whose.
        town: TownId,
        /// Which.
        basis: String,
        /// The latest day it may be dated.
        on: Date,
        /// The pool that needs it.
        pool: Name,
    },
    /// Every figure of a pool's basis is zero.
    #[error(
        "the pool \"{pool}\" has {amount} to split by {basis}, and every party's figure is zero: \
         state `if_zero` in the terms"
    )]
    ZeroBasis {
        /// The pool.
        pool: Name,
        /// Its basis.
        basis: String,
        /// What there is to split.
        amount: Cents,
    },
    /// A pool is split by incident minutes, and an incident has none.
    #[error(
        "the incident {incident} in {town} on {date} has no minutes, and the pool \"{pool}\" is \
         split by incident_minutes: complete its times, or state `without_minutes = \"zero\"` in \
         the terms"
    )]
    IncidentWithoutMinutes {
        /// The incident.
        incident: IncidentId,
        /// Where.
        town: TownId,
        /// When.
        date: Date,
        /// The pool that needs it.
        pool: Name,
    },
    /// An expense names a pool that the terms do not have.
    #[error(
        "the expense {expense} is for the pool \"{pool}\", which the terms do not have: {known}"
    )]
    UnknownPool {
        /// The expense.
        expense: ExpenseId,
        /// What it names.
        pool: Name,
        /// The pools there are, in words.
        known: String,
    },
    /// An expense is for a party outside the agreement.
    #[error("the expense {expense} is for {party}, which is no party of this agreement")]
    NotAParty {
        /// The expense.
        expense: ExpenseId,
        /// Whom it names.
        party: PartyId,
    },
    /// There is labour, and the terms do not say who bears it.
    #[error(
        "{officer} worked in {month}, and the terms have no [labour] table to say who bears it"
    )]
    LabourWithoutTerms {
        /// Who worked.
        officer: OfficerId,
        /// When.
        month: Month,
    },
    /// Two facts that claim the same place say different things.
    #[error("{what} is given twice with different content")]
    Contradiction {
        /// What: `revision 2 of cso-114's week of 2026-10-04`.
        what: String,
    },
    /// A fact holds a value that cannot be.
    #[error("{what}: {why}")]
    Impossible {
        /// Which fact.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// A credit is above what its party is charged.
    #[error(
        "the credit \"{credit}\" of {cents} is above {party}'s charges of {charges}: lower it, or \
         state `above_charges = \"refund\"` in the terms"
    )]
    CreditAboveCharges {
        /// The credit.
        credit: Name,
        /// Whose.
        party: PartyId,
        /// What it comes to.
        cents: Cents,
        /// What the party is charged in the month.
        charges: Cents,
    },
    /// An amount does not fit.
    #[error("{what} does not fit 64-bit cents: nothing is settled")]
    Overflow {
        /// Which amount.
        what: String,
    },
    /// No terms are in force in the month.
    #[error("no terms are in force in {month}: {known}")]
    NoTerms {
        /// Which month.
        month: Month,
        /// Since when there are any, in words.
        known: String,
    },
    /// A version of the terms begins within a month.
    #[error(
        "version {version} of the terms takes effect on {on}: a version takes effect on the first \
         of a month"
    )]
    TermsMidMonth {
        /// Which version.
        version: u32,
        /// When.
        on: Date,
    },
    /// A version of the terms in the log cannot be read.
    #[error("version {version} of the terms cannot be read: {problems}")]
    TermsUnreadable {
        /// Which version.
        version: u32,
        /// What is wrong, sentence by sentence.
        problems: String,
    },
    /// The month has been closed.
    #[error("{month} is closed already: what is learnt later becomes an adjustment")]
    AlreadyClosed {
        /// Which month.
        month: Month,
    },
    /// An earlier month is still open.
    #[error("{month} cannot be closed yet: {next} is next")]
    NotNext {
        /// Which month was asked.
        month: Month,
        /// Which one is next.
        next: Month,
    },
    /// The agreement had not begun.
    #[error("the agreement begins on {starts_on}: {month} lies before it")]
    BeforeStart {
        /// Which month was asked.
        month: Month,
        /// Its first day.
        starts_on: Date,
    },
    /// The agreement had ended, and its closing statement is out.
    #[error("the agreement ended on {ended_on}: {month} lies after it")]
    AfterEnd {
        /// Which month was asked.
        month: Month,
        /// Its last day.
        ended_on: Date,
    },
    /// The log does not hold a signed agreement.
    #[error("there is no signed agreement yet")]
    NotSigned,
    /// The rules named by the log are not in this program.
    #[error(
        "the month {month} was closed by edition {edition} of the rules, which this program does \
         not have"
    )]
    UnknownEdition {
        /// Which month.
        month: Month,
        /// Which edition.
        edition: u32,
    },
}

impl Refusal {
    /// The stable code of the sentence.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::MissingFigure { .. } => "MISSING_FIGURE",
            Self::ZeroBasis { .. } => "ZERO_BASIS",
            Self::IncidentWithoutMinutes { .. } => "INCIDENT_WITHOUT_MINUTES",
            Self::UnknownPool { .. } => "POOL_UNKNOWN",
            Self::NotAParty { .. } => "NOT_A_PARTY",
            Self::LabourWithoutTerms { .. } => "LABOUR_WITHOUT_TERMS",
            Self::Contradiction { .. } => "CONTRADICTING_FACTS",
            Self::Impossible { .. } => "IMPOSSIBLE_FACT",
            Self::CreditAboveCharges { .. } => "CREDIT_ABOVE_CHARGES",
            Self::Overflow { .. } => "AMOUNT_OVERFLOW",
            Self::NoTerms { .. } => "NO_TERMS_IN_FORCE",
            Self::TermsMidMonth { .. } => "TERMS_MID_MONTH",
            Self::TermsUnreadable { .. } => "TERMS_UNREADABLE",
            Self::AlreadyClosed { .. } => "ALREADY_CLOSED",
            Self::NotNext { .. } => "NOT_NEXT_MONTH",
            Self::BeforeStart { .. } => "BEFORE_AGREEMENT",
            Self::AfterEnd { .. } => "AFTER_AGREEMENT",
            Self::NotSigned => "NOT_SIGNED",
            Self::UnknownEdition { .. } => "EDITION_UNKNOWN",
        }
    }
}
