//! Deadlines: when a request has to be answered, and which calls cannot be done by then.
//!
//! ```text
//! graph, client or handle ─> Terms ─> Within: ends the call at its deadline
//!                              │
//!                              └────> RequestClock: before a node starts, checks that there is enough time
//!                                       │ └─ CurrentNode: the node that one poll is at
//!                                       │     └─ RemainingWork: goes into a queue with the node's call
//!                                       └─── Estimates: the minimum time of each node
//! ```
//!
//! A request without a deadline has none of these, and reads no clock.

mod current_node;
mod estimates;
mod paths;
mod remaining_work;
mod request_clock;
mod within;

pub(crate) use current_node::tracked;
pub(crate) use estimates::Estimates;
pub(crate) use remaining_work::RemainingWork;
pub(crate) use request_clock::RequestClock;
pub(crate) use within::{Terms, within};

use std::time::Duration;

use crate::{Error, Result};

/// Returns an error if work of that length cannot be done before the deadline.
fn check_time(left: Duration, needs: Duration) -> Result<()> {
    if left.is_zero() {
        return Err(Error::deadline_passed());
    }
    if left < needs {
        return Err(Error::deadline_out_of_reach(left, needs));
    }
    Ok(())
}
