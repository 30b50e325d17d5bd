//! Graphs at work, called through handles and over HTTP.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod budgets;
mod calls;
mod conformance;
mod constructors;
mod failing_constructors;
mod faults;
mod http;
mod inference;
mod language;
mod life;
mod overload;
mod parallel;

mod params;
mod process;
mod request_ids;
mod serving;
mod shutdown;
mod support;
