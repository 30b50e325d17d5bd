//! What operators do to a running server: a real process, with signals, files and sockets.
#![cfg(unix)]
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod applications;
mod descriptors;
mod floats;
mod killed;
mod pausing;
mod process;
mod reloading;
mod stopping;

use serve_tests::support;
