//! The day's watch: tells what the calendar alone did to credentials.
//!
//! # Why
//!
//! Nobody does anything when a credential ends, but those who planned by it must be told. So once a
//! day each dossier is looked through, and what is due is a command of its own, whose id is made of
//! the credential and the day: two processes, or one that crashed in between, do it once. A clock
//! that is a day ahead tells a day early; the dates are in the fact, and the gate goes by those.
//! Sessions are reviewed on the same occasion ([`crate::review`]).

use std::time::Duration;

use bus::Shutdown;
use eligibility::RecordId;
use eventlog::{Error, Meta, Page, Store, Table, TypedRows};
use evidence::Rules;
use jiff::civil::Date;
use vocabulary::OfficerId;

use crate::domain::dossier::{Act, Command, Dossier, Known};
use crate::projection::{DossierRow, Dossiers};
use crate::review::review_all;
use crate::{Settings, log};

/// How often the clock is looked at, and how soon a failed watch is tried again.
const LOOK: Duration = Duration::from_secs(30);

/// Who does it.
const ACTOR: &str = "service:training";

/// Keeps the watch until told to stop.
pub async fn watch(store: Store, settings: Settings, mut stopped: Shutdown) {
    let mut done: Option<Date> = None;
    loop {
        let today = settings.zone.day_of(store.surroundings().now());
        if done != Some(today) {
            match watch_once(&store, &settings).await {
                Ok(noticed) => {
                    tracing::info!(%today, noticed, "credentials and sessions were looked through");
                    done = Some(today);
                }
                Err(error) => tracing::warn!(%error, "the day's watch will be tried again"),
            }
        }
        tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// One watch: how many credentials there was something to notice about, and outcomes to question.
pub async fn watch_once(store: &Store, settings: &Settings) -> Result<u32, Error> {
    let today = settings.zone.day_of(store.surroundings().now());
    let noticed = notice_all(store, today).await?;
    Ok(noticed + review_all(store, today, ACTOR).await?)
}

async fn notice_all(store: &Store, today: Date) -> Result<u32, Error> {
    let renewals = Rules::load(store).await?.renewals();
    let (log, table) = (log(), Table::Projection(Dossiers::NAME));
    let (mut page, mut noticed) = (Page::first(200), 0);
    loop {
        let rows = store.read_rows::<DossierRow>(table, &log, &[], &page);
        let rows = rows.await?;
        let Some(last) = rows.last() else {
            return Ok(noticed);
        };
        page.after.clone_from(&last.key);
        for row in rows {
            let officer: OfficerId = row.key.parse().expect("dossiers are by officer");
            for held in &row.row.dossier.credentials {
                let opens = renewals.get(&held.kind).copied();
                let unnoticed = row.row.dossier.unnoticed(&officer, held, opens, today);
                if unnoticed.is_empty() {
                    continue;
                }
                noticed += 1;
                let act = Act::Notice {
                    credential: held.id.clone(),
                    opens,
                };
                notice(store, officer.clone(), &held.id, act, today).await?;
            }
        }
    }
}

async fn notice(
    store: &Store,
    officer: OfficerId,
    credential: &RecordId,
    act: Act,
    today: Date,
) -> Result<(), Error> {
    let content = format!("training/notice/v1\n{credential}\n{today}");
    let hash = proof::Hash::of(content.as_bytes()).to_bytes();
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    let id = uuid::Builder::from_custom_bytes(id).into_uuid();
    let key = officer.to_string();
    let command = Command {
        officer,
        known: Known::of_the_calendar(today),
        act,
    };
    let meta = Meta::new(id, ACTOR).with_content(content);
    let done = store.execute::<Dossier>(&log(), &key, command, meta).await;
    done.map(|_| ())
}
