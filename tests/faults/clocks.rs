//! A clock that is a day off.

use std::sync::Arc;

use eventlog::{Real, Store, Surroundings};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::check;
use crate::dice::{Dice, seeds};
use crate::load::Load;
use crate::report::Report;
use crate::service::{self, log};
use crate::world::World;

/// The real world, some hours off.
struct Off(SignedDuration);

impl Surroundings for Off {
    fn now(&self) -> Timestamp {
        Real.now() + self.0
    }

    fn uuid(&self) -> Uuid {
        Real.uuid()
    }

    fn salt(&self) -> proof::Salt {
        Real.salt()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_whose_clock_jumps_by_a_day_records_no_row_before_the_row_before_it() {
    let mut report = Report::new("clock of the owner a day ahead, right, a day behind, in turn");
    for seed in seeds(1) {
        let world = World::shared().await;
        let (north, mut dice) = (log("towns/north"), Dice::new(seed));
        let work = world.work().await;
        for (n, hours) in (1..).zip([0, 24, 0, -24, 24, -24]) {
            let mut options = service::owner("towns", &world.towns_url);
            options.surroundings = Arc::new(Off(SignedDuration::from_hours(hours)));
            let store = Store::open(options).await.unwrap();
            let load = Load::start(&store, &north, &world.journal, &dice, n, 4);
            dice.pause(100).await;
            tokio::time::sleep(std::time::Duration::from_millis(60)).await;
            load.stop().await;
            store.close().await;
            report.fault();
        }
        report.recovered(world.probe(&north).await);
        report.run(check::sound(&world, &north).await);
        work.stop().await;
    }
    report.print();
}
