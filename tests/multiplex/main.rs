//! Several models in one replica: how they are loaded and kept, and which replica a call goes to.
#![allow(clippy::unwrap_used, unreachable_pub)]

mod affinity;
mod batches;
mod circles;
mod entries;
mod keeping;
mod library;
mod loading;
mod streams;
mod threads;

use serve_tests::support;
