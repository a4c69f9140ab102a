//! What every gRPC service needs, written once: who calls, may they, under which ids, how long,
//! and how "no" is said.
//!
//! ```text
//! request ─▶ ids, span, deadline, log line ─▶ access ─▶ handler ─▶ meta ─▶ store ─▶ refuse
//!            (calls)                          (access)             (what the log wants to know)
//! ```

mod access;
mod actor;
mod as_of;
mod call;
mod calls;
mod changes;
pub mod denials;
pub mod erase;
mod gateway;
pub mod grants;
mod listen;
pub mod log;
mod meta;
pub mod page;
mod refuse;
mod sealed;
mod server;
mod signals;
mod tls;

pub use access::{Declared, Denied, Rule, RuleError, Rules};
pub use actor::{Actor, Role, Scope};
pub use call::{Call, NotATraceparent, REQUEST_ID, TRACEPARENT, Traceparent};
pub use gateway::{Gateway, SERVICE};
pub use grants::{Grant, Grants, GrantsError, GrantsFile, TokenHash};
pub use meta::{COMMAND_ID, DRY_RUN, actor, call, meta};
pub use page::Page;
pub use refuse::{internal, refuse};
pub use sealed::Sealed;
pub use server::{Health, Limits, Running, ServeError, Server, Services};
pub use tls::{Tls, TlsError, TlsFiles};
