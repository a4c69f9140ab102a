//! How fast questions about 200 officers are answered, on a real PostgreSQL over gRPC:
//! `cargo run --release -p scheduling --example scheduling_pace`.
#![expect(
    clippy::unwrap_used,
    dead_code,
    reason = "a measurement that cannot go on says so by ending; it shares the tests' world"
)]

#[path = "../tests/it/world.rs"]
mod world;

use std::time::Instant;

use wire::scheduling::v1 as pb;
use wire::training::v1 as training;

use world::{by, done, enrolled, permit, world as begin};

const OFFICERS: u32 = 200;

#[tokio::main]
async fn main() {
    let world = begin().await;
    for n in 4..=OFFICERS {
        world.hear("registry", &enrolled(n)).await;
    }
    for n in 3..=OFFICERS {
        world.hear("training", &permit(n)).await;
    }
    let mut ids = Vec::new();
    for n in 1..=OFFICERS {
        for day in 9..=13 {
            let id = format!("b{n}.{day}");
            world
                .draft(&id, &format!("2026-11-{day:02}"), &format!("cso-{n}"))
                .await;
            ids.push(id);
        }
    }
    let all: Vec<&str> = ids.iter().map(String::as_str).collect();
    let began = Instant::now();
    world.publish(&all).await;
    println!("{} shifts published in {:?}", all.len(), began.elapsed());
    world.draft("open", "2026-11-15", "").await;
    let ask = pb::ListCandidatesRequest {
        shift: "open".into(),
    };
    let began = Instant::now();
    let answer = world
        .shifts
        .clone()
        .list_candidates(by("plan-1", ask))
        .await;
    let found = done(answer);
    println!(
        "{} candidates and {} refused in {:?}",
        found.candidates.len(),
        found.refused.len(),
        began.elapsed()
    );
    let suspended = training::CredentialSuspended {
        officer: "cso-7".into(),
        credential: permit(7).credential,
        from: "2026-11-10".into(),
    };
    let began = Instant::now();
    world.hear("training", &suspended).await;
    println!("flagged in {:?}", began.elapsed());
    let began = Instant::now();
    let flags = world.flags().await;
    println!(
        "{} flags with candidates in {:?}",
        flags.len(),
        began.elapsed()
    );
}
