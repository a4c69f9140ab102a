//! What is personal lies in the vault alone; once erased it is gone for good, and nothing else is.

use std::io::Write as _;

use prost_types::Timestamp;
use wire::incidents::v1 as incidents;
use wire::payroll::v1 as payroll;
use wire::registry::v1 as registry;
use wire::training::v1 as training;

use super::files::Who::{Reviewer, Staff};
use super::golden;
use super::month::{self, Undisturbed};
use super::planted::{assert_every_field_is_known, found, planted, texts};
use super::platform::Platform;
use super::recovery::{self, Kept, done};
use super::role::Role;

/// Somebody who came after the months were told, so that their statements stay what they are.
const OFFICER: &str = "aux-7";
const WEEK: &str = "2026-11-15";

#[test]
fn every_text_field_of_a_request_is_known_as_personal_or_plain() {
    assert_every_field_is_known();
}

#[tokio::test(flavor = "multi_thread")]
async fn erased_people_are_gone_from_every_file_and_from_a_restored_backup_while_proofs_hold() {
    let mut platform = Platform::start().await;
    let folder = tempfile::tempdir().unwrap();
    chatty(&mut platform).await;
    let told = month::told(&mut platform, &mut Undisturbed).await;
    platform.reason = Some(planted(wire::metadata::REASON));
    plant(&mut platform).await;
    assert_shown(&mut platform).await;
    let kept = Kept::under(folder.path(), "old");
    done(&recovery::backup(&platform, &kept).await);
    checkpoint(&platform).await;
    assert_nowhere(&platform, folder.path(), &texts());
    // What a search must be able to find: the keys, before.
    let keys = keys(&platform).await;
    assert!(keys.len() >= 7, "{}", keys.len());
    for key in &keys {
        let base = platform.stack.data_dir();
        let hits = found(base, std::slice::from_ref(key), Some("pg_wal"));
        assert!(!hits.is_empty(), "a key lies in no file of its table");
    }

    erase(&mut platform).await;
    checkpoint(&platform).await;
    let hits = found(platform.stack.data_dir(), &keys, Some("pg_wal"));
    assert!(hits.is_empty(), "destroyed keys lie in {hits:?}");
    assert_gone(&mut platform).await;
    assert_nowhere(&platform, folder.path(), &texts());
    golden::assert_undisturbed(&mut platform, &told).await;

    // The old data with the old keys, elsewhere: nobody comes back.
    platform.burn().await;
    done(&recovery::restore(&platform, &kept, &[]).await);
    platform.resume().await;
    platform.heard().await;
    assert_gone(&mut platform).await;
    checkpoint(&platform).await;
    let hits = found(platform.stack.data_dir(), &keys, None);
    assert!(hits.is_empty(), "destroyed keys lie in {hits:?}");
    golden::assert_undisturbed(&mut platform, &told).await;
    platform.finish().await;
}

/// Every role tells as much as it ever does.
async fn chatty(platform: &mut Platform) {
    for role in Role::ALL {
        platform.process(role).stop().await;
        configure(platform, role, "[log]\nlevel = \"debug\"\n");
        platform.process(role).start(None);
    }
    platform.serving().await;
}

fn configure(platform: &Platform, role: Role, more: &str) {
    let path = platform.home().join(format!("{role}.toml"));
    let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(more.as_bytes()).unwrap();
}

async fn plant(platform: &mut Platform) {
    let enrol = registry::EnrolOfficerRequest {
        officer: OFFICER.into(),
        from: "2026-11-01".into(),
        name: planted("EnrolOfficerRequest.name").into(),
        email: planted("EnrolOfficerRequest.email").into(),
        phone: planted("EnrolOfficerRequest.phone").into(),
    };
    platform.must(Staff, enrol).await;
    let rate = registry::SetPayRateRequest {
        officer: OFFICER.into(),
        from: "2026-11-01".into(),
        dollars_per_hour: "20".into(),
        burden: "0".into(),
        burden_on_premium: false,
    };
    platform.must(Staff, rate).await;
    let clerk = registry::ChangeTownRequest {
        town: "barlow".into(),
        contacts: vec![registry::Contact {
            role: "clerk".into(),
            name: planted("Contact.name").into(),
            email: planted("Contact.email").into(),
            phone: planted("Contact.phone").into(),
        }],
        ..Default::default()
    };
    platform.must(Staff, clerk).await;
    platform.heard().await;
    plant_reasons(platform).await;
    plant_training(platform).await;
    let open = incidents::OpenIncidentRequest {
        incident: "phone/planted".into(),
        town: "barlow".into(),
        call_type: "welfare-check".into(),
        received_at: "2026-11-20T10:00".into(),
        narrative: planted("OpenIncidentRequest.narrative").into(),
    };
    platform.must(Staff, open).await;
    let withdraw = incidents::WithdrawIncidentRequest {
        incident: "phone/planted".into(),
        reason: planted("WithdrawIncidentRequest.reason").into(),
    };
    platform.must(Staff, withdraw).await;
}

/// A permit's number, and what a trainer saw.
async fn plant_training(platform: &mut Platform) {
    let shipped = registry::ListShippedProfilesRequest::default();
    let shipped = platform.must(Staff, shipped).await.profiles;
    let fremont = shipped.into_iter().find(|p| p.name == "fremont-cso");
    let fremont = fremont.unwrap();
    let issue = registry::IssueProfileRequest {
        effective_from: "2026-09-01".into(),
        toml: fremont.toml,
    };
    platform.must(Staff, issue).await;
    platform.heard().await;
    let permit = training::GrantCredentialRequest {
        officer: OFFICER.into(),
        kind: "mo-ccw".into(),
        issuer: "sheriff".into(),
        number: planted("GrantCredentialRequest.number").into(),
        issued: "2026-06-01".into(),
        ..Default::default()
    };
    platform.must(Staff, permit).await;
    let begin = training::BeginFieldTrainingRequest {
        officer: OFFICER.into(),
        training: "field-training".into(),
        programme: fremont.programme,
        on: "2026-11-09".into(),
        trainer_credential: String::new(),
    };
    platform.must(Staff, begin).await;
    let radio = training::Rating {
        what: "radio".into(),
        points: 3,
    };
    let observe = training::RecordObservationRequest {
        officer: OFFICER.into(),
        training: "field-training".into(),
        on: "2026-11-10".into(),
        trainer: month::OFFICER.into(),
        ratings: vec![radio],
        text: planted("RecordObservationRequest.text").into(),
    };
    platform.must(Staff, observe).await;
}

/// A duty entered, corrected and removed by hand, and a week that is sent back.
async fn plant_reasons(platform: &mut Platform) {
    let mut duties = Vec::new();
    for day in ["2026-11-16", "2026-11-17"] {
        let record = payroll::RecordDutyRequest {
            officer: OFFICER.into(),
            start: format!("{day}T08:00"),
            end: format!("{day}T16:00"),
            location: "town:barlow".into(),
            account: String::new(),
            reason: planted("RecordDutyRequest.reason").into(),
        };
        duties.push(platform.must(Staff, record).await.duty);
    }
    let correct = payroll::CorrectDutyRequest {
        officer: OFFICER.into(),
        duty: duties[0].clone(),
        start: "2026-11-16T08:00".into(),
        end: "2026-11-16T12:00".into(),
        location: "town:barlow".into(),
        account: String::new(),
        reason: planted("CorrectDutyRequest.reason").into(),
    };
    platform.must(Staff, correct).await;
    let remove = payroll::RemoveDutyRequest {
        officer: OFFICER.into(),
        duty: duties[1].clone(),
        reason: planted("RemoveDutyRequest.reason").into(),
    };
    platform.must(Staff, remove).await;
    let (officer, week) = (OFFICER.to_owned(), WEEK.to_owned());
    let submit = payroll::SubmitWeekRequest { officer, week };
    platform.must(Staff, submit).await;
    let send_back = payroll::ReturnWeekRequest {
        officer: OFFICER.into(),
        week: WEEK.into(),
        reason: planted("ReturnWeekRequest.reason").into(),
    };
    platform.must(Reviewer, send_back).await;
}

async fn officer(platform: &mut Platform) -> registry::Officer {
    let officer = OFFICER.to_owned();
    platform
        .must(Staff, registry::GetOfficerRequest { officer })
        .await
}

async fn barlow(platform: &mut Platform) -> registry::Town {
    let town = "barlow".to_owned();
    platform
        .must(Staff, registry::GetTownRequest { town })
        .await
}

async fn timesheet(platform: &mut Platform) -> payroll::Timesheet {
    let (officer, week) = (OFFICER.to_owned(), WEEK.to_owned());
    let ask = payroll::GetTimesheetRequest { officer, week };
    platform.must(Staff, ask).await
}

/// Whoever may see it sees it.
async fn assert_shown(platform: &mut Platform) {
    let shown = officer(platform).await;
    assert_eq!(shown.name, planted("EnrolOfficerRequest.name"));
    assert_eq!(shown.erased_on, "");
    let town = barlow(platform).await;
    assert_eq!(town.contacts[0].email, planted("Contact.email"));
    let week = timesheet(platform).await;
    assert_eq!(week.returned_because, planted("ReturnWeekRequest.reason"));
}

/// Nobody sees it any more, and everybody sees that it was erased.
async fn assert_gone(platform: &mut Platform) {
    let shown = officer(platform).await;
    assert_eq!((shown.name, shown.email, shown.phone), Default::default());
    assert_ne!(shown.erased_on, "");
    let contacts = barlow(platform).await.contacts;
    assert!(
        contacts.iter().all(|contact| contact.name.is_empty()),
        "{contacts:?}"
    );
    let week = timesheet(platform).await;
    assert_eq!(week.returned_because, "");
    assert!(week.duties.iter().all(|duty| duty.reason.is_empty()));
    // What was reckoned stays.
    assert!(
        week.duties
            .iter()
            .any(|duty| !duty.start.is_none_or(|t| t == Timestamp::default()))
    );
    for role in Role::ALL {
        let subjects = ["officer/aux-7", "timesheet/aux-7", "incident/phone/planted"];
        for subject in subjects {
            let left = platform.store(role).vault().items(subject).await.unwrap();
            assert!(left.is_empty(), "{role}: {left:?}");
        }
    }
}

/// Not in PostgreSQL's files, its write-ahead log, JetStream's store, a log, a backup.
fn assert_nowhere(platform: &Platform, backups: &std::path::Path, needles: &[Vec<u8>]) {
    for folder in [platform.stack.data_dir(), platform.home(), backups] {
        let hits = found(folder, needles, None);
        assert!(hits.is_empty(), "personal data in {hits:?}");
    }
}

/// Refused by the law at first, naming the day; then the provider's rules are other ones.
async fn erase(platform: &mut Platform) {
    let erase = registry::EraseOfficerRequest {
        officer: OFFICER.into(),
        grounds: "request".into(),
    };
    let ask = async |platform: &Platform, n: u128| {
        let id = uuid::Uuid::from_u128(0xe2a5_0000 + n);
        platform.ask_once(Staff, id, erase.clone()).await
    };
    let employed = ask(platform, 1).await.unwrap_err();
    assert_eq!(employed.reason, "OFFICER_STILL_EMPLOYED");
    let end = registry::EndOfficerRequest {
        officer: OFFICER.into(),
        on: "2026-11-30".into(),
    };
    platform.must(Staff, end).await;
    let kept = ask(platform, 2).await.unwrap_err();
    assert_eq!(kept.reason, "RETENTION_RUNS");
    assert!(kept.message.contains("26 CFR 31.6001-1(e)(2)"), "{kept}");
    assert!(kept.message.contains("from 2031-02-01 on"), "{kept}");
    for role in [Role::Registry, Role::Incidents] {
        platform.process(role).stop().await;
        configure(platform, role, "[retention]\nofficer = []\nincident = []\n");
        platform.process(role).start(None);
    }
    platform.serving().await;
    let gone = ask(platform, 3).await.unwrap();
    // Name, e-mail, phone, and why each of the commands was given.
    assert_eq!(gone.erased.len(), 4, "{gone:?}");
    // Again, as after an answer that was lost: the same.
    assert_eq!(ask(platform, 3).await.unwrap().seq, gone.seq);
    let contact = registry::EraseContactRequest {
        town: "barlow".into(),
        role: "clerk".into(),
        grounds: "request".into(),
        former_only: false,
    };
    platform.must(Staff, contact).await;
    let incident = incidents::EraseIncidentRequest {
        incident: "phone/planted".into(),
        grounds: "request".into(),
    };
    let erased = platform.must(Staff, incident).await.erased;
    assert_eq!(erased.len(), 2, "{erased:?}");
    platform.heard().await;
}

/// The bytes of every key of the planted people.
async fn keys(platform: &Platform) -> Vec<Vec<u8>> {
    let mut keys = Vec::new();
    for role in Role::ALL {
        let client = platform.store(role).pool().get().await.unwrap();
        let sql = "SELECT key FROM keys.vault_key WHERE subject IN
            ('officer/aux-7', 'timesheet/aux-7', 'incident/phone/planted') OR subject = person";
        let rows = client.query(sql, &[]).await.unwrap();
        keys.extend(rows.iter().map(|row| row.get::<_, Vec<u8>>(0)));
    }
    keys
}

/// Everything that PostgreSQL holds in memory goes to its files.
async fn checkpoint(platform: &Platform) {
    for role in Role::ALL {
        let client = platform.store(role).pool().get().await.unwrap();
        client.batch_execute("CHECKPOINT").await.unwrap();
    }
}
