//! Rules in the test language: given these events, when this is asked, then that.

mod approve;
mod clock;
mod duties;
mod facts;
mod laws;
mod weeks;
mod world;
