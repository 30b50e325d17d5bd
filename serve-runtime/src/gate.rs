//! How many calls an in-place deployment works on at a time, and how many may wait.

use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

/// Why a call was not let in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// As many calls as may wait are waiting.
    Full,
    /// The gate was closed.
    Closed,
}

/// Lets in a bounded number of calls; a bounded number may wait, first come first served.
#[derive(Debug)]
pub(crate) struct Gate {
    permits: Semaphore,
    waiting: AtomicU32,
    max_waiting: u32,
}

/// A call that was let in; dropping it makes room for the next.
pub(crate) type Permit<'a> = SemaphorePermit<'a>;

impl Gate {
    pub(crate) fn new(max_inside: usize, max_waiting: u32) -> Self {
        Gate {
            permits: Semaphore::new(max_inside.min(Semaphore::MAX_PERMITS)),
            waiting: AtomicU32::new(0),
            max_waiting,
        }
    }

    /// Enters at once if there is room, waits if it may, else is refused.
    pub(crate) async fn enter(&self) -> Result<Permit<'_>, Refused> {
        if let Ok(permit) = self.permits.try_acquire() {
            return Ok(permit);
        }
        let _place = Place::take(self)?;
        self.permits.acquire().await.map_err(|_| Refused::Closed)
    }

    /// Lets nobody in any more, those who wait included.
    pub(crate) fn close(&self) {
        self.permits.close();
    }
}

/// A place in the line; given up when the caller enters or goes away.
struct Place<'a>(&'a Gate);

impl<'a> Place<'a> {
    fn take(gate: &'a Gate) -> Result<Self, Refused> {
        let one_more = |waiting| (waiting < gate.max_waiting).then_some(waiting + 1);
        gate.waiting
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more)
            .map(|_| Place(gate))
            .map_err(|_| Refused::Full)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::pin::pin;

    #[tokio::test]
    async fn one_waits_and_the_next_is_refused() {
        let gate = Gate::new(1, 1);
        let inside = gate.enter().await.unwrap();
        let mut waiting = pin!(gate.enter());
        assert!(waiting.as_mut().now_or_never().is_none());
        assert_eq!(gate.enter().await.unwrap_err(), Refused::Full);
        drop(inside);
        assert!(waiting.await.is_ok());
    }

    #[tokio::test]
    async fn who_goes_away_gives_up_the_place() {
        let gate = Gate::new(1, 1);
        let _inside = gate.enter().await.unwrap();
        {
            let mut gone = pin!(gate.enter());
            assert!(gone.as_mut().now_or_never().is_none());
            assert_eq!(gate.waiting.load(Ordering::Relaxed), 1);
        }
        assert_eq!(gate.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn a_closed_gate_refuses_those_who_wait() {
        let gate = Gate::new(1, 1);
        let _inside = gate.enter().await.unwrap();
        let mut waiting = pin!(gate.enter());
        assert!(waiting.as_mut().now_or_never().is_none());
        gate.close();
        assert_eq!(waiting.await.unwrap_err(), Refused::Closed);
    }
}
