//! Who makes a call, which decides how it waits where it finds no place.

use serve_topology::options::MAX_QUEUED_FROM_OUTSIDE;

use crate::request::inside::is_inside;

/// Who makes a call of a handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// A node that every request of its entry has: its request was only let in because there is a place for it, so
    /// it is never refused.
    Counted,
    /// A node that only some requests of its entry have. No place was counted for it.
    Uncounted,
    /// Code that holds a handle: a node's, for which no place was counted, or code outside of any request.
    Holder,
}

impl Caller {
    /// How many calls may wait for a place, this one included; `max` is what the user has set, if anything.
    ///
    /// What has begun is finished: a call of a request that has begun is only refused by a number that the user has
    /// set. `u32::MAX` is any number, as the requests in flight are limited.
    pub(crate) fn may_wait(self, max: Option<u32>) -> u32 {
        match (self, max) {
            (Caller::Counted, _) => u32::MAX,
            (Caller::Uncounted | Caller::Holder, Some(max)) => max,
            (Caller::Uncounted, None) => u32::MAX,
            (Caller::Holder, None) if is_inside() => u32::MAX,
            (Caller::Holder, None) => MAX_QUEUED_FROM_OUTSIDE,
        }
    }
}
