//! Tables that answer questions: pure maps `(event, old row) -> new row`.
//!
//! # Why
//!
//! No clock, no randomness, no reads elsewhere: so a table can be folded again from the log at
//! any time and must come out the same, digest for digest. The rows are written in the append
//! transaction, so what a caller wrote it can read.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::record::{FactRow, Recorded};

/// A keyed table fed by this service's own events. Rows of one log only see that log.
pub trait Projection: Send + Sync {
    /// Plural noun, `[a-z_]`: the table is `p_<name>_v<version>`.
    fn name(&self) -> &'static str;

    /// Raised when the fold or the row changes; a new version is folded from the log at open.
    fn version(&self) -> u32;

    /// Top-level fields of the row that can be filtered on.
    fn indexes(&self) -> &'static [&'static str] {
        &[]
    }

    /// The rows this event touches.
    fn keys(&self, event: &Recorded) -> Vec<String>;

    /// The row after the event; `None` deletes it.
    fn apply(&self, event: &Recorded, key: &str, old: Option<Value>) -> Option<Value>;
}

/// The same, fed by neighbours' facts and written in the transaction that moves the receipt:
/// table `m_<name>_v<version>`, whose log id is the source log.
pub trait Mirror: Send + Sync {
    fn name(&self) -> &'static str;
    fn version(&self) -> u32;
    fn indexes(&self) -> &'static [&'static str] {
        &[]
    }
    fn keys(&self, fact: &FactRow) -> Vec<String>;
    fn apply(&self, fact: &FactRow, key: &str, old: Option<Value>) -> Option<Value>;
}

/// A projection with a typed row: `Box::new(Typed::of::<Duties>())` makes it a [`Projection`].
pub trait TypedRows: Send + Sync + 'static {
    const NAME: &'static str;
    const VERSION: u32;
    const INDEXES: &'static [&'static str] = &[];
    type Row: Serialize + DeserializeOwned;
    fn keys(event: &Recorded) -> Vec<String>;
    fn apply(event: &Recorded, key: &str, old: Option<Self::Row>) -> Option<Self::Row>;
}

/// A mirror with a typed row: `Box::new(Typed::of::<Towns>())` makes it a [`Mirror`].
pub trait TypedMirror: Send + Sync + 'static {
    const NAME: &'static str;
    const VERSION: u32;
    const INDEXES: &'static [&'static str] = &[];
    type Row: Serialize + DeserializeOwned;
    fn keys(fact: &FactRow) -> Vec<String>;
    fn apply(fact: &FactRow, key: &str, old: Option<Self::Row>) -> Option<Self::Row>;
}

/// Makes a typed table an untyped one. A stored row that its own type can not read is a bug (the
/// version was not raised): it panics, which fails the one command that met it.
pub struct Typed<T>(PhantomData<fn() -> T>);

impl Typed<()> {
    /// The adaptor of `T`.
    pub fn of<T>() -> Typed<T> {
        Typed(PhantomData)
    }
}

impl<T: TypedRows> Projection for Typed<T> {
    fn name(&self) -> &'static str {
        T::NAME
    }
    fn version(&self) -> u32 {
        T::VERSION
    }
    fn indexes(&self) -> &'static [&'static str] {
        T::INDEXES
    }
    fn keys(&self, event: &Recorded) -> Vec<String> {
        T::keys(event)
    }
    fn apply(&self, event: &Recorded, key: &str, old: Option<Value>) -> Option<Value> {
        let old = old.map(|row| read(T::NAME, row));
        T::apply(event, key, old).map(|row| write(T::NAME, &row))
    }
}

impl<T: TypedMirror> Mirror for Typed<T> {
    fn name(&self) -> &'static str {
        T::NAME
    }
    fn version(&self) -> u32 {
        T::VERSION
    }
    fn indexes(&self) -> &'static [&'static str] {
        T::INDEXES
    }
    fn keys(&self, fact: &FactRow) -> Vec<String> {
        T::keys(fact)
    }
    fn apply(&self, fact: &FactRow, key: &str, old: Option<Value>) -> Option<Value> {
        let old = old.map(|row| read(T::NAME, row));
        T::apply(fact, key, old).map(|row| write(T::NAME, &row))
    }
}

fn read<R: DeserializeOwned>(name: &str, row: Value) -> R {
    match serde_json::from_value(row) {
        Ok(row) => row,
        Err(e) => panic!("a row of {name} does not fit its type (raise its version): {e}"),
    }
}

fn write<R: Serialize>(name: &str, row: &R) -> Value {
    match serde_json::to_value(row) {
        Ok(row) => row,
        Err(e) => panic!("a row of {name} can not be written as JSON: {e}"),
    }
}
