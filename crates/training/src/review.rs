//! Were the instructors of a session qualified on the day, as known now? Where not, the outcomes
//! that rest on it are questioned.
//!
//! # Why
//!
//! That a credential had lapsed, or was revoked from an earlier day, may come to light long after
//! the session. Nothing is taken from anybody by it: each outcome of the session is questioned
//! once, in the officer's dossier, and whoever reads an answer of the gate sees it until somebody
//! decides. Who voids the doubt has decided: it is not raised again. One command for each outcome,
//! its id made of session and position: asked twice, by two processes or after a crash, it is done
//! once. The day's watch asks for every session, and whoever wants to know at once asks for one.

use std::collections::BTreeMap;

use eligibility::{Evidence, Fact, Known, Name, instructor_on};
use eventlog::{Error, Meta, Page, Row, Store, Table, TypedRows};
use evidence::OfficerRecords;
use jiff::civil::Date;
use vocabulary::OfficerId;

use crate::domain::dossier::{self, Act, Dossier};
use crate::domain::session::{Known as Session, State, Unqualified};
use crate::log;
use crate::projection::{Records, SessionRow, Sessions};

/// Why an outcome is questioned.
const BECAUSE: &str = "instructor-not-qualified";

/// What a review found.
#[derive(Debug, Default)]
pub(crate) struct Review {
    /// Parts whose instructor was not qualified on the day.
    pub(crate) doubts: Vec<Unqualified>,
    /// The outcomes that rest on them.
    pub(crate) outcomes: Vec<Resting>,
}

/// An outcome of a session in doubt.
#[derive(Debug)]
pub(crate) struct Resting {
    pub(crate) officer: OfficerId,
    /// Its position.
    pub(crate) record: u64,
    /// What it said.
    said: Fact,
    /// Credentials that were issued on it.
    pub(crate) credentials: Vec<String>,
    /// Whether it was questioned before, also where that was voided since.
    pub(crate) was_questioned: bool,
}

/// Looks at a session, and questions nothing.
pub(crate) async fn review(store: &Store, known: &Session) -> Result<Review, Error> {
    let doubts = doubts(store, known).await?;
    let mut outcomes = Vec::new();
    if !doubts.is_empty() {
        for officer in known.learners.keys() {
            let evidence = evidence_of(store, officer).await?;
            outcomes.extend(resting(&evidence, officer, &known.session));
        }
    }
    Ok(Review { doubts, outcomes })
}

/// Questions an outcome, in the name of whoever `meta` says.
pub(crate) async fn question(
    store: &Store,
    (session, resting): (&Name, &Resting),
    today: Date,
    mut meta: Meta,
) -> Result<(), Error> {
    let seq = resting.record;
    let content = format!("training/question/v1\n{session}\n{seq}");
    let hash = proof::Hash::of(content.as_bytes()).to_bytes();
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    meta.command_id = uuid::Builder::from_custom_bytes(id).into_uuid();
    meta.content = content.into_bytes();
    let officer = resting.officer.clone();
    let key = officer.to_string();
    let command = dossier::Command {
        officer,
        known: dossier::Known {
            // Whoever has an outcome was enrolled.
            enrolled: true,
            records: BTreeMap::from([(seq, resting.said.clone())]),
            ..dossier::Known::of_the_calendar(today)
        },
        act: Act::Question {
            record: seq,
            because: BECAUSE.parse().expect("a slug is a name"),
        },
    };
    let done = store.execute::<Dossier>(&log(), &key, command, meta).await;
    done.map(|_| ())
}

/// Reviews every session that has outcomes: how many of these were questioned.
pub(crate) async fn review_all(store: &Store, today: Date, actor: &str) -> Result<u32, Error> {
    let (log, table) = (log(), Table::Projection(Sessions::NAME));
    let (mut page, mut questioned) = (Page::first(100), 0);
    loop {
        let rows: Vec<Row<SessionRow>> = store.read_rows(table, &log, &[], &page).await?;
        let Some(last) = rows.last() else {
            return Ok(questioned);
        };
        page.after.clone_from(&last.key);
        for row in rows {
            let State::Known(known) = row.row.session else {
                continue;
            };
            if known.learners.values().all(|it| it.outcomes.is_empty()) {
                continue;
            }
            let found = review(store, &known).await?.outcomes;
            for resting in found.iter().filter(|resting| !resting.was_questioned) {
                // The id is put in by `question`.
                let meta = Meta::new(uuid::Uuid::nil(), actor);
                question(store, (&known.session, resting), today, meta).await?;
                questioned += 1;
            }
        }
    }
}

/// Parts whose instructor did not hold on the day what the block takes.
async fn doubts(store: &Store, known: &Session) -> Result<Vec<Unqualified>, Error> {
    let mut found = Vec::new();
    for (number, part) in (1..).zip(&known.parts) {
        let block = known.curriculum.block(&part.block);
        let Some(takes) = block.and_then(|block| block.instructor.as_ref()) else {
            continue;
        };
        let evidence = evidence_of(store, &part.instructor).await?;
        let holds = instructor_on(&evidence, &part.instructor, takes, part.on, &Known::Now);
        if holds.is_some_and(|held| held.counts()) {
            continue;
        }
        found.push(Unqualified {
            part: number,
            block: part.block.clone(),
            on: part.on,
            instructor: part.instructor.clone(),
            employed: true,
            takes: Some(takes.clone()),
            holds,
        });
    }
    Ok(found)
}

async fn evidence_of(store: &Store, officer: &OfficerId) -> Result<Evidence, Error> {
    let table = Table::Projection(Records::NAME);
    let row = store.read_row(table, &log(), officer.as_str()).await?;
    let row: OfficerRecords = row.unwrap_or_default();
    Ok(Evidence::new(row.records))
}

/// The outcomes of a session that stand for an officer.
fn resting(evidence: &Evidence, officer: &OfficerId, session: &Name) -> Vec<Resting> {
    let stand = evidence.known(officer, &Known::Now).into_iter();
    let of_it = stand.filter(|record| match &record.fact {
        Fact::OutcomeIssued {
            session: Some(id), ..
        } => id.as_str() == session.as_str(),
        _ => false,
    });
    let resting = of_it.map(|record| Resting {
        officer: officer.clone(),
        record: record.at.seq,
        said: record.fact.clone(),
        credentials: credentials(evidence, officer, record.at.seq),
        was_questioned: was_questioned(evidence, officer, record.at.seq),
    });
    resting.collect()
}

fn was_questioned(evidence: &Evidence, officer: &OfficerId, seq: u64) -> bool {
    evidence
        .of(officer)
        .iter()
        .any(|record| match &record.fact {
            Fact::Questioned { record, because } => {
                record.seq == seq && because.as_str() == BECAUSE
            }
            _ => false,
        })
}

/// The credentials that were issued on a record.
fn credentials(evidence: &Evidence, officer: &OfficerId, seq: u64) -> Vec<String> {
    let records = evidence.known(officer, &Known::Now).into_iter();
    let resting = records.filter_map(|record| match &record.fact {
        Fact::CredentialGranted { id, rests_on, .. } => {
            let rests = rests_on.iter().any(|position| position.seq == seq);
            rests.then(|| id.to_string())
        }
        _ => None,
    });
    resting.collect()
}
