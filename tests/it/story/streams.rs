//! What JetStream holds: looked at directly, beside every relay and listener.

use std::collections::{BTreeMap, BTreeSet};

use async_nats::ConnectOptions;
use async_nats::HeaderMap;
use async_nats::jetstream::{self, Context};
use bus::subject::{self, Names, header, message_id};
use bytes::Bytes;
use eventlog::FactRow;

use super::platform::Platform;
use super::role::Role;

/// A stored message.
pub(crate) struct Stored {
    pub(crate) subject: String,
    pub(crate) headers: HeaderMap,
    pub(crate) payload: Bytes,
}

impl Stored {
    /// `<log>:<seq>`, the same for every copy of a fact.
    fn id(&self) -> String {
        self.headers
            .get(header::ID)
            .map(ToString::to_string)
            .unwrap_or_default()
    }
}

/// A fact as its owner's relay would send it.
pub(crate) fn sealed(role: Role, fact: &FactRow) -> Stored {
    let (log, id) = (fact.log.as_str(), message_id(fact.log.as_str(), fact.seq));
    let mut headers = HeaderMap::new();
    for (name, value) in [
        (header::SPEC_VERSION, "1.0".to_owned()),
        (header::ID, id.clone()),
        (header::SOURCE, subject::source(role.name(), log)),
        (header::TYPE, subject::event_type(role.name(), &fact.kind)),
        (header::TIME, fact.recorded_at.to_string()),
        (header::SUBJECT, log.to_owned()),
        (header::CONTENT_TYPE, "application/protobuf".to_owned()),
        (header::MESSAGE_ID, id),
        (header::LOG_ID, log.to_owned()),
        (header::LOG_SEQ, fact.seq.to_string()),
        (header::LOG_PREV, fact.prev.to_string()),
        (header::GROUP_LAST, fact.group_last.to_string()),
        (header::VALID_ON, fact.valid_on.to_string()),
        (header::ACTOR, fact.actor.clone()),
        (header::LEAF_HASH, fact.leaf_hash.to_string()),
    ] {
        headers.insert(name, value);
    }
    if let Some(trace) = &fact.trace {
        headers.insert(header::TRACE, trace.as_str());
    }
    let subject = Names::new().fact(role.name(), log, &fact.kind);
    Stored {
        subject,
        headers,
        payload: fact.bytes.clone().into(),
    }
}

pub(crate) async fn jetstream(platform: &Platform) -> Context {
    let options = match platform.nats_login.clone() {
        Some((user, password)) => ConnectOptions::with_user_and_password(user, password),
        None => ConnectOptions::new(),
    };
    let client = options.connect(platform.stack.nats_url()).await.unwrap();
    jetstream::new(client)
}

/// One copy of every fact that the role's stream holds, in the order of their first copies.
pub(crate) async fn stored(jetstream: &Context, role: Role) -> Result<Vec<Stored>, String> {
    let name = Names::new().stream(role.name());
    let stream = jetstream
        .get_stream(&name)
        .await
        .map_err(|e| format!("{name}: {e}"))?;
    let mut seen = BTreeSet::new();
    let mut stored = Vec::new();
    for at in 1..=stream.cached_info().state.last_sequence {
        let message = stream
            .get_raw_message(at)
            .await
            .map_err(|e| format!("{name}, {at}: {e}"))?;
        let (subject, headers) = (message.subject.to_string(), message.headers);
        let message = Stored {
            subject,
            headers,
            payload: message.payload,
        };
        if seen.insert(message.id()) {
            stored.push(message);
        }
    }
    Ok(stored)
}

/// Where the streams differ from the logs: facts that are missing, and what is no fact.
pub(crate) async fn differences(platform: &Platform) -> Vec<String> {
    let jetstream = jetstream(platform).await;
    let mut differences = Vec::new();
    for role in Role::ALL {
        let stored = match stored(&jetstream, role).await {
            Ok(stored) => stored,
            Err(error) => {
                differences.push(error);
                continue;
            }
        };
        let mut stored: BTreeMap<String, Bytes> = stored
            .into_iter()
            .map(|message| (message.id(), message.payload))
            .collect();
        for (log, _) in platform.store(role).heads().await.unwrap() {
            for fact in platform
                .store(role)
                .read_facts(&log, 0, 5_000)
                .await
                .unwrap()
            {
                let id = message_id(log.as_str(), fact.seq);
                if stored
                    .remove(&id)
                    .is_none_or(|payload| payload != fact.bytes)
                {
                    differences.push(format!("{id} is not on its stream as it is in its log"));
                }
            }
        }
        differences.extend(stored.into_keys().map(|id| format!("{id} is in no log")));
    }
    differences
}
