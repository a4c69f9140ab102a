//! Event → fact: the one place where what happened here becomes known elsewhere.

use eligibility::Fact as Evidence;
use eventlog::Fact;
use prost::Message;
use wire::training::v1 as facts;

use crate::domain::dossier::Event;

/// Everything but a renewal window: that is the officer's and the trainer's business.
pub(crate) fn dossier(event: &Event) -> Option<Fact> {
    match event {
        Event::Recorded { officer, fact, .. } => Some(evidence::fact::write(officer, fact)),
        Event::Voided {
            officer, record, ..
        } => {
            let record = record.clone();
            Some(evidence::fact::write(officer, &Evidence::Voided { record }))
        }
        Event::Questioned {
            officer,
            record,
            because,
            ..
        } => {
            let (record, because) = (record.clone(), because.clone());
            let doubt = Evidence::Questioned { record, because };
            Some(evidence::fact::write(officer, &doubt))
        }
        Event::RenewalWindowOpened { .. } => None,
        Event::CredentialLapsed {
            officer,
            credential,
            kind,
            until,
        } => {
            let fact = facts::CredentialLapsed {
                officer: officer.to_string(),
                credential: credential.to_string(),
                kind: kind.to_string(),
                until: until.to_string(),
            };
            Some(Fact {
                kind: "CredentialLapsed",
                bytes: fact.encode_to_vec(),
            })
        }
    }
}
