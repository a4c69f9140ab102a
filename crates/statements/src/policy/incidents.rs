//! What follows from facts of incidents.

use std::collections::BTreeSet;

use jiff::civil::Date;
use vocabulary::{AgreementId, TownId};

use crate::mirror::agreements::{Agreement, Known};
use crate::mirror::incidents::Span;

/// A closed, corrected, moved or withdrawn incident goes to every agreement of the town where it
/// is and of the one where it was, if it counts, or ever counted, on a day of the agreement.
pub(crate) fn on_incident(towns: &BTreeSet<TownId>, span: Span, known: &Known) -> Vec<AgreementId> {
    let concerned = |agreement: &&Agreement| {
        agreement.towns.iter().any(|town| towns.contains(town))
            && meets(span, agreement.starts_on, agreement.ends_on)
    };
    let agreements = known.0.values().filter(concerned);
    agreements
        .map(|agreement| agreement.agreement.clone())
        .collect()
}

/// Whether earlier days of the incident could still bring it to an agreement of these towns: only
/// then need they be looked up.
pub(crate) fn asks_for_earlier_days(towns: &BTreeSet<TownId>, day: Date, known: &Known) -> bool {
    let span = Span::of(day);
    known.0.values().any(|agreement| {
        agreement.towns.iter().any(|town| towns.contains(town))
            && !meets(span, agreement.starts_on, agreement.ends_on)
    })
}

/// Whether an incident of these days meets an agreement's.
pub(crate) fn meets(span: Span, from: Date, until: Option<Date>) -> bool {
    span.to >= from && until.is_none_or(|until| span.from <= until)
}
