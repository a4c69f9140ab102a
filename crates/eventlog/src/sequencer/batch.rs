//! Decides a batch of commands in memory: which were there before, what the others do.

use std::collections::HashMap;

use deadpool_postgres::{GenericClient, Object};
use jiff::Timestamp;
use proof::Salt;
use uuid::Uuid;

use super::cache::Caches;
use super::job::{Draft, Folded, Job, Verdict};
use super::own::Owned;
use crate::decider::Refused;
use crate::error::Error;
use crate::log_id::LogId;
use crate::record::{Head, Outcome, Recorded, leaf_hash};
use crate::store::read::{RECORDED, recorded};
use crate::store::{Shared, from_db};

/// The outcome of a command that was run before.
struct Stored {
    content_hash: Vec<u8>,
    result: Result<Outcome, Error>,
}

/// What stood in the log before a batch: outcomes of its command ids, its streams.
pub(super) struct Loaded {
    stored: HashMap<Uuid, Stored>,
    streams: HashMap<String, Folded>,
}

/// Loads, in one round trip, the streams that are not remembered and, if they are to be looked up,
/// the stored outcomes of the batch's command ids. Remembered streams are taken out of the caches.
pub(super) async fn load(
    client: &Object,
    log: &LogId,
    caches: &mut Caches,
    jobs: &[Job],
    look_up: bool,
) -> Result<Loaded, Error> {
    let ids: Vec<Uuid> = jobs
        .iter()
        .filter(|j| look_up && !j.meta.dry_run)
        .map(|j| j.meta.command_id)
        .collect();
    let mut streams: HashMap<String, Folded> = HashMap::new();
    let mut missing: HashMap<&str, &Job> = HashMap::new();
    for job in jobs {
        if streams.contains_key(&job.stream) {
            continue;
        }
        match caches.streams.take(&job.stream) {
            Some(folded) => {
                streams.insert(job.stream.clone(), folded);
            }
            None => {
                missing.insert(&job.stream, job);
            }
        }
    }
    let names: Vec<&str> = missing.keys().copied().collect();
    let (stored, events) = tokio::try_join!(
        load_outcomes(client, log, &ids),
        load_streams(client, log, &names)
    )?;
    let mut rows: HashMap<String, Vec<Recorded>> = HashMap::new();
    for event in events {
        rows.entry(event.stream.clone()).or_default().push(event);
    }
    for (stream, job) in missing {
        let events = rows.remove(stream).unwrap_or_default();
        let state = job.command.fold(&events)?;
        let version = events.last().map_or(0, |event| event.version);
        streams.insert(stream.to_owned(), Folded { version, state });
    }
    Ok(Loaded { stored, streams })
}

async fn load_streams(
    client: &Object,
    log: &LogId,
    streams: &[&str],
) -> Result<Vec<Recorded>, Error> {
    if streams.is_empty() {
        return Ok(Vec::new());
    }
    // One lookup per stream, each kept apart by OFFSET 0. With `stream = ANY($2)` the planner
    // may, on a table it has no statistics of yet, read the whole log and filter.
    let sql = format!(
        "SELECT e.* FROM unnest($2::text[]) s(name) CROSS JOIN LATERAL (
             SELECT {RECORDED} FROM event WHERE log_id = $1 AND stream = s.name OFFSET 0
         ) e ORDER BY e.stream, e.version"
    );
    let statement = client.prepare_cached(&sql).await?;
    let rows = client.query(&statement, &[&log.as_str(), &streams]).await?;
    rows.iter().map(|row| recorded(log, row)).collect()
}

async fn load_outcomes(
    client: &Object,
    log: &LogId,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Stored>, Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    const SQL: &str = "SELECT command_id, content_hash, first_seq, last_seq, events, refusal::text
        FROM command WHERE log_id = $1 AND command_id = ANY($2)";
    let statement = client.prepare_cached(SQL).await?;
    let mut found = HashMap::new();
    let mut seqs: Vec<i64> = Vec::new();
    for row in client.query(&statement, &[&log.as_str(), &ids]).await? {
        let refusal: Option<&str> = row.get(5);
        let (first, last): (i64, i64) = (row.get(2), row.get(3));
        let result = match refusal {
            Some(text) => Err(Error::Refused(refused(text)?)),
            None => Ok(Outcome {
                first_seq: from_db(first),
                last_seq: from_db(last),
                events: Vec::new(),
                repeated: true,
                changes: Vec::new(),
            }),
        };
        if row.get::<_, i32>(4) > 0 {
            seqs.extend(first..=last);
        }
        found.insert(
            row.get(0),
            Stored {
                content_hash: row.get(1),
                result,
            },
        );
    }
    if !seqs.is_empty() {
        let sql = format!(
            "SELECT {RECORDED} FROM event WHERE log_id = $1 AND seq = ANY($2) ORDER BY seq"
        );
        let statement = client.prepare_cached(&sql).await?;
        for row in client.query(&statement, &[&log.as_str(), &seqs]).await? {
            let event = recorded(log, &row)?;
            if let Some(Stored {
                result: Ok(outcome),
                ..
            }) = found.get_mut(&event.command_id)
            {
                outcome.events.push(event);
            }
        }
    }
    Ok(found)
}

fn refused(text: &str) -> Result<Refused, Error> {
    serde_json::from_str(text)
        .map_err(|e| Error::Corrupt(format!("a stored refusal can not be read: {e}")))
}

/// An event in its place, with what only its row needs.
pub(super) struct Appended {
    pub(super) row: Recorded,
    pub(super) salt: Salt,
    pub(super) prev_fact: u64,
    pub(super) group_last: bool,
}

/// The row of table `command`.
pub(super) struct Done {
    pub(super) command_id: Uuid,
    pub(super) content_hash: [u8; 32],
    pub(super) first_seq: u64,
    pub(super) last_seq: u64,
    pub(super) events: usize,
    pub(super) refusal: Option<Refused>,
    pub(super) recorded_at: Timestamp,
}

enum Answer {
    /// Does not depend on this commit.
    Ready(Box<Result<Outcome, Error>>),
    /// The n-th command of `done`, which also says how many events are its own.
    Done(usize),
    /// The same command stands earlier in the batch, as the n-th of `done`.
    Again(usize),
}

/// Commands as decided, in order, on the state that the ones before left.
pub(super) struct Batch<'a> {
    shared: &'a Shared,
    log: &'a LogId,
    stored: HashMap<Uuid, Stored>,
    streams: HashMap<String, Folded>,
    ids: HashMap<Uuid, usize>,
    answers: Vec<Answer>,
    pub(super) events: Vec<Appended>,
    pub(super) done: Vec<Done>,
    pub(super) head: Head,
    pub(super) last_recorded_at: Timestamp,
}

impl<'a> Batch<'a> {
    pub(super) fn new(
        shared: &'a Shared,
        log: &'a LogId,
        owned: &Owned,
        loaded: Loaded,
    ) -> Batch<'a> {
        Batch {
            shared,
            log,
            stored: loaded.stored,
            streams: loaded.streams,
            ids: HashMap::new(),
            answers: Vec::new(),
            events: Vec::new(),
            done: Vec::new(),
            head: owned.head,
            last_recorded_at: owned.last_recorded_at,
        }
    }

    pub(super) fn has_writes(&self) -> bool {
        !self.done.is_empty()
    }

    /// Whether the n-th job is decided here, and not answered by an earlier call of its id.
    pub(super) fn writes(&self, n: usize) -> bool {
        matches!(self.answers[n], Answer::Done(_))
    }

    /// Decides every job. An error means that the batch can not stand as a whole. Dry runs come
    /// last: what they would change is told from the rows as this batch leaves them.
    pub(super) fn decide(&mut self, jobs: &[Job]) -> Result<(), Error> {
        let mut answers: Vec<Option<Answer>> = jobs.iter().map(|_| None).collect();
        for dry_run in [false, true] {
            for (job, answer) in jobs.iter().zip(&mut answers) {
                if job.meta.dry_run == dry_run {
                    *answer = Some(match self.known(job) {
                        Some(answer) => answer,
                        None => self.decide_one(job)?,
                    });
                }
            }
        }
        self.answers = answers.into_iter().flatten().collect();
        Ok(())
    }

    /// The answer to a command id that was there before, in the log or in this batch.
    fn known(&self, job: &Job) -> Option<Answer> {
        let command_id = job.meta.command_id;
        if job.meta.dry_run {
            return None;
        }
        if let Some(stored) = self.stored.get(&command_id) {
            // Blank: somebody whom the command was about was erased, and with them what it said.
            let kept = !stored.content_hash.is_empty();
            if kept && stored.content_hash != job.content_hash {
                return Some(Answer::Ready(Box::new(Err(Error::CommandIdReused {
                    command_id,
                }))));
            }
            let mut result = stored.result.clone();
            if let Ok(outcome) = &mut result {
                // Found after a commit of ours whose end we did not see: this is that call.
                outcome.repeated = !job.attempted;
            }
            return Some(Answer::Ready(Box::new(result)));
        }
        let earlier = *self.ids.get(&command_id)?;
        if self.done[earlier].content_hash == job.content_hash {
            Some(Answer::Again(earlier))
        } else {
            Some(Answer::Ready(Box::new(Err(Error::CommandIdReused {
                command_id,
            }))))
        }
    }

    fn decide_one(&mut self, job: &Job) -> Result<Answer, Error> {
        let folded = self
            .streams
            .get_mut(&job.stream)
            .expect("every stream of the batch was loaded");
        let version = folded.version;
        if job.meta.dry_run {
            let verdict = job.command.preview(&folded.state)?;
            return Ok(Answer::Ready(Box::new(self.dry_run(job, version, verdict))));
        }
        let verdict = job.command.decide(&mut folded.state)?;
        if let Verdict::Accepted(drafts) = &verdict {
            folded.version += count(drafts.len());
        }
        let recorded_at = self.time();
        let before = self.events.len();
        let refusal = match verdict {
            Verdict::Refused(refused) => Some(refused),
            Verdict::Accepted(drafts) => {
                self.append(job, version, drafts, recorded_at);
                None
            }
        };
        let events = self.events.len() - before;
        let last_seq = self.head.seq;
        let first_seq = if events == 0 {
            last_seq
        } else {
            last_seq - count(events) + 1
        };
        let (command_id, content_hash) = (job.meta.command_id, job.content_hash);
        self.ids.insert(command_id, self.done.len());
        self.done.push(Done {
            command_id,
            content_hash,
            first_seq,
            last_seq,
            events,
            refusal,
            recorded_at,
        });
        Ok(Answer::Done(self.done.len() - 1))
    }

    /// Never earlier than the log's last row, whatever the clock does; whole microseconds, because
    /// that is what PostgreSQL keeps and the leaf hash covers.
    fn time(&mut self) -> Timestamp {
        let now = self.shared.surroundings.now().as_microsecond();
        let now = Timestamp::from_microsecond(now).expect("it was a timestamp before the cut");
        self.last_recorded_at = self.last_recorded_at.max(now);
        self.last_recorded_at
    }

    fn append(&mut self, job: &Job, version: u64, drafts: Vec<Draft>, recorded_at: Timestamp) {
        let last_fact = drafts.iter().rposition(|draft| draft.fact.is_some());
        for (n, draft) in drafts.into_iter().enumerate() {
            let prev_fact = self.head.fact_seq;
            self.head.seq += 1;
            let seq = self.head.seq;
            if draft.fact.is_some() {
                self.head.fact_seq = seq;
            }
            let salt = self.shared.surroundings.salt();
            let mut row = place(
                self.log,
                job,
                draft,
                seq,
                version + count(n) + 1,
                recorded_at,
            );
            row.leaf_hash = leaf_hash(&row, &salt);
            let group_last = last_fact == Some(n);
            self.events.push(Appended {
                row,
                salt,
                prev_fact,
                group_last,
            });
        }
    }

    fn dry_run(&self, job: &Job, version: u64, verdict: Verdict) -> Result<Outcome, Error> {
        let drafts = match verdict {
            Verdict::Refused(refused) => return Err(Error::Refused(refused)),
            Verdict::Accepted(drafts) => drafts,
        };
        let (seq, at) = (self.head.seq, self.last_recorded_at);
        let mut events = Vec::with_capacity(drafts.len());
        for (n, draft) in drafts.into_iter().enumerate() {
            let n = count(n) + 1;
            events.push(place(self.log, job, draft, seq + n, version + n, at));
        }
        let last_seq = seq + count(events.len());
        let first_seq = if events.is_empty() { seq } else { seq + 1 };
        Ok(Outcome {
            first_seq,
            last_seq,
            events,
            repeated: false,
            changes: Vec::new(),
        })
    }

    pub(super) fn take_streams(&mut self) -> HashMap<String, Folded> {
        std::mem::take(&mut self.streams)
    }

    /// The answers in the order of the jobs; only to be given after the commit.
    pub(super) fn into_answers(self) -> Vec<Result<Outcome, Error>> {
        let mut rows = self.events.into_iter().map(|appended| appended.row);
        let mut results: Vec<Result<Outcome, Error>> = Vec::with_capacity(self.done.len());
        for done in self.done {
            let events = rows.by_ref().take(done.events).collect();
            results.push(match done.refusal {
                Some(refused) => Err(Error::Refused(refused)),
                None => Ok(Outcome {
                    first_seq: done.first_seq,
                    last_seq: done.last_seq,
                    events,
                    repeated: false,
                    changes: Vec::new(),
                }),
            });
        }
        let answer = |answer: Answer| match answer {
            Answer::Ready(result) => *result,
            Answer::Done(n) => results[n].clone(),
            Answer::Again(n) => results[n].clone().map(|outcome| Outcome {
                repeated: true,
                ..outcome
            }),
        };
        self.answers.into_iter().map(answer).collect()
    }
}

fn place(
    log: &LogId,
    job: &Job,
    draft: Draft,
    seq: u64,
    version: u64,
    recorded_at: Timestamp,
) -> Recorded {
    Recorded {
        log: log.clone(),
        seq,
        stream: job.stream.clone(),
        version,
        kind: draft.kind,
        revision: draft.revision,
        body: draft.body,
        fact: draft.fact.map(|fact| (fact.kind.to_owned(), fact.bytes)),
        valid_on: draft.valid_on,
        recorded_at,
        actor: job.meta.actor.clone(),
        command_id: job.meta.command_id,
        cause: job.meta.cause.clone(),
        trace: job.meta.trace.clone(),
        leaf_hash: proof::Hash::from_bytes([0; 32]),
    }
}

fn count(n: usize) -> u64 {
    u64::try_from(n).expect("a batch is far below 2^64")
}
