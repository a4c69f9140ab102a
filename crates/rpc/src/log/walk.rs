//! What takes its time: reading a whole log, rebuilding a table. The answers say how far it is.

use std::pin::Pin;
use std::time::Duration;

use bus::Refill;
use eventlog::{Error, Progress, Stage, Store};
use futures::Stream;
use futures::stream::poll_fn;
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};
use tonic::{Code, Request, Status};
use tracing::Instrument;
use wire::Refusal;
use wire::log::v1::{
    Head, RebuildTableRequest, RebuildTableResponse, Rebuilt, Verified, VerifyLogRequest,
    VerifyLogResponse,
};

use super::serve::Logs;
use crate::call::CALL;
use crate::meta::{call, meta};
use crate::refuse::refuse;

/// How often it is said how far the work is.
const TOLD_EVERY: Duration = Duration::from_millis(500);

/// A stream of answers.
pub(super) type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

pub(super) fn verify(
    logs: &Logs,
    request: &Request<VerifyLogRequest>,
) -> Result<Answers<VerifyLogResponse>, Status> {
    let (log, store) = logs.find(&request.get_ref().log)?;
    let (store, keys) = (store.clone(), logs.keys.clone());
    let progress = watch::Sender::default();
    let seen = progress.subscribe();
    let work = async move {
        match store.verify_telling(&log, &keys, &progress).await {
            Ok(found) => Ok(VerifyLogResponse {
                checked: found.events,
                upto: found.events,
                verified: Some(Verified {
                    events: found.events,
                    facts: found.facts,
                    streams: found.streams,
                    root: found.root.to_bytes().to_vec(),
                    checkpoints: found.checkpoints,
                    signatures: found.signatures,
                }),
            }),
            // The finding itself: positions and streams, nothing private.
            Err(Error::Corrupt(what)) => {
                tracing::error!(%log, what, "a log is not what was written");
                Err(Refusal::new(Code::DataLoss, "LOG_CORRUPT", what).into())
            }
            Err(error) => Err(refuse(error)),
        }
    };
    let tell = |(checked, upto): &(u64, u64)| VerifyLogResponse {
        checked: *checked,
        upto: *upto,
        verified: None,
    };
    answers(request, work, seen, tell)
}

pub(super) fn rebuild(
    logs: &Logs,
    request: &Request<RebuildTableRequest>,
) -> Result<Answers<RebuildTableResponse>, Status> {
    let meta = meta(request)?;
    let RebuildTableRequest {
        service,
        table,
        mirror,
    } = request.get_ref().clone();
    let (service, store) = logs.store(&service)?;
    let (store, owners) = (store.clone(), logs.owners.clone());
    known(&store, service, &table, mirror)?;
    let progress = watch::Sender::default();
    let seen = progress.subscribe();
    let work = async move {
        let rebuilt = match (mirror, owners) {
            (false, _) => store.swap_projection(&table, meta, &progress).await,
            (true, Some(owners)) => {
                let owners = Refill(&owners);
                let swapped = store.swap_mirror(&table, service, &owners, meta, &progress);
                swapped.await
            }
            (true, None) => {
                let why = "no owners are known here".to_owned();
                Err(Error::Unavailable(why))
            }
        };
        let rebuilt = rebuilt.map_err(refuse)?;
        let last = tell(&progress.borrow());
        Ok(RebuildTableResponse {
            rebuilt: Some(to_wire(rebuilt)),
            ..last
        })
    };
    answers(request, work, seen, tell)
}

fn known(store: &Store, service: &str, table: &str, mirror: bool) -> Result<(), Status> {
    if store.has_table(table, mirror) {
        return Ok(());
    }
    let what = if mirror { "mirror" } else { "projection" };
    let message = format!("{service} has no {what} \"{table}\": ListTables names them all.");
    Err(Refusal::new(Code::NotFound, "NO_TABLE", message).into())
}

fn tell(progress: &Progress) -> RebuildTableResponse {
    let stage = match progress.stage {
        Stage::Folding => "folding",
        Stage::Comparing => "comparing",
        Stage::Swapping => "swapping",
    };
    RebuildTableResponse {
        folded: progress.folded,
        upto: progress.upto,
        stage: stage.to_owned(),
        rebuilt: None,
    }
}

fn to_wire(rebuilt: eventlog::Rebuilt) -> Rebuilt {
    let head = |(log, seq): (eventlog::LogId, u64)| Head {
        log: log.to_string(),
        seq,
        fact_seq: 0,
    };
    Rebuilt {
        rows: rebuilt.rows,
        digest: rebuilt.digest,
        live_digest: rebuilt.live_digest,
        positions: rebuilt.positions.into_iter().map(head).collect(),
        swapped: rebuilt.swapped,
        pause_ms: u64::try_from(rebuilt.pause.as_millis()).unwrap_or(u64::MAX),
    }
}

/// Runs the work in a task of its own and says, until it ends, how far it is. A caller that goes
/// away ends it.
fn answers<R, P, T>(
    request: &Request<R>,
    work: impl Future<Output = Result<T, Status>> + Send + 'static,
    mut seen: watch::Receiver<P>,
    tell: impl Fn(&P) -> T + Send + 'static,
) -> Result<Answers<T>, Status>
where
    P: Send + Sync + 'static,
    T: Send + 'static,
{
    let call = call(request)?.clone();
    let (sender, mut receiver) = mpsc::channel(4);
    let task = async move {
        let mut ticks = interval(TOLD_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tokio::pin!(work);
        loop {
            let answer = tokio::select! {
                () = sender.closed() => return,
                ended = &mut work => {
                    // Whoever asked may be gone by now.
                    let _ = sender.send(ended).await;
                    return;
                }
                _ = ticks.tick() => match seen.has_changed() {
                    Ok(true) => tell(&seen.borrow_and_update()),
                    _ => continue,
                },
            };
            if sender.send(Ok(answer)).await.is_err() {
                return;
            }
        }
    };
    tokio::spawn(CALL.scope(call, task).in_current_span());
    Ok(Box::pin(poll_fn(move |cx| receiver.poll_recv(cx))))
}
