//! Deadlines: until when a request has to be answered, and what cannot be done by then.
//!
//! ```text
//! graph, client or handle ─> Terms ─> Within: ends the call at its deadline
//!                              │
//!                              └────> Timed: before a node starts, is it hopeless?
//!                                       │ └─ Turn, one poll: which node is at work
//!                                       │     └─ Ahead, which goes with its call into a queue
//!                                       └─── Estimates: what each node takes at least
//! ```
//!
//! A request without a deadline has none of these, and reads no clock.

mod current_node;
mod estimates;
mod paths;
mod remaining_work;
mod request_clock;
mod within;

pub(crate) use current_node::turns;
pub(crate) use estimates::Estimates;
pub(crate) use remaining_work::Ahead;
pub(crate) use request_clock::Timed;
pub(crate) use within::{Terms, within};

use std::time::Duration;

use crate::Error;

/// Why something that needs a while is not to be started, if that is so.
fn late(left: Duration, needs: Duration) -> Option<Error> {
    if left.is_zero() {
        return Some(Error::deadline_passed());
    }
    (left < needs).then(|| Error::deadline_out_of_reach(left, needs))
}
