//! Deadlines: until when a request has to be answered, and what cannot be done by then.
//!
//! ```text
//! graph, client or handle ─> Terms ─> Within: ends the call at its deadline
//!                              │
//!                              └────> Timed: before a node starts, is it hopeless?
//!                                       │ └─ Ahead, which goes with the call into a queue
//!                                       └─── Estimates: what each node takes at least
//! ```
//!
//! A request without a deadline has none of these, and reads no clock.

mod ahead;
mod estimates;
mod paths;
mod timed;
mod within;

pub(crate) use ahead::Ahead;
pub(crate) use estimates::Estimates;
pub(crate) use timed::Timed;
pub(crate) use within::{Terms, within};

use std::time::Duration;

use tokio::time::Instant;

use crate::Error;

/// Why something that needs a while is not to be started, if that is so.
fn late(deadline: Instant, now: Instant, needs: Duration) -> Option<Error> {
    let left = deadline.saturating_duration_since(now);
    if left.is_zero() {
        return Some(Error::deadline_passed());
    }
    (left < needs).then(|| Error::deadline_out_of_reach(left, needs))
}
