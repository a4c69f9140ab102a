//! Reads a batch and asks the policies where each fact goes, on mirrors as they stood before the
//! batch and the facts before it.

use std::collections::{BTreeMap, BTreeSet};

use allocation::Source;
use bus::ApplyError;
use eventlog::{Cause, FactRow, Page, Store};
use ledger::{Concern, SourceFact};
use vocabulary::{AgreementId, TownId};

use crate::domain::books::CopiedFact;
use crate::mirror::agreements::{self, Change, Known};
use crate::mirror::figures::{self, Figure};
use crate::mirror::incidents::{self, Span};
use crate::mirror::{self, Remembered};
use crate::policy;
use crate::policy::registry::Sweep;

/// Incidents read at once when an agreement is given those from before it.
const SWEPT_AT_ONCE: u32 = 2_000;

/// A fact on its way into the books of one agreement.
pub(super) struct Copy {
    pub(super) fact: CopiedFact,
    pub(super) cause: Cause,
    pub(super) trace: Option<String>,
}

/// A batch as far as it has been routed.
pub(super) struct Routing {
    known: Known,
    /// Figures of this batch: they are not in their mirror yet.
    figures: BTreeMap<String, Figure>,
    /// Where incidents lay before.
    spans: BTreeMap<String, Span>,
    copies: BTreeMap<AgreementId, Vec<Copy>>,
}

impl Routing {
    /// What a batch needs to know: one read of agreements, one of the incidents it may move.
    pub(super) async fn load(store: &Store, batch: &[FactRow]) -> Result<Self, ApplyError> {
        let known = Known::load(store).await?;
        let mut asked = Vec::new();
        for fact in batch {
            mirror::check(fact).map_err(ApplyError::Unacceptable)?;
            let Ok(Some((incident, change))) = incidents::read(fact) else {
                continue;
            };
            let Some(SourceFact {
                concern: Concern::Towns(towns),
                ..
            }) = read(fact)?
            else {
                continue;
            };
            if policy::incidents::asks_for_earlier_days(&towns, change.date(), &known) {
                asked.push(incident.to_string());
            }
        }
        Ok(Self {
            spans: incidents::spans(store, &asked).await?,
            known,
            figures: BTreeMap::new(),
            copies: BTreeMap::new(),
        })
    }

    /// Routes the next fact.
    pub(super) async fn take(&mut self, store: &Store, fact: &FactRow) -> Result<(), ApplyError> {
        let change = agreements::read(fact).map_err(ApplyError::Unacceptable)?;
        let signed = match &change {
            Some(Change::Signed(agreement)) => Some((
                agreement.agreement.clone(),
                policy::registry::on_agreement_signed(agreement),
            )),
            _ => None,
        };
        if let Some(change) = change {
            self.known.apply(change);
        }
        if let Some((key, figure)) = figures::read(fact).map_err(ApplyError::Unacceptable)? {
            self.figures.insert(key, figure);
        }
        let Some(read) = read(fact)? else {
            return Ok(());
        };
        let copied = copied(&Remembered::from(fact), read.clone());
        for agreement in self.targets(fact, &read.concern) {
            self.push(agreement, copied.clone(), fact, fact.trace.clone());
        }
        if let Some((agreement, sweep)) = signed {
            self.sweep(store, &agreement, &sweep, fact).await?;
        }
        Ok(())
    }

    /// Each agreement's facts, in order.
    pub(super) fn into_copies(self) -> BTreeMap<AgreementId, Vec<Copy>> {
        self.copies
    }

    fn targets(&mut self, fact: &FactRow, concern: &Concern) -> Vec<AgreementId> {
        match concern {
            Concern::Agreement(agreement) => vec![agreement.clone()],
            Concern::Account(account) => {
                let target = policy::payroll::on_labour_costed(account);
                target.into_iter().collect()
            }
            Concern::Towns(towns) => match incidents::read(fact) {
                Ok(Some((incident, change))) => {
                    let now = Span::of(change.date());
                    let key = incident.to_string();
                    let span = self.spans.get(&key).map_or(now, |before| before.and(now));
                    self.spans.insert(key, span);
                    policy::incidents::on_incident(towns, span, &self.known)
                }
                _ => policy::registry::on_basis_figure_recorded(towns, &self.known),
            },
        }
    }

    fn push(
        &mut self,
        agreement: AgreementId,
        copied: CopiedFact,
        cause: &FactRow,
        trace: Option<String>,
    ) {
        let copy = Copy {
            fact: copied,
            cause: super::cause(cause),
            trace,
        };
        self.copies.entry(agreement).or_default().push(copy);
    }

    /// Gives a new agreement what was known of its towns before.
    async fn sweep(
        &mut self,
        store: &Store,
        agreement: &AgreementId,
        sweep: &Sweep,
        signed: &FactRow,
    ) -> Result<(), ApplyError> {
        let towns: BTreeSet<&TownId> = sweep.towns.iter().collect();
        let mut found: BTreeMap<String, Figure> = BTreeMap::new();
        for town in &towns {
            found.extend(figures::of_town(store, town).await?);
        }
        let of_batch = self.figures.iter().filter(|(_, f)| towns.contains(&f.town));
        found.extend(of_batch.map(|(key, figure)| (key.clone(), figure.clone())));
        let mut swept: Vec<Remembered> = found.into_values().map(|figure| figure.fact).collect();
        for town in &towns {
            let mut page = Page::first(SWEPT_AT_ONCE);
            loop {
                let rows = incidents::of_town(store, town, &mut page).await?;
                if rows.is_empty() {
                    break;
                }
                let meets = |span| policy::incidents::meets(span, sweep.from, sweep.until);
                let rows = rows.into_iter().filter(|row| meets(row.span));
                swept.extend(rows.map(|row| row.fact));
            }
        }
        for fact in swept {
            if let Some(read) = read_remembered(&fact)? {
                let copied = copied(&fact, read);
                self.push(agreement.clone(), copied, signed, signed.trace.clone());
            }
        }
        Ok(())
    }
}

/// What a fact says to settlements, if it does.
fn read(fact: &FactRow) -> Result<Option<SourceFact>, ApplyError> {
    let source = Source {
        log: fact.log.to_string(),
        seq: fact.seq,
    };
    let read = ledger::fact(&source, &fact.kind, &fact.bytes);
    read.map_err(|error| ApplyError::Unacceptable(error.to_string()))
}

fn read_remembered(fact: &Remembered) -> Result<Option<SourceFact>, ApplyError> {
    let read = ledger::fact(&source(fact), &fact.kind, &fact.body.0);
    read.map_err(|error| ApplyError::Unacceptable(error.to_string()))
}

fn source(fact: &Remembered) -> Source {
    Source {
        log: fact.log.to_string(),
        seq: fact.seq,
    }
}

fn copied(fact: &Remembered, read: SourceFact) -> CopiedFact {
    CopiedFact {
        source: source(fact),
        leaf_hash: fact.leaf_hash,
        kind: fact.kind.clone(),
        body: fact.body.clone(),
        on: fact.valid_on,
        entries: read.entries,
    }
}
