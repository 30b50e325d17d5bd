//! The line in front of an in-place deployment whose replicas are limited.
//!
//! Who finds nobody waiting and a place free just takes it: that costs one load beside the place's
//! own counter. Everybody else stands in line, first come first served; the line is bounded, and who
//! finds it full is refused at once.

use std::pin::pin;

use tokio::time::timeout_at;

use crate::request::context::deadline;
use crate::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use crate::sync::{Notify, Turn};

/// Why a call was not let in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// As many calls as may wait are waiting.
    Full,
    /// The gate was closed.
    Closed,
    /// The call's deadline has passed.
    Late,
}

/// The line. The places themselves are the caller's: a gate only says who may try to take one.
#[derive(Debug)]
pub(crate) struct Gate {
    waiting: AtomicU32,
    /// Held by the head of the line. tokio's mutex hands itself on in the order of asking.
    turn: Turn<()>,
    /// Tells the head that a place may have become free.
    freed: Notify,
    /// Tells whoever waits for it that the line has become empty.
    emptied: Notify,
    closed: AtomicBool,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Gate {
            waiting: AtomicU32::new(0),
            turn: Turn::new(()),
            freed: Notify::new(),
            emptied: Notify::new(),
            closed: AtomicBool::new(false),
        }
    }

    /// Takes a place with `take`, if nobody waits and one is free.
    #[inline]
    pub(crate) fn try_enter<P>(&self, take: impl Fn() -> Option<P>) -> Option<P> {
        match self.waiting.load(Ordering::SeqCst) {
            0 => take(),
            _ => None,
        }
    }

    /// Takes a place with `take` in its turn, unless `max_waiting` wait already. A request waits no longer
    /// than its deadline.
    pub(crate) async fn wait<P>(
        &self,
        max_waiting: u32,
        take: impl Fn() -> Option<P>,
    ) -> Result<P, Refused> {
        let wait = self.stand_in_line(max_waiting, take);
        match deadline() {
            Some(deadline) => timeout_at(deadline, wait)
                .await
                .unwrap_or(Err(Refused::Late)),
            None => wait.await,
        }
    }

    /// No place is lost between `take` and the wait for one: this call counts as waiting before it
    /// looks for a place, and `left` looks for who waits after its place is free. Both are sequentially
    /// consistent, so at least one of the two sees the other.
    async fn stand_in_line<P>(
        &self,
        max_waiting: u32,
        take: impl Fn() -> Option<P>,
    ) -> Result<P, Refused> {
        let _in_line = InLine::join(self, max_waiting)?;
        let _turn = self.turn.lock().await;
        loop {
            let mut freed = pin!(self.freed.notified());
            freed.as_mut().enable();
            if self.closed.load(Ordering::SeqCst) {
                self.freed.notify_one(); // the next in line is to go away, too
                return Err(Refused::Closed);
            }
            if let Some(place) = take() {
                return Ok(place);
            }
            freed.await;
        }
    }

    /// A place has been given back, or there are more places.
    #[inline]
    pub(crate) fn left(&self) {
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.freed.notify_one();
        }
    }

    /// How many calls wait.
    pub(crate) fn waiting(&self) -> u32 {
        self.waiting.load(Ordering::SeqCst)
    }

    /// Waits until nobody waits.
    pub(crate) async fn emptied(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.waiting() == 0 {
                return;
            }
            emptied.await;
        }
    }

    /// Lets in nobody who waits. Who comes later has to be told elsewhere.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.freed.notify_one();
    }

    /// Lets in again who waits.
    pub(crate) fn open(&self) {
        self.closed.store(false, Ordering::SeqCst);
    }
}

/// A place in the line; given up when the call enters or goes away.
struct InLine<'a>(&'a Gate);

impl<'a> InLine<'a> {
    fn join(gate: &'a Gate, max_waiting: u32) -> Result<Self, Refused> {
        let one_more = |waiting| (waiting < max_waiting).then_some(waiting + 1);
        gate.waiting
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more)
            .map(|_| InLine(gate))
            .map_err(|_| Refused::Full)
    }
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        if self.0.waiting.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.emptied.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::sync::Arc;

    /// A gate with a number of places behind it.
    struct House {
        gate: Gate,
        max_waiting: u32,
        free: AtomicU32,
    }

    impl House {
        fn new(places: u32, max_waiting: u32) -> Self {
            House {
                gate: Gate::new(),
                max_waiting,
                free: AtomicU32::new(places),
            }
        }

        async fn enter(&self) -> Result<Guest<'_>, Refused> {
            match self.gate.try_enter(|| self.take()) {
                Some(guest) => Ok(guest),
                None => self.gate.wait(self.max_waiting, || self.take()).await,
            }
        }

        fn take(&self) -> Option<Guest<'_>> {
            let one_less = |free: u32| free.checked_sub(1);
            let taken = self
                .free
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less);
            taken.ok().map(|_| Guest(self))
        }
    }

    #[derive(Debug)]
    struct Guest<'a>(&'a House);

    impl std::fmt::Debug for House {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("House")
        }
    }

    impl Drop for Guest<'_> {
        fn drop(&mut self) {
            self.0.free.fetch_add(1, Ordering::SeqCst);
            self.0.gate.left();
        }
    }

    #[tokio::test]
    async fn one_waits_and_the_next_is_refused() {
        let house = House::new(1, 1);
        let inside = house.enter().await.unwrap();
        let mut waiting = pin!(house.enter());
        assert!(waiting.as_mut().now_or_never().is_none());
        assert_eq!(house.enter().await.unwrap_err(), Refused::Full);
        drop(inside);
        assert!(waiting.await.is_ok());
    }

    #[tokio::test]
    async fn who_comes_later_does_not_overtake() {
        let house = House::new(1, 2);
        let inside = house.enter().await.unwrap();
        let mut first = pin!(house.enter());
        let mut second = pin!(house.enter());
        assert!(first.as_mut().now_or_never().is_none());
        assert!(second.as_mut().now_or_never().is_none());
        drop(inside);
        assert!(second.as_mut().now_or_never().is_none());
        let inside = first.now_or_never().unwrap().unwrap();
        drop(inside);
        assert!(second.now_or_never().unwrap().is_ok());
    }

    #[tokio::test]
    async fn who_goes_away_gives_up_the_turn() {
        let house = House::new(1, 2);
        let inside = house.enter().await.unwrap();
        let mut second = {
            let mut gone = Box::pin(house.enter());
            assert!(gone.as_mut().now_or_never().is_none());
            let mut second = Box::pin(house.enter());
            assert!(second.as_mut().now_or_never().is_none());
            drop(inside); // tells the head, which goes away without having heard
            second
        };
        assert!(second.as_mut().now_or_never().unwrap().is_ok());
        assert_eq!(house.gate.waiting.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn a_closed_gate_sends_everybody_in_line_away() {
        let house = House::new(1, 2);
        let _inside = house.enter().await.unwrap();
        let mut first = pin!(house.enter());
        let mut second = pin!(house.enter());
        assert!(first.as_mut().now_or_never().is_none());
        assert!(second.as_mut().now_or_never().is_none());
        house.gate.close();
        assert_eq!(first.await.unwrap_err(), Refused::Closed);
        assert_eq!(second.await.unwrap_err(), Refused::Closed);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn nobody_is_forgotten_and_the_house_is_never_too_full() {
        let house = Arc::new(House::new(3, u32::MAX));
        let inside = Arc::new(AtomicU32::new(0));
        let guests: Vec<_> = (0..2_000)
            .map(|_| {
                let (house, inside) = (Arc::clone(&house), Arc::clone(&inside));
                tokio::spawn(async move {
                    let _guest = house.enter().await.unwrap();
                    assert!(inside.fetch_add(1, Ordering::SeqCst) < 3);
                    tokio::task::yield_now().await;
                    inside.fetch_sub(1, Ordering::SeqCst);
                })
            })
            .collect();
        for guest in guests {
            guest.await.unwrap();
        }
        assert_eq!(house.free.load(Ordering::SeqCst), 3);
    }
}
