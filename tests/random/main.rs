//! In any order of completion, random graphs return the same as the same programs in plain sequential
//! Rust, call each function as often, with the same arguments, clone no value more often, and drop each of them.
//! `compare.rs` has what else is tried: calls that fail (`fail.rs`), requests that are dropped at each of their polls
//! (`cancel.rs`), and executors that poll only when they are woken, or when they are not (`strict.rs`).
//!
//! `generate/` is the build script, which writes them; `nodes.rs` has the functions that they call, and `wakes.rs` how
//! those are woken.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod calls;
mod cancel;
mod case;
mod compare;
mod compute_nodes;
mod fail;
mod life;
mod more_nodes;
mod nodes;
mod strict;
mod wakes;

/// Written by `generate/`: names and blocks are as random as the rest.
#[allow(unused, clippy::all)]
mod programs {
    use serve_runtime::prelude::*;

    use crate::calls::inside;
    use crate::compare::compare;
    use crate::compute_nodes::*;
    use crate::life::Tag;
    use crate::more_nodes::*;
    use crate::nodes::*;

    include!(concat!(env!("OUT_DIR"), "/random.rs"));
}
