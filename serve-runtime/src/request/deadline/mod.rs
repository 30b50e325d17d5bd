//! Deadlines: when a request has to be answered, and which calls cannot be done by then.
//!
//! ```text
//! graph, client or handle ─> Terms ─> Within: ends the call at its deadline
//!                              │
//!                              └────> RequestClock: before a node starts, checks that there is enough time
//!                                       │ └─ CurrentNode: the node that one poll is at
//!                                       │     └─ RemainingWork: goes into a queue with the node's call
//!                                       └─── Estimates: the time of each node at its fastest, recently
//! ```
//!
//! A request without a deadline has none of these, and reads no clock.

mod current_node;
mod estimates;
mod paths;
mod remaining_work;
mod request_clock;
mod shortest_time;
mod within;

pub(crate) use current_node::{before_a_call, tracked};
pub(crate) use estimates::Estimates;
pub(crate) use remaining_work::RemainingWork;
pub(crate) use request_clock::RequestClock;
pub(crate) use within::{Terms, within};

use std::time::Duration;

use crate::{Error, Result};

/// Why a request is continued.
enum InTime {
    /// It can be answered in time.
    Possible,
    /// Only if the estimates are wrong, which it finds out.
    Probe,
}

/// Returns an error if work of that length cannot be done before the deadline, by all that is known.
fn check_time(
    left: Duration,
    estimates: &Estimates,
    needs: impl Fn() -> Duration,
) -> Result<InTime> {
    if left.is_zero() {
        return Err(Error::deadline_passed());
    }
    if left >= needs() || (estimates.refresh() && left >= needs()) {
        return Ok(InTime::Possible);
    }
    match estimates.probes() {
        true => Ok(InTime::Probe),
        false => Err(Error::deadline_out_of_reach(left, needs())),
    }
}
