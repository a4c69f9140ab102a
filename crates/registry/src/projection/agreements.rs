//! Agreements as they stand, with every version of their terms.

use std::collections::BTreeMap;

use eventlog::{Error, Page, Recorded, Row, Store, Table, TypedRows};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{AgreementId, PartyId, TownId, Zone};

use super::of;
use crate::domain::agreement::{self, AgreementName, Event};

/// Table `agreements`: key is the agreement's id.
pub(crate) struct Agreements;

/// One agreement.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Agreement {
    pub(crate) agreement: AgreementId,
    pub(crate) name: AgreementName,
    pub(crate) zone: Zone,
    pub(crate) towns: Vec<TownId>,
    pub(crate) starts_on: Date,
    /// Last day by the document, if it names one.
    pub(crate) ends_on: Option<Date>,
    /// Last day by a later decision.
    pub(crate) ended_on: Option<Date>,
    /// By version.
    pub(crate) terms: Vec<Terms>,
}

/// One version of terms.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Terms {
    pub(crate) version: u32,
    pub(crate) effective_from: Date,
    pub(crate) toml: String,
    pub(crate) signatures: BTreeMap<PartyId, Date>,
    pub(crate) in_force: bool,
    pub(crate) withdrawn: bool,
}

impl Agreement {
    /// Whether every party has signed some terms.
    pub(crate) fn in_force(&self) -> bool {
        self.terms.iter().any(|terms| terms.in_force)
    }

    /// Last day, whoever named it.
    pub(crate) fn last_day(&self) -> Option<Date> {
        self.ended_on.or(self.ends_on)
    }
}

impl TypedRows for Agreements {
    const NAME: &'static str = "agreements";
    const VERSION: u32 = 1;
    type Row = Agreement;

    fn keys(recorded: &Recorded) -> Vec<String> {
        let own = of::<agreement::Agreement>(recorded).map(|_| recorded.stream_key().to_owned());
        own.into_iter().collect()
    }

    fn apply(recorded: &Recorded, _: &str, old: Option<Agreement>) -> Option<Agreement> {
        let event = of::<agreement::Agreement>(recorded)?;
        if let Event::Drafted {
            agreement,
            name,
            zone,
            towns,
            starts_on,
            ends_on,
            ..
        } = event
        {
            let (ended_on, terms) = (None, Vec::new());
            return Some(Agreement {
                agreement,
                name,
                zone,
                towns,
                starts_on,
                ends_on,
                ended_on,
                terms,
            });
        }
        old.map(|row| row.after(event))
    }
}

impl Agreement {
    fn after(mut self, event: Event) -> Agreement {
        match event {
            Event::TermsProposed {
                version,
                effective_from,
                toml,
                ..
            } => self.terms.push(Terms {
                version,
                effective_from,
                toml,
                signatures: BTreeMap::new(),
                in_force: false,
                withdrawn: false,
            }),
            Event::TermsSigned { version, party, on } => self.at(version, |terms| {
                terms.signatures.insert(party, on);
            }),
            Event::TermsWithdrawn { version, .. } => self.at(version, |terms| {
                terms.withdrawn = true;
            }),
            Event::BroughtIntoForce { version, .. } | Event::Amended { version, .. } => {
                self.at(version, |terms| terms.in_force = true);
            }
            Event::Ended { on } => self.ended_on = Some(on),
            Event::Drafted { .. } => {}
        }
        self
    }

    fn at(&mut self, version: u32, change: impl FnOnce(&mut Terms)) {
        if let Some(terms) = self.terms.iter_mut().find(|terms| terms.version == version) {
            change(terms);
        }
    }
}

/// One agreement, if it was drafted.
pub(crate) async fn find(
    store: &Store,
    agreement: &AgreementId,
) -> Result<Option<Agreement>, Error> {
    store
        .read_row(
            Table::Projection(Agreements::NAME),
            &crate::log(),
            agreement.as_str(),
        )
        .await
}

/// Agreements by id.
pub(crate) async fn list(store: &Store, page: &Page) -> Result<Vec<Row<Agreement>>, Error> {
    store
        .read_rows(
            Table::Projection(Agreements::NAME),
            &crate::log(),
            &[],
            page,
        )
        .await
}
