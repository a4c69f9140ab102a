//! What follows from facts of the registry.

use std::collections::BTreeSet;

use jiff::civil::Date;
use vocabulary::{AgreementId, TownId};

use crate::mirror::agreements::{Agreement, Known};

/// What an agreement is to be given that was known before it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sweep {
    /// The figures of these towns, of any day, and their incidents.
    pub(crate) towns: Vec<TownId>,
    /// Incidents that may count on this day or later.
    pub(crate) from: Date,
    /// And on this day or earlier.
    pub(crate) until: Option<Date>,
}

/// An agreement was signed: its books begin with what is known of its towns.
pub(crate) fn on_agreement_signed(agreement: &Agreement) -> Sweep {
    Sweep {
        towns: agreement.towns.clone(),
        from: agreement.starts_on,
        until: agreement.ends_on,
    }
}

/// A figure of a town goes to every agreement of the town, whatever day it is of: terms may ask
/// for an old one.
pub(crate) fn on_basis_figure_recorded(
    towns: &BTreeSet<TownId>,
    known: &Known,
) -> Vec<AgreementId> {
    let among = |agreement: &&Agreement| agreement.towns.iter().any(|town| towns.contains(town));
    let agreements = known.0.values().filter(among);
    agreements
        .map(|agreement| agreement.agreement.clone())
        .collect()
}
