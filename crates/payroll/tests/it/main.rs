//! Payroll on a real PostgreSQL and NATS: its calls, what it listens to, its tables.

mod calls;
mod corrections;
mod listening;
mod refusals;
mod registry;
mod tables;
mod world;
