//! Everything at once and in no order: the same statements all the same.

use std::time::Duration;

use bus::subject::{Names, consumer};
use eventlog::Cursor;
use tokio::process::Command;

use super::golden;
use super::month::{self, Disturbance, Step};
use super::platform::Platform;
use super::role::Role;
use super::streams::jetstream;

/// A day before and a day after the time that the other roles go by.
const BEHIND: &str = "2026-12-01T15:00:00Z";
const AHEAD: &str = "2026-12-03T15:00:00Z";
/// Whose clock is set, after which chapter.
const CLOCKS: [(Step, Role, &str); 6] = [
    (Step::Agreement, Role::Payroll, AHEAD),
    (Step::FirstHalf, Role::Registry, BEHIND),
    (Step::Changes, Role::Incidents, BEHIND),
    (Step::SecondHalf, Role::Payroll, BEHIND),
    (Step::Expenses, Role::Statements, BEHIND),
    (Step::October, Role::Statements, AHEAD),
];
/// What can happen to the platform; each seed draws some after every chapter.
const DEEDS: [&str; 5] = [
    "a role stops for a while",
    "sessions are ended",
    "a stream is deleted",
    "a consumer is deleted",
    "a cursor is turned back",
];

/// Batters; what it does follows from a seed.
struct Battering {
    dice: u64,
    done: Vec<&'static str>,
}

impl Battering {
    fn below(&mut self, n: usize) -> usize {
        self.dice = self
            .dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.dice >> 33).unwrap() % n
    }

    fn role(&mut self) -> Role {
        Role::ALL[self.below(Role::ALL.len())]
    }

    async fn batter(&mut self, deed: &'static str, platform: &mut Platform) {
        let role = self.role();
        self.done.push(deed);
        match deed {
            "a role stops for a while" => {
                let id = platform.process(role).id().unwrap().to_string();
                let pause = Duration::from_millis(100 + 100 * self.below(8) as u64);
                // Meanwhile the next chapter goes on.
                tokio::spawn(async move {
                    signal("-STOP", &id).await;
                    tokio::time::sleep(pause).await;
                    signal("-CONT", &id).await;
                });
            }
            "sessions are ended" => {
                let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                    WHERE datname = current_database()
                      AND application_name NOT LIKE 'commonwatch stories%'";
                let client = platform.store(role).pool().get().await.unwrap();
                client.query_one(end, &[]).await.unwrap();
            }
            "a stream is deleted" => {
                let stream = Names::new().stream(role.name());
                let _ = jetstream(platform).await.delete_stream(stream).await;
            }
            "a consumer is deleted" => {
                let stream = Names::new().stream(Role::Registry.name());
                let stream = jetstream(platform).await.get_stream(stream).await;
                for listener in [
                    Role::Training,
                    Role::Payroll,
                    Role::Scheduling,
                    Role::Incidents,
                    Role::Statements,
                ] {
                    let durable = consumer(listener.name(), Role::Registry.name());
                    if let Ok(stream) = &stream {
                        let _ = stream.delete_consumer(&durable).await;
                    }
                }
            }
            // As a restored backup would have it: no relay runs that knows better.
            _ => {
                platform.process(role).stop().await;
                let store = platform.store(role);
                for (log, _) in store.heads().await.unwrap() {
                    if let Some(cursor) = store.relay_cursor(&log).await.unwrap() {
                        let seq = cursor.seq / 2;
                        let older = Cursor { seq, ..cursor };
                        store.set_relay_cursor(&log, &older).await.unwrap();
                    }
                }
                platform.process(role).start(None);
                platform.serving().await;
            }
        }
    }
}

/// The role may have ended meanwhile.
async fn signal(name: &str, id: &str) {
    let _ = Command::new("kill").args([name, id]).status().await;
}

impl Disturbance for Battering {
    async fn after(&mut self, step: Step, platform: &mut Platform) {
        for (_, role, now) in CLOCKS.iter().filter(|(after, ..)| *after == step) {
            platform.set_clock(*role, now).await;
        }
        for _ in 0..3 {
            let deed = DEEDS[self.below(DEEDS.len())];
            self.batter(deed, platform).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_stopped_sessions_ended_streams_lost_and_clocks_a_day_off_change_no_statement() {
    let asked = std::env::var("COMMONWATCH_FAULT_SEEDS").ok();
    let seeds: u64 = asked.and_then(|text| text.parse().ok()).unwrap_or(1);
    for seed in 1..=seeds {
        let mut platform = Platform::start().await;
        let (dice, done) = (seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), Vec::new());
        let mut battering = Battering { dice, done };
        let told = month::told(&mut platform, &mut battering).await;
        golden::assert_undisturbed(&mut platform, &told).await;
        for deed in DEEDS {
            assert!(battering.done.contains(&deed), "{deed}: never done");
        }
        platform.finish().await;
        eprintln!("seed {seed}: {:?}", battering.done);
    }
}
