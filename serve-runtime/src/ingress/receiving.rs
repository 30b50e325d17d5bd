//! Limits the memory of the bodies that are being received.
//!
//! A request takes its place when its body is there: clients that send slowly keep no place from others.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{Error, ErrorKind, Result};

/// The bytes that bodies may still take, together.
pub(super) struct Receiving {
    left: AtomicUsize,
    most: usize,
}

/// The bytes of one body.
pub(super) struct Received<'r> {
    of: &'r Receiving,
    bytes: usize,
}

impl Receiving {
    /// As much as the requests in flight may take with bodies of the largest size.
    pub(super) fn new(max_ongoing_requests: usize, max_body_bytes: usize) -> Self {
        let most = max_ongoing_requests.saturating_mul(max_body_bytes);
        Receiving {
            left: AtomicUsize::new(most),
            most,
        }
    }

    /// A body of which nothing has come.
    pub(super) fn begin(&self) -> Received<'_> {
        Received { of: self, bytes: 0 }
    }
}

impl Received<'_> {
    /// Makes room for more of the body, or refuses the request.
    pub(super) fn more(&mut self, bytes: usize) -> Result<()> {
        let fits = |left: usize| left.checked_sub(bytes);
        let left = &self.of.left;
        let taken = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits);
        taken.map_err(|_| {
            let most = self.of.most;
            let message = format!("bodies of {most} bytes in all are already being received");
            Error::new(ErrorKind::Overloaded, message)
        })?;
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Received<'_> {
    fn drop(&mut self) {
        self.of.left.fetch_add(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_take_no_more_than_the_requests_in_flight_may() {
        let receiving = Receiving::new(2, 10);
        let (mut one, mut other) = (receiving.begin(), receiving.begin());
        one.more(8).unwrap();
        other.more(9).unwrap();
        let error = one.more(4).unwrap_err();
        let message = "bodies of 20 bytes in all are already being received";
        assert_eq!(error.message(), message);
        drop(one);
        other.more(11).unwrap();
        drop(other);
        receiving.begin().more(20).unwrap();
        Receiving::new(usize::MAX, 10);
    }
}
