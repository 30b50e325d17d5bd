//! Records the calls by their arguments, so that their order makes no difference, and lets one of them fail.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serve_runtime::{Error, Result};

pub type Calls = BTreeMap<String, usize>;

/// The message of the calls that fail.
pub const PLANNED: &str = "planned";

struct State {
    calls: Calls,
    planned: Option<String>,
    /// How many graphs plain Rust is in, besides the outermost; and which calls it makes in them, and which in that one.
    depth: usize,
    inside: BTreeSet<String>,
    outside: BTreeSet<String>,
}

static STATE: Mutex<State> = Mutex::new(State {
    calls: Calls::new(),
    planned: None,
    depth: 0,
    inside: BTreeSet::new(),
    outside: BTreeSet::new(),
});

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Records a call; returns whether it is to fail.
fn record(function: &str, arguments: impl Debug) -> bool {
    let call = format!("{function}{arguments:?}");
    let mut state = state();
    let fails = state.planned.as_ref() == Some(&call);
    match state.depth {
        0 => state.outside.insert(call.clone()),
        _ => state.inside.insert(call.clone()),
    };
    *state.calls.entry(call).or_default() += 1;
    fails
}

/// A call of a function that can only panic.
pub fn note(function: &str, arguments: impl Debug) {
    if record(function, arguments) {
        std::panic::panic_any(PLANNED);
    }
}

/// A call of a function that returns errors.
pub fn try_note(function: &str, arguments: impl Debug) -> Result<()> {
    match record(function, arguments) {
        true => Err(Error::upstream(PLANNED)),
        false => Ok(()),
    }
}

/// In plain Rust: what a graph in the graph does.
pub async fn inside<F: Future>(graph: F) -> F::Output {
    state().depth += 1;
    let output = graph.await;
    state().depth -= 1;
    output
}

/// Returns what was recorded since the last time.
pub fn forget() -> Calls {
    let mut state = state();
    state.inside.clear();
    state.outside.clear();
    std::mem::take(&mut state.calls)
}

/// The calls that plain Rust has made, since the last time, only in graphs in the graph.
pub fn only_inside() -> BTreeSet<String> {
    let state = state();
    state.inside.difference(&state.outside).cloned().collect()
}

/// Lets a call fail until the guard is dropped.
pub fn plan(call: &str) -> Planned {
    state().planned = Some(call.to_owned());
    Planned
}

pub struct Planned;

impl Drop for Planned {
    fn drop(&mut self) {
        state().planned = None;
    }
}
