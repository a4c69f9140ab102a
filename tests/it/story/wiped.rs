//! JetStream is delivery, never truth.

use super::golden;
use super::month::{self, Disturbance, Step};
use super::platform::Platform;

/// Deletes JetStream's whole store between chapters, also with facts on their way.
struct Wipes;

impl Disturbance for Wipes {
    async fn after(&mut self, step: Step, platform: &mut Platform) {
        if matches!(
            step,
            Step::Agreement
                | Step::SecondHalf
                | Step::Incidents
                | Step::Approvals
                | Step::Correction
        ) {
            platform.stack.wipe_jetstream().await.unwrap();
            platform.tally.wipes += 1;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_the_jetstream_store_five_times_changes_no_statement() {
    let mut platform = Platform::start().await;
    let told = month::told(&mut platform, &mut Wipes).await;
    golden::assert_undisturbed(&mut platform, &told).await;
    let tally = platform.finish().await;
    assert_eq!(tally.wipes, 5);
}
