//! In any order of completion, random graphs return the same as the same programs in plain sequential
//! Rust, and call each function as often, with the same arguments.
//!
//! `generate/` is the build script, which writes them; `nodes.rs` has the functions that they call.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod compare;
mod nodes;

/// Written by `generate/`: names and blocks are as random as the rest.
#[allow(unused, clippy::all)]
mod programs {
    use serve_runtime::prelude::*;

    use crate::compare::compare;
    use crate::nodes::*;

    include!(concat!(env!("OUT_DIR"), "/random.rs"));
}
