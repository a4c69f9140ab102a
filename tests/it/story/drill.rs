//! The fire drill: saved while everybody works, burnt, put back elsewhere; and the month goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use tonic::Request;
use tonic::transport::Channel;
use wire::registry::v1::registry_service_client::RegistryServiceClient;
use wire::registry::v1::{EnrolOfficerRequest, GetOfficerRequest};

use super::files::Who::Staff;
use super::golden;
use super::month::{self, Disturbance, Step};
use super::platform::Platform;
use super::recovery::{self, Kept, done, refused};
use super::role::Role;

/// Takes everything away in the middle of the month.
struct Fire {
    folder: tempfile::TempDir,
    /// Events that were recorded after the backup: what a fire costs.
    lost: u64,
}

impl Disturbance for Fire {
    async fn after(&mut self, step: Step, platform: &mut Platform) {
        if step == Step::Expenses {
            self.breaks_out(platform).await;
        }
    }
}

impl Fire {
    async fn breaks_out(&mut self, platform: &mut Platform) {
        let kept = Kept::under(self.folder.path(), "first");
        let enrolled = Arc::new(AtomicU32::new(0));
        let writer = tokio::spawn(enrol(platform.channel(Role::Registry), enrolled.clone()));
        beyond(&enrolled, 0).await;
        done(&recovery::backup(platform, &kept).await);
        let during = enrolled.load(Ordering::SeqCst);
        beyond(&enrolled, during).await;
        writer.abort();
        let _ = writer.await;
        let written = platform.store(Role::Registry).heads().await.unwrap()[0]
            .1
            .seq;
        platform.burn().await;

        asked_wrongly(platform, &kept, self.folder.path()).await;
        done(&recovery::restore(platform, &kept, &["--dry-run"]).await);
        done(&recovery::restore(platform, &kept, &[]).await);
        // Saved again before anybody has started: the same, file by file and digest by digest.
        let again = Kept::under(self.folder.path(), "again");
        done(&recovery::backup(platform, &again).await);
        let (saved, restored) = (kept.manifest(), again.manifest());
        assert_eq!(described(&saved), described(&restored));
        assert!(digests(&saved) > 10, "{saved}");
        self.lost = written - head(&saved, "registry");
        platform.resume().await;
        platform.heard().await;
        refused(
            &recovery::restore(platform, &kept, &[]).await,
            "the database of registry is not empty",
        );
        lost_and_done_again(platform, enrolled.load(Ordering::SeqCst)).await;
    }
}

/// What a tired operator does; nothing may come of it.
async fn asked_wrongly(platform: &Platform, kept: &Kept, folder: &std::path::Path) {
    refused(&recovery::backup(platform, kept).await, "is not empty");
    let none = Kept::under(folder, "none");
    refused(&recovery::check(&none).await, "holds no manifest.json");
    done(&recovery::check(kept).await);
    let no_keys = Kept {
        data: kept.data.clone(),
        keys: folder.join("no-keys"),
    };
    refused(
        &recovery::restore(platform, &no_keys, &[]).await,
        "registry.keys.json is not there",
    );
    let inside = Kept {
        data: folder.join("both"),
        keys: folder.join("both/keys"),
    };
    refused(&recovery::backup(platform, &inside).await, "kept apart");
    // One letter of one file.
    let file = kept.data.join("registry/public.event.copy");
    let whole = std::fs::read(&file).unwrap();
    let mut spoilt = whole.clone();
    spoilt[0] ^= 1;
    std::fs::write(&file, &spoilt).unwrap();
    let answer = recovery::restore(platform, kept, &[]).await;
    refused(&answer, "public.event.copy is not what was saved");
    std::fs::write(&file, whole).unwrap();
    // The registers lie elsewhere and survive; without them nothing is restored.
    let (register, aside) = (platform.home().join("erasures"), folder.join("aside"));
    std::fs::rename(&register, &aside).unwrap();
    let answer = recovery::restore(platform, kept, &[]).await;
    refused(&answer, "the erasure register of registry");
    std::fs::rename(&aside, &register).unwrap();
}

/// Everything but when it was taken. The secret of an empty database is not in it.
fn described(manifest: &Value) -> &Value {
    &manifest["databases"]
}

fn digests(manifest: &Value) -> usize {
    let databases = manifest["databases"].as_array().unwrap();
    let tables = databases
        .iter()
        .flat_map(|d| d["tables"].as_array().unwrap());
    tables.filter(|table| table["digest"] != "").count()
}

fn head(manifest: &Value, log: &str) -> u64 {
    let databases = manifest["databases"].as_array().unwrap();
    let mut logs = databases.iter().flat_map(|d| d["logs"].as_array().unwrap());
    logs.find(|head| head["log"] == log).unwrap()["seq"]
        .as_u64()
        .unwrap()
}

fn officer(n: u32) -> EnrolOfficerRequest {
    EnrolOfficerRequest {
        officer: format!("aux-{n}"),
        from: "2026-11-01".into(),
        name: "Rowan Ashby".into(),
        email: String::new(),
        phone: String::new(),
    }
}

/// Enrols one officer after the other.
async fn enrol(channel: Channel, enrolled: Arc<AtomicU32>) {
    let mut client = RegistryServiceClient::new(channel);
    loop {
        let n = enrolled.load(Ordering::SeqCst) + 1;
        let mut request = Request::new(officer(n));
        let bearer = format!("Bearer {}", Staff.token());
        request
            .metadata_mut()
            .insert("authorization", bearer.parse().unwrap());
        client.enrol_officer(request).await.unwrap();
        enrolled.store(n, Ordering::SeqCst);
    }
}

/// Waits until more than `n` are enrolled.
async fn beyond(enrolled: &AtomicU32, n: u32) {
    while enrolled.load(Ordering::SeqCst) <= n {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

/// The last officer was enrolled after the backup: unknown now, and enrolled again as if never.
async fn lost_and_done_again(platform: &mut Platform, n: u32) {
    let ask = GetOfficerRequest {
        officer: format!("aux-{n}"),
    };
    let id = uuid::Uuid::from_u128(0xd211_0001);
    let unknown = platform.ask_once(Staff, id, ask.clone()).await.unwrap_err();
    assert_eq!(unknown.reason, "OFFICER_UNKNOWN");
    let id = uuid::Uuid::from_u128(0xd211_0002);
    platform.answered(Staff, id, officer(n)).await.unwrap();
    let id = uuid::Uuid::from_u128(0xd211_0003);
    let known = platform.answered(Staff, id, ask).await.unwrap();
    assert_eq!(known.name, "Rowan Ashby");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_that_burnt_is_restored_elsewhere_and_ends_with_the_same_statements() {
    let mut platform = Platform::start().await;
    let mut fire = Fire {
        folder: tempfile::tempdir().unwrap(),
        lost: 0,
    };
    let told = month::told(&mut platform, &mut fire).await;
    assert!(fire.lost > 0, "nobody wrote after the backup");
    golden::assert_undisturbed(&mut platform, &told).await;
    platform.finish().await;
}
