//! What is remembered of neighbours' facts.
//!
//! Agreements say where a fact goes. Figures and incidents are kept whole, so that an agreement
//! that comes into force later gets those from before. Duties and days say which time of a month
//! is not approved yet.

pub(crate) mod agreements;
pub(crate) mod days;
pub(crate) mod duties;
pub(crate) mod figures;
pub(crate) mod incidents;
mod remembered;

use eventlog::{FactRow, LogId, Mirror, Typed};
use prost::Message;
use wire::Violation;
use wire::convert::WrongFields;

pub(crate) use remembered::Remembered;

/// Every mirror.
pub(crate) fn all() -> Vec<Box<dyn Mirror>> {
    vec![
        rpc::grants::mirror(),
        Box::new(Typed::of::<agreements::Agreements>()),
        Box::new(Typed::of::<figures::Figures>()),
        Box::new(Typed::of::<incidents::Incidents>()),
        Box::new(Typed::of::<duties::Duties>()),
        Box::new(Typed::of::<days::Days>()),
    ]
}

/// Whether every mirror can read a fact. A mirror itself has no way to say no, so the listener
/// asks before.
pub(crate) fn check(fact: &FactRow) -> Result<(), String> {
    rpc::grants::check(fact)?;
    agreements::read(fact)?;
    figures::read(fact)?;
    incidents::read(fact)?;
    duties::read(fact)?;
    days::read(fact)?;
    Ok(())
}

/// The log of a neighbour.
pub(crate) fn source(service: &'static str) -> LogId {
    service
        .parse()
        .expect("a service's name is one lower-case word")
}

/// The message of a fact.
fn decode<M: Message + Default>(fact: &FactRow) -> Result<M, String> {
    M::decode(fact.bytes.as_slice()).map_err(|error| format!("{}: {error}", place(fact)))
}

/// What is wrong with a fact, and which one it is.
fn wrong(fact: &FactRow, fields: WrongFields) -> String {
    let words = |v: &Violation| format!("{}: {}", v.field, v.description);
    let fields: Vec<_> = fields.0.iter().map(words).collect();
    format!("{}: {}", place(fact), fields.join("; "))
}

fn place(fact: &FactRow) -> String {
    format!("{}:{} cannot be read as {}", fact.log, fact.seq, fact.kind)
}
