//! The edges: a value waits here between its producer and its consumers.
//!
//! A value that no consumer takes is dropped [quietly](drop_quietly): what its request answers does not depend on it.

use std::mem::needs_drop;
use std::ops::Deref;

use crate::Shared;
use crate::bounds::witness::Sig;
use crate::panics::drop_quietly;

/// An owned value: a borrow could dangle before its consumer takes it.
pub trait Owned: Sized {
    /// The value itself.
    #[inline]
    fn owned(value: Self) -> Self {
        value
    }
}

impl<T: 'static> Owned for T {}

/// A value for exactly one consumer.
pub struct Once<T>(State<T>);

enum State<T> {
    Awaited,
    Here(T),
    Gone,
}

/// A value for several consumers.
///
/// It is put behind a pointer only when the first of them wants it shared: consumers that take it
/// by value get clones, and the last of them the value itself.
pub struct Slot<T> {
    state: SlotState<T>,
    /// Consumers that have not taken it yet.
    left: usize,
}

enum SlotState<T> {
    Awaited,
    Owned(T),
    Shared(Shared<T>),
    Gone,
}

impl<T> SlotState<T> {
    /// Whether there is a value whose drop runs the user's code.
    #[inline]
    fn is_droppable(&self) -> bool {
        needs_drop::<T>() && matches!(self, SlotState::Owned(_) | SlotState::Shared(_))
    }

    /// Drops the value, if there is one.
    #[inline]
    fn clear(&mut self) {
        match self.is_droppable() {
            true => drop_quietly(std::mem::replace(self, SlotState::Gone)),
            false => *self = SlotState::Gone,
        }
    }

    #[inline]
    #[track_caller]
    fn value(&self) -> &T {
        match self {
            SlotState::Owned(value) => value,
            SlotState::Shared(shared) => shared,
            _ => unreachable!("{TAKEN_EARLY}"),
        }
    }
}

/// A value that a consumer reads.
pub struct Held<T>(SlotState<T>);

impl<T> Deref for Held<T> {
    type Target = T;

    #[inline]
    #[track_caller]
    fn deref(&self) -> &T {
        self.0.value()
    }
}

const TAKEN_EARLY: &str = "an edge was read before its value was there, or after its last reader";

impl<T> Once<T> {
    /// An empty slot, for a value that has not been produced yet.
    #[inline]
    #[allow(clippy::new_without_default)] // only for generated code
    pub fn new() -> Self {
        Once(State::Awaited)
    }

    /// Has the type of the value, for inference.
    #[inline]
    pub fn wanted(&self) -> Sig<T> {
        Sig::new()
    }

    /// Stores the value.
    #[inline]
    pub fn put(&mut self, value: T) {
        self.0 = State::Here(value);
    }

    /// Whether the value has not been produced yet.
    #[inline]
    pub fn is_awaited(&self) -> bool {
        matches!(self.0, State::Awaited)
    }

    /// Whether the value is present.
    #[inline]
    pub fn is_here(&self) -> bool {
        matches!(self.0, State::Here(_))
    }

    /// Takes the value out.
    #[inline]
    #[track_caller]
    pub fn take(&mut self) -> T {
        match std::mem::replace(&mut self.0, State::Gone) {
            State::Here(value) => value,
            _ => unreachable!("{TAKEN_EARLY}"),
        }
    }
}

impl<T> Drop for Once<T> {
    #[inline]
    fn drop(&mut self) {
        if needs_drop::<T>() && self.is_here() {
            drop_quietly(std::mem::replace(&mut self.0, State::Gone));
        }
    }
}

impl<T> Once<T> {
    /// Takes the value, to be shared by the nodes of each item.
    #[inline]
    #[track_caller]
    pub fn share(&mut self) -> Shared<T> {
        Shared::new(self.take())
    }
}

impl<T> Slot<T> {
    /// A slot with a value that belongs to an item, for that many consumers.
    #[inline]
    pub fn shared(value: Shared<T>, consumers: usize) -> Self {
        Slot {
            state: SlotState::Shared(value),
            left: consumers,
        }
    }

    /// An empty slot, for that many consumers.
    #[inline]
    pub fn new(consumers: usize) -> Self {
        Slot {
            state: SlotState::Awaited,
            left: consumers,
        }
    }

    /// Has the type of the value, for inference.
    #[inline]
    pub fn wanted(&self) -> Sig<T> {
        Sig::new()
    }

    /// Stores the value.
    #[inline]
    pub fn put(&mut self, value: T) {
        self.state = SlotState::Owned(value);
        self.clear_if_unwanted();
    }

    /// Stores a value that others share as well.
    pub(crate) fn put_shared(&mut self, value: Shared<T>) {
        self.state = SlotState::Shared(value);
        self.clear_if_unwanted();
    }

    /// Drops the value if no consumer will take it: all of them may be in arms that the request does not take.
    #[inline]
    fn clear_if_unwanted(&mut self) {
        if self.left == 0 && self.is_here() {
            self.state.clear();
        }
    }

    /// Removes consumers that will never take the value: they are in arms that the request does not take.
    #[inline]
    pub fn release(&mut self, consumers: usize) {
        self.left -= consumers;
        self.clear_if_unwanted();
    }

    /// Whether the value has not been produced yet.
    #[inline]
    pub fn is_awaited(&self) -> bool {
        matches!(self.state, SlotState::Awaited)
    }

    /// Whether the value is present.
    #[inline]
    pub fn is_here(&self) -> bool {
        matches!(self.state, SlotState::Owned(_) | SlotState::Shared(_))
    }

    /// Passes the value to an expression that only reads it and then puts it `back`, so that the result of the
    /// expression cannot borrow from it.
    #[inline]
    pub fn hold(&mut self) -> Held<T> {
        Held(std::mem::replace(&mut self.state, SlotState::Gone))
    }

    /// Puts the value back after one consumer has read it.
    #[inline]
    pub fn back(&mut self, held: Held<T>) {
        self.state = held.0;
        self.done();
    }

    /// Borrows the value for a pattern that only reads it.
    #[inline]
    #[track_caller]
    pub fn lend(&self) -> &T {
        self.state.value()
    }

    /// Records that one consumer has read the value.
    #[inline]
    pub fn done(&mut self) {
        self.left -= 1;
        self.clear_if_unwanted();
    }

    /// Gives a consumer a value of its own.
    #[inline]
    #[track_caller]
    pub fn value(&mut self) -> T
    where
        T: Clone,
    {
        self.left -= 1;
        if self.left > 0 {
            return self.lend().clone();
        }
        match std::mem::replace(&mut self.state, SlotState::Gone) {
            SlotState::Owned(value) => value,
            SlotState::Shared(shared) => shared.unwrap_or_clone(),
            _ => unreachable!("{TAKEN_EARLY}"),
        }
    }

    /// Gives a consumer a pointer to the value.
    #[inline]
    #[track_caller]
    pub fn share(&mut self) -> Shared<T> {
        self.left -= 1;
        let shared = match std::mem::replace(&mut self.state, SlotState::Gone) {
            SlotState::Owned(value) => Shared::new(value),
            SlotState::Shared(shared) => shared,
            _ => unreachable!("{TAKEN_EARLY}"),
        };
        if self.left > 0 {
            self.state = SlotState::Shared(shared.clone());
        }
        shared
    }
}

impl<T> Drop for Slot<T> {
    #[inline]
    fn drop(&mut self) {
        if self.state.is_droppable() {
            self.state.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    /// Its clones are counted by its `Arc`.
    #[derive(Clone)]
    struct Counted(Arc<()>);

    #[test]
    fn the_last_consumer_by_value_gets_the_value_itself() {
        let clones = Arc::new(());
        let mut slot = Slot::new(3);
        slot.put(Counted(Arc::clone(&clones)));
        let taken = [slot.value(), slot.value(), slot.value()];
        assert_eq!(Arc::strong_count(&taken[0].0), 1 + taken.len());
        assert!(!slot.is_here());
    }

    #[test]
    fn consumers_by_reference_share_one_value_that_need_not_be_clone() {
        struct NotClone;
        let mut slot = Slot::new(2);
        slot.put(NotClone);
        let (first, second) = (slot.share(), slot.share());
        assert!(std::ptr::eq(&*first, &*second));
        assert!(!slot.is_here());
    }

    #[test]
    fn a_value_without_remaining_consumers_is_dropped() {
        let value = Arc::new(());
        let mut early = Slot::new(2);
        early.put(Arc::clone(&value));
        early.release(2);
        let mut late = Slot::new(1);
        late.release(1);
        assert!(late.is_awaited());
        late.put(Arc::clone(&value));
        assert_eq!(Arc::strong_count(&value), 1);
        assert!(!late.is_here() && !late.is_awaited());
    }

    #[test]
    fn a_value_that_was_borrowed_is_moved_to_the_other_consumer() {
        let clones = Arc::new(());
        let mut slot = Slot::new(2);
        slot.put(Counted(Arc::clone(&clones)));
        let _ = slot.lend();
        slot.done();
        let taken = slot.value();
        assert_eq!(Arc::strong_count(&taken.0), 2);
    }
}
