//! The values from outside that the items of a fan-out share. The items do not wait for them to start: each node waits
//! for those that it takes.
//!
//! ```text
//! region around                        item
//! Delivery::begin  --- Capture ------> Capture::open -> the item's `Slot`, and an `Arrival`
//! Delivery::deliver -- Late, wakes --> Arrival::poll    puts the value into that slot
//! ```

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Waker};

use crate::Shared;
use crate::executor::slot::Slot;

/// A value for each item of a fan-out.
pub struct Capture<T>(Source<T>);

enum Source<T> {
    /// It was there when the fan-out started.
    Here(Shared<T>),
    Late(Arc<Mutex<Late<T>>>),
}

/// A value that was not there when the fan-out started.
enum Late<T> {
    /// The items that wait for it.
    Awaited(Vec<Waker>),
    Here(Shared<T>),
}

impl<T> Clone for Capture<T> {
    #[inline]
    fn clone(&self) -> Self {
        Capture(match &self.0 {
            Source::Here(value) => Source::Here(value.clone()),
            Source::Late(late) => Source::Late(Arc::clone(late)),
        })
    }
}

impl<T> Capture<T> {
    /// The item's own slot for the value, for that many consumers, and what fills it later.
    #[inline]
    pub fn open(self, consumers: usize) -> (Slot<T>, Arrival<T>) {
        match self.0 {
            Source::Here(value) => (Slot::shared(value, consumers), Arrival(None)),
            Source::Late(late) => {
                let waiting = Waiting { late, place: None };
                (Slot::new(consumers), Arrival(Some(waiting)))
            }
        }
    }
}

/// In the region around a fan-out: passes a value to the items when it is there.
pub struct Delivery<T>(Option<Arc<Mutex<Late<T>>>>);

impl<T> Delivery<T> {
    /// Before the fan-out has started.
    #[inline]
    #[allow(clippy::new_without_default)] // only for generated code
    pub fn new() -> Self {
        Delivery(None)
    }

    /// What the items get when the fan-out starts: the value, if it is there.
    #[inline]
    pub fn begin(&mut self, value: Option<Shared<T>>) -> Capture<T> {
        match value {
            Some(value) => Capture(Source::Here(value)),
            None => {
                let late = Arc::new(Mutex::new(Late::Awaited(Vec::new())));
                self.0 = Some(Arc::clone(&late));
                Capture(Source::Late(late))
            }
        }
    }

    /// Whether items have started without the value.
    #[inline]
    pub fn is_due(&self) -> bool {
        self.0.is_some()
    }

    /// Passes the value on, and wakes the items that wait for it.
    #[cold]
    pub fn deliver(&mut self, value: Shared<T>) {
        let Some(late) = self.0.take() else { return };
        let before = {
            let mut late = late.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *late, Late::Here(value))
        };
        if let Late::Awaited(items) = before {
            items.into_iter().for_each(Waker::wake);
        }
    }
}

/// In an item: fills the item's slot when the value is there. Nothing is left to do if it was there from the start.
pub struct Arrival<T>(Option<Waiting<T>>);

struct Waiting<T> {
    late: Arc<Mutex<Late<T>>>,
    /// The item's place among the wakers.
    place: Option<usize>,
}

impl<T> Arrival<T> {
    /// Whether the value has just arrived.
    #[inline]
    pub fn poll(&mut self, slot: &mut Slot<T>, cx: &mut Context<'_>) -> bool {
        match &mut self.0 {
            None => false,
            Some(_) => self.ask(slot, cx),
        }
    }

    #[cold]
    fn ask(&mut self, slot: &mut Slot<T>, cx: &mut Context<'_>) -> bool {
        let Some(Waiting { late, place }) = &mut self.0 else {
            return false;
        };
        let value = match &mut *late.lock().unwrap_or_else(PoisonError::into_inner) {
            Late::Here(value) => value.clone(),
            Late::Awaited(items) => {
                match place.and_then(|place| items.get_mut(place)) {
                    Some(waker) => waker.clone_from(cx.waker()),
                    None => {
                        *place = Some(items.len());
                        items.push(cx.waker().clone());
                    }
                }
                return false;
            }
        };
        self.0 = None;
        slot.put_shared(value);
        true
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_value_that_is_there_needs_no_delivery() {
        let mut delivery = Delivery::new();
        let capture = delivery.begin(Some(Shared::new(1)));
        assert!(!delivery.is_due());
        let (slot, mut arrival) = capture.open(1);
        assert!(slot.is_here());
        let mut slot = slot;
        assert!(!arrival.poll(&mut slot, &mut Context::from_waker(Waker::noop())));
        assert_eq!(slot.value(), 1);
    }

    #[test]
    fn a_late_value_wakes_each_item_once_and_fills_its_slot() {
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let mut cx = Context::from_waker(&waker);
        let mut delivery = Delivery::new();
        let capture = delivery.begin(None);
        let (mut first, mut arrives_first) = capture.clone().open(1);
        let (mut second, mut arrives_second) = capture.open(1);
        for _ in 0..3 {
            assert!(!arrives_first.poll(&mut first, &mut cx));
            assert!(!arrives_second.poll(&mut second, &mut cx));
        }
        assert!(delivery.is_due());
        delivery.deliver(Shared::new(7));
        assert!(!delivery.is_due());
        assert_eq!(woken.0.load(Ordering::Relaxed), 2);
        assert!(arrives_first.poll(&mut first, &mut cx));
        assert!(!arrives_first.poll(&mut first, &mut cx));
        assert_eq!(first.value(), 7);
        second.release(1); // its item has taken another arm
        assert!(arrives_second.poll(&mut second, &mut cx));
        assert!(!second.is_here() && !second.is_awaited());
    }
}
