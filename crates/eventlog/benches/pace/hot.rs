//! One log that everybody writes: 256 commands in flight, against designs in which each commit
//! holds the head's row.

use local::Stack;

use crate::append::Ours;
use crate::figures::{Ratio, Rounds, Table, Target};
use crate::plain::{Design, Plain};
use crate::{Outcome, ROUNDS, fresh};

const IN_FLIGHT: u64 = 256;
const CONNECTIONS: u64 = 32;

pub(crate) async fn run(stack: &Stack, table: &mut Table) -> Outcome<()> {
    let (store, url) = fresh(stack, "hot").await?;
    let mut ours = Ours::new(&store, "hot", IN_FLIGHT)?;
    let mut plain = Plain::new(&url, CONNECTIONS).await?;
    ours.run(64, 1).await?;
    let (mut held, mut at_once) = (Rounds::default(), Rounds::default());
    for _ in 0..ROUNDS {
        let locked = plain.run(4, Design::RowLock).await?;
        let short = plain.run(4, Design::RowLockAtOnce).await?;
        let took = ours.run(16, 1).await?;
        held.push(took, locked);
        at_once.push(took, short);
    }
    let target = Target::AtLeast(Ratio::hundredths(3_000));
    let what = "(b) one hot log, 256 in flight / row lock from UPDATE to COMMIT, 32 connections";
    table.compare(what, "events", &held, target);
    let what = "(b) the same / row lock in one statement";
    table.compare(what, "events", &at_once, Target::None);
    store.close().await;
    Ok(())
}
