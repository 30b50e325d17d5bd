//! The calls that wait at a gate, in the order in which they came.
//!
//! Only the first one looks for room, and it does so when it is polled. One that was woken and is not polled - its caller
//! keeps it, and waits for something else - would keep all others waiting. So it is skipped after a while: it is no longer
//! in line, until it is polled again. Then it gets its old place.

use std::collections::BTreeMap;
use std::task::Waker;

/// A call's number; calls that came before have smaller ones.
pub(super) type Place = u64;

#[derive(Debug, Default)]
pub(super) struct WaitingCalls {
    next: Place,
    in_line: BTreeMap<Place, Call>,
}

/// A call in line.
#[derive(Debug)]
enum Call {
    /// It waits to be woken.
    Polled(Waker),
    /// It is about to be polled.
    Woken,
    /// It was woken before the last time that calls were skipped, and has not been polled since.
    Overdue,
}

/// What a call finds when it is polled.
#[derive(Debug)]
pub(super) struct Polled {
    pub(super) is_first: bool,
    /// Whether it had been skipped, and is in line again.
    pub(super) had_been_skipped: bool,
    /// To be dropped without the lock: a waker is the user's code.
    _before: Option<Call>,
}

/// What a call leaves when it is dropped.
#[derive(Debug)]
pub(super) struct Left {
    pub(super) was_in_line: bool,
    /// Wakes the call that is first now.
    pub(super) next: Option<Waker>,
    _before: Option<Call>,
}

impl WaitingCalls {
    /// A call joins at the end of the line, and is about to be polled.
    pub(super) fn join(&mut self) -> Place {
        let place = self.next;
        self.next += 1;
        self.in_line.insert(place, Call::Woken);
        place
    }

    pub(super) fn polled(&mut self, place: Place, waker: &Waker) -> Polled {
        let before = self.in_line.insert(place, Call::Polled(waker.clone()));
        Polled {
            is_first: self.is_first(place),
            had_been_skipped: before.is_none(),
            _before: before,
        }
    }

    /// A call has got its room, or is dropped.
    pub(super) fn leave(&mut self, place: Place) -> Left {
        let was_first = self.is_first(place);
        let before = self.in_line.remove(&place);
        Left {
            was_in_line: before.is_some(),
            next: was_first.then(|| self.wake_first()).flatten(),
            _before: before,
        }
    }

    /// There may be room for the first call. `None` if it has been woken already.
    pub(super) fn wake_first(&mut self) -> Option<Waker> {
        self.in_line.values_mut().next()?.wake()
    }

    pub(super) fn wake_all(&mut self) -> Vec<Waker> {
        self.in_line.values_mut().filter_map(Call::wake).collect()
    }

    /// Skips the calls that were woken before this was last called, and have not been polled since. Returns how many.
    pub(super) fn skip(&mut self) -> u32 {
        let before = self.in_line.len();
        self.in_line.retain(|_, call| match call {
            Call::Polled(_) => true,
            Call::Woken => {
                *call = Call::Overdue;
                true
            }
            Call::Overdue => false,
        });
        (before - self.in_line.len()) as u32
    }

    fn is_first(&self, place: Place) -> bool {
        self.in_line.keys().next() == Some(&place)
    }
}

impl Call {
    fn wake(&mut self) -> Option<Waker> {
        match self {
            Call::Polled(_) => match std::mem::replace(self, Call::Woken) {
                Call::Polled(waker) => Some(waker),
                Call::Woken | Call::Overdue => None,
            },
            Call::Woken | Call::Overdue => None,
        }
    }
}
