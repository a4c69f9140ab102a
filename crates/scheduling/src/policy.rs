//! What follows from a neighbour's fact: the shifts that it touches are asked about again.
//!
//! # Why it is asked before and after
//! A reaction comes before the receipt, so that a crash in between repeats it. But a publication
//! that was looked up before the fact came may be committed after the reaction; so once the mirror
//! holds the fact, the same officers are asked about once more, which mostly finds nothing. Before
//! that, the facts are given along, because the mirror does not hold them yet.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bus::Shutdown;
use eventlog::{Cause, Error, FactRow, Meta, Store, reaction_id};
use vocabulary::OfficerId;

use crate::Settings;
use crate::domain::calendar::{self, Calendar};
use crate::domain::roster::{Act, Command, Roster};
use crate::mirror::{self, Concerned, Of};

/// Whose shifts a batch touches, and by which fact last.
#[derive(Debug, Clone)]
pub(crate) struct Touched {
    /// Whose; all if absent.
    officers: Option<BTreeSet<OfficerId>>,
    cause: Cause,
    trace: Option<String>,
}

/// Whose shifts a batch of facts touches; nothing if nobody's.
pub(crate) fn touched(batch: &[FactRow]) -> Option<Touched> {
    let mut officers = BTreeSet::new();
    let (mut all, mut last) = (false, None);
    for fact in batch {
        match mirror::concerned(fact) {
            Concerned::Nobody => continue,
            Concerned::Officer(officer) => {
                officers.insert(officer);
            }
            Concerned::Everybody => all = true,
        }
        last = Some(fact);
    }
    let fact = last?;
    Some(Touched {
        officers: (!all).then_some(officers),
        cause: Cause {
            log: fact.log.clone(),
            seq: fact.seq,
        },
        trace: fact.trace.clone(),
    })
}

/// The first or the second time that is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Round {
    /// Before the receipt.
    Before,
    /// After it.
    After,
}

/// Asks the gate again about the shifts that were touched.
pub(crate) async fn review(
    store: &Store,
    settings: &Settings,
    touched: &Touched,
    (round, later): (Round, &[FactRow]),
) -> Result<(), Error> {
    let of = touched.officers.clone().map_or(Of::All, Of::These);
    let known = mirror::known(store, settings, of, later).await?;
    let command = Command {
        known: Arc::new(known),
        act: Act::Review {
            officers: touched.officers.clone(),
        },
    };
    let n = match round {
        Round::Before => 0,
        Round::After => 1,
    };
    let Cause { log, seq } = &touched.cause;
    let id = reaction_id(log, *seq, &crate::log(), n);
    let mut meta = Meta::new(id, "service:scheduling");
    meta.cause = Some(touched.cause.clone());
    meta.trace.clone_from(&touched.trace);
    store
        .execute::<Roster>(&crate::log(), Roster::KEY, command, meta)
        .await?;
    Ok(())
}

/// How often every shift to come is asked about, whatever was heard; and how soon again where that
/// failed.
const EVERY: (Duration, Duration) = (Duration::from_secs(6 * 3_600), Duration::from_secs(5));

/// Asks the gate about every published shift to come at the start and now and then, until told to
/// stop: a crash may have come between a receipt and what follows from it.
pub async fn attend(store: Store, settings: Settings, mut stopped: Shutdown) {
    loop {
        let pause = match review_all(&store, &settings).await {
            Ok(()) => EVERY.0,
            Err(error) => {
                tracing::warn!(%error, "shifts to come could not be reviewed; trying again");
                EVERY.1
            }
        };
        tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

async fn review_all(store: &Store, settings: &Settings) -> Result<(), Error> {
    let known = mirror::known(store, settings, Of::All, &[]).await?;
    let command = Command {
        known: Arc::new(known),
        act: Act::Review { officers: None },
    };
    let meta = Meta::new(store.surroundings().uuid(), "service:scheduling");
    store
        .execute::<Roster>(&crate::log(), Roster::KEY, command, meta)
        .await?;
    Ok(())
}

/// An officer who is erased has no calendar any more.
pub(crate) async fn close_calendar(
    store: &Store,
    settings: &Settings,
    fact: &FactRow,
    officer: OfficerId,
) -> Result<(), Error> {
    let id = reaction_id(&fact.log, fact.seq, &crate::log(), 2);
    let mut meta = Meta::new(id, "service:scheduling");
    meta.cause = Some(Cause {
        log: fact.log.clone(),
        seq: fact.seq,
    });
    meta.trace.clone_from(&fact.trace);
    let on = mirror::today(store, settings);
    let key = officer.to_string();
    let command = calendar::Command::Revoke { officer, on };
    let done = store
        .execute::<Calendar>(&crate::log(), &key, command, meta)
        .await;
    match done {
        // There was none.
        Ok(_) | Err(Error::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
