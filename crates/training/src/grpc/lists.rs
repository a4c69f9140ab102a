//! What is recorded of officers, listed.

use eligibility::{Fact, Known, Name};
use eventlog::{Store, Table, TypedRows};
use rpc::{Page, refuse};
use tonic::Status;
use vocabulary::OfficerId;
use wire::convert::{all, optional, optional_date, required, timestamp_value};
use wire::training::v1 as pb;

use super::rpcs::NUMBER;
use super::{Training, reply};
use crate::domain::dossier::Held;
use crate::log;
use crate::projection::{DossierRow, Dossiers};

/// A page of what was reckoned, each with the key by which it is ordered.
pub(super) fn cut<T>(page: &Page, mut found: Vec<(String, T)>) -> (Vec<T>, String) {
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    let fetched = usize::try_from(page.fetch()).unwrap_or(usize::MAX);
    let rest = found.into_iter().filter(|(key, _)| *key > page.after);
    let (rows, token) = page.cut(rest.take(fetched).collect(), |(key, _)| key);
    (rows.into_iter().map(|(_, row)| row).collect(), token)
}

impl Training {
    /// One dossier or all, by officer.
    async fn dossiers(
        &self,
        officer: Option<&OfficerId>,
    ) -> Result<Vec<(String, DossierRow)>, Status> {
        let table = Table::Projection(Dossiers::NAME);
        if let Some(officer) = officer {
            let row = self.store.read_row(table, &log(), officer.as_str()).await;
            let row: Option<DossierRow> = row.map_err(refuse)?;
            return Ok(row
                .map(|row| (officer.to_string(), row))
                .into_iter()
                .collect());
        }
        let (mut found, mut page) = (Vec::new(), eventlog::Page::first(500));
        loop {
            let rows = self.store.read_rows(table, &log(), &[], &page).await;
            let rows = rows.map_err(refuse)?;
            let Some(last) = rows.last() else {
                return Ok(found);
            };
            page.after.clone_from(&last.key);
            found.extend(rows.into_iter().map(|row| (row.key, row.row)));
        }
    }

    pub(super) async fn credentials(
        &self,
        request: &pb::ListCredentialsRequest,
        numbers: bool,
    ) -> Result<pb::ListCredentialsResponse, Status> {
        let (officer, kind, on) = all((
            optional::<OfficerId>("officer", &request.officer),
            optional::<Name>("kind", &request.kind),
            optional_date("on", &request.on),
        ))?;
        let on = on.unwrap_or_else(|| self.today());
        let filter = [&request.officer, &request.kind, &request.on].map(String::as_str);
        let page = Page::read(request.page_size, &request.page_token, &filter)?;
        let mut found = Vec::new();
        for (officer, row) in self.dossiers(officer.as_ref()).await? {
            for (n, held) in row.dossier.credentials.into_iter().enumerate() {
                if kind.as_ref().is_none_or(|kind| *kind == held.kind) {
                    found.push((format!("{officer} {n:06}"), (officer.clone(), held)));
                }
            }
        }
        let (held, next_page_token) = cut(&page, found);
        let mut credentials = Vec::with_capacity(held.len());
        for (officer, held) in held {
            let number = match numbers {
                true => number(&self.store, &held).await?,
                false => String::new(),
            };
            credentials.push(reply::credential(&officer, &held, on, number));
        }
        Ok(pb::ListCredentialsResponse {
            credentials,
            next_page_token,
        })
    }

    pub(super) async fn waivers(
        &self,
        request: &pb::ListWaiversRequest,
    ) -> Result<pb::ListWaiversResponse, Status> {
        let officer: Option<OfficerId> = optional("officer", &request.officer)?;
        let page = Page::read(request.page_size, &request.page_token, &[&request.officer])?;
        let mut found = Vec::new();
        for (officer, row) in self.dossiers(officer.as_ref()).await? {
            for (n, waiver) in row.dossier.waivers.iter().enumerate() {
                found.push((format!("{officer} {n:06}"), reply::waiver(&officer, waiver)));
            }
        }
        let (waivers, next_page_token) = cut(&page, found);
        Ok(pb::ListWaiversResponse {
            waivers,
            next_page_token,
        })
    }

    pub(super) async fn listed_records(
        &self,
        request: &pb::ListRecordsRequest,
    ) -> Result<pb::ListRecordsResponse, Status> {
        let officer: OfficerId = required("officer", &request.officer)?;
        let page = Page::read(request.page_size, &request.page_token, &[&request.officer])?;
        let evidence = self.evidence_of(&officer).await?;
        let counting = evidence.known(&officer, &Known::Now);
        let found = evidence.of(&officer).iter().map(|record| {
            let voided = !counting.iter().any(|counts| counts.at == record.at);
            let doubt = counting.iter().find_map(|other| match &other.fact {
                Fact::Questioned {
                    record: at,
                    because,
                } if *at == record.at => Some(because),
                _ => None,
            });
            let listed = pb::Record {
                seq: record.at.seq,
                recorded_at: Some(timestamp_value(record.recorded)),
                kind: reply::kind(record),
                says: says(&record.fact),
                voided,
                questioned: reply::text(doubt),
            };
            (format!("{:020}", record.at.seq), listed)
        });
        let (records, next_page_token) = cut(&page, found.collect());
        Ok(pb::ListRecordsResponse {
            records,
            next_page_token,
        })
    }
}

/// What the issuer printed on it; empty once it is erased.
async fn number(store: &Store, held: &Held) -> Result<String, Status> {
    let Some(token) = &held.number else {
        return Ok(String::new());
    };
    let number = store.vault().open(token.as_str(), NUMBER).await;
    Ok(number.map_err(refuse)?.unwrap_or_default())
}

/// A record in a few words.
fn says(fact: &Fact) -> String {
    let result = |passed: &bool| if *passed { "passed" } else { "failed" };
    let end = |until: &Option<jiff::civil::Date>| match until {
        Some(until) => format!(" until {until}"),
        None => String::new(),
    };
    match fact {
        Fact::Checked {
            check,
            on,
            passed,
            until,
        } => format!("{check} {} on {on}{}", result(passed), end(until)),
        Fact::AgeProved { years, on } => format!("at least {years} years old on {on}"),
        Fact::OutcomeIssued {
            course,
            on,
            outcome,
            minutes,
            ..
        } => format!("{outcome} of {course} on {on}, {minutes} hours"),
        Fact::Removed { course, on } => format!("removed from {course} on {on}"),
        Fact::Assessed {
            qualification,
            on,
            passed,
            weapon,
            score,
        } => {
            let with = weapon.as_ref().map(|weapon| format!(" with {weapon}"));
            let points = score.map(|s| format!(", {} of {} points", s.points, s.maximum));
            let (with, points) = (with.unwrap_or_default(), points.unwrap_or_default());
            format!("{qualification} {} on {on}{with}{points}", result(passed))
        }
        Fact::PhaseSignedOff {
            training,
            phase,
            on,
            trainer,
            ..
        } => format!("phase {phase} of {training} signed off on {on} by {trainer}"),
        Fact::Supervised {
            service,
            on,
            minutes,
        } => format!("{minutes} hours of {service} on {on}"),
        Fact::CredentialGranted {
            id,
            credential,
            issuer,
            from,
            until,
            ..
        } => format!("{id}: {credential} of {issuer} from {from}{}", end(until)),
        other => decided(other),
    }
}

fn decided(fact: &Fact) -> String {
    match fact {
        Fact::CredentialSuspended { id, from } => format!("{id} suspended from {from}"),
        Fact::CredentialReinstated { id, from } => format!("{id} reinstated from {from}"),
        Fact::CredentialRevoked { id, from } => format!("{id} revoked from {from}"),
        Fact::WaiverGranted {
            id,
            requirement,
            from,
            until,
            signer,
            ..
        } => format!("{id}: {requirement} waived from {from} until {until}, signed by {signer}"),
        Fact::WaiverEnded { id, on } => format!("{id} ended on {on}"),
        Fact::EquivalenceDecided {
            id, foreign, by, ..
        } => format!("{id}: {foreign} found equivalent by {by}"),
        Fact::Voided { record } => format!("voids {record}"),
        Fact::Questioned { record, because } => format!("questions {record}: {because}"),
        other => format!("{other:?}"),
    }
}
