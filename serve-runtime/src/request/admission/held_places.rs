//! Places that a request takes before it begins, because it will keep some of them while it waits for others.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Mutex, Notify};

/// The places of a deployment's replicas, for the requests that keep some while they wait for others.
#[derive(Debug)]
pub(crate) struct HeldPlaces {
    all: AtomicUsize,
    taken: AtomicUsize,
    /// Held by the first in line. tokio's mutex is passed on in the order of asking.
    turn: Mutex<()>,
    changed: Notify,
}

/// Places that a request has taken; dropping it gives them back.
#[derive(Debug)]
pub(crate) struct Taken {
    places: Arc<HeldPlaces>,
    number: usize,
}

impl HeldPlaces {
    /// That many, until they are [set](HeldPlaces::set_number).
    pub(crate) fn new(all: usize) -> Self {
        HeldPlaces {
            all: AtomicUsize::new(all),
            taken: AtomicUsize::new(0),
            turn: Mutex::new(()),
            changed: Notify::new(),
        }
    }

    /// Sets how many there are.
    pub(crate) fn set_number(&self, all: usize) {
        self.all.store(all, Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    /// Waits for places, first come, first served. One request alone always gets them. A request that nobody polls
    /// keeps those behind it waiting, here as well as when it has its places.
    pub(crate) async fn take(self: &Arc<Self>, number: usize) -> Taken {
        let _turn = self.turn.lock().await;
        loop {
            let changed = self.changed.notified();
            let taken = self.taken.load(Ordering::SeqCst);
            if taken == 0 || taken.saturating_add(number) <= self.all.load(Ordering::SeqCst) {
                self.taken.fetch_add(number, Ordering::SeqCst);
                return Taken {
                    places: Arc::clone(self),
                    number,
                };
            }
            changed.await;
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.places.taken.fetch_sub(self.number, Ordering::SeqCst);
        self.places.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn places_are_given_in_the_order_of_asking() {
        let places = Arc::new(HeldPlaces::new(3));
        let two = places.take(2).await;
        let mut next = Box::pin(places.take(2));
        assert!(next.as_mut().now_or_never().is_none());
        // One would fit, but would overtake it.
        let mut last = Box::pin(places.take(1));
        assert!(last.as_mut().now_or_never().is_none());
        drop(two);
        let _next = next.now_or_never().unwrap();
        let _last = last.now_or_never().unwrap();
    }

    #[tokio::test]
    async fn one_request_alone_gets_them_and_more_places_let_more_in() {
        let places = Arc::new(HeldPlaces::new(1));
        let _first = places.take(2).await;
        let mut second = Box::pin(places.take(2));
        assert!(second.as_mut().now_or_never().is_none());
        places.set_number(4);
        second.now_or_never().unwrap();
    }
}
