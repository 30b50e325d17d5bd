//! Splits a large state machine into parts, and polls only those that may have changed.

use std::convert::Infallible;
use std::task::{Context, Poll};

use crate::Result;
use crate::bounds::witness::Sig;

/// The parts that have to be polled: those with calls in flight, and those with new inputs.
pub struct Due<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Due<WORDS> {
    /// All parts are due, before the first poll.
    #[inline]
    #[allow(clippy::new_without_default)] // only for generated code
    pub fn new() -> Self {
        Due([u64::MAX; WORDS])
    }

    /// Marks a part as due: it has a new input, or calls in flight.
    #[inline]
    pub fn add(&mut self, part: usize) {
        self.0[part / 64] |= 1 << (part % 64);
    }

    /// Takes the first due part from `from` on, which is then no longer due.
    #[inline]
    pub fn take(&mut self, from: usize) -> Option<usize> {
        let mut keep = u64::MAX << (from % 64);
        for word in from / 64..WORDS {
            let due = self.0[word] & keep;
            if due != 0 {
                self.0[word] &= !(due & due.wrapping_neg());
                return Some(word * 64 + due.trailing_zeros() as usize);
            }
            keep = u64::MAX;
        }
        None
    }
}

/// A part never resolves by itself; it ends the whole request with an error.
pub type Polled = Poll<Result<Infallible>>;

/// The types that are lent to a part whenever it is polled: pairs of a type that several parts
/// share, and the rest.
pub trait Lends {
    /// Exclusive borrows of all of them.
    type Lent<'a>;
}

impl Lends for () {
    type Lent<'a> = ();
}

impl<T: 'static, R: Lends> Lends for (Sig<T>, R) {
    type Lent<'a> = (&'a mut T, R::Lent<'a>);
}

/// A part, with the types that are lent to it: fixes them before rustc checks the closure.
#[inline]
pub fn part<L: Lends, const WORDS: usize, F>(_lends: L, _due: &Due<WORDS>, poll: F) -> F
where
    F: for<'a> FnMut(L::Lent<'a>, &mut Due<WORDS>, &mut Context<'_>) -> Polled,
{
    poll
}

/// Polls a part. Not inlined: otherwise the function around all parts would grow too large for rustc and the
/// processor's caches.
#[inline(never)]
pub fn poll_part<L, const WORDS: usize, F>(
    part: &mut F,
    lent: L,
    due: &mut Due<WORDS>,
    cx: &mut Context<'_>,
) -> Polled
where
    F: FnMut(L, &mut Due<WORDS>, &mut Context<'_>) -> Polled,
{
    part(lent, due, cx)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_parts_are_taken_once_and_in_order() {
        let mut due = Due::<3>::new();
        let taken = |due: &mut Due<3>| {
            let mut parts = Vec::new();
            while let Some(part) = due.take(parts.last().map_or(0, |last| last + 1)) {
                parts.push(part);
            }
            parts
        };
        assert_eq!(taken(&mut due), (0..192).collect::<Vec<_>>());
        for part in [130, 64, 63, 0, 191] {
            due.add(part);
        }
        assert_eq!(taken(&mut due), [0, 63, 64, 130, 191]);
        assert_eq!(taken(&mut due), [0; 0]);
    }

    #[test]
    fn a_part_that_is_marked_behind_the_position_waits_for_the_next_sweep() {
        let mut due = Due::<1>::new();
        while due.take(0).is_some() {}
        due.add(3);
        assert_eq!(due.take(4), None);
        assert_eq!(due.take(0), Some(3));
    }
}
