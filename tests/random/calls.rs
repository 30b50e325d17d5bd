//! Records the calls by their arguments, so that their order makes no difference, and lets one of them fail.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use serve_runtime::{Error, Result};

pub type Calls = BTreeMap<String, usize>;

/// The message of the calls that fail.
pub const PLANNED: &str = "planned";

static CALLS: Mutex<(Calls, Option<String>)> = Mutex::new((Calls::new(), None));

fn with<T>(change: impl FnOnce(&mut Calls, &mut Option<String>) -> T) -> T {
    let mut state = CALLS.lock().unwrap_or_else(PoisonError::into_inner);
    let (calls, planned) = &mut *state;
    change(calls, planned)
}

/// Records a call; returns whether it is to fail.
fn record(function: &str, arguments: impl Debug) -> bool {
    let call = format!("{function}{arguments:?}");
    with(|calls, planned| {
        let fails = planned.as_ref() == Some(&call);
        *calls.entry(call).or_default() += 1;
        fails
    })
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

/// Returns what was recorded since the last time.
pub fn forget() -> Calls {
    with(|calls, _| std::mem::take(calls))
}

/// Lets a call fail until the guard is dropped.
pub fn plan(call: &str) -> Planned {
    with(|_, planned| *planned = Some(call.to_owned()));
    Planned
}

pub struct Planned;

impl Drop for Planned {
    fn drop(&mut self) {
        with(|_, planned| *planned = None);
    }
}
