//! Large state machines in parts, of which only those are polled that something may have changed in.

use std::convert::Infallible;
use std::task::{Context, Poll};

use crate::Result;
use crate::bounds::witness::Sig;

/// The parts that are to be polled: those with calls in flight, and those whose inputs have come.
pub struct Due<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Due<WORDS> {
    /// Every part, before the first poll.
    #[inline]
    #[allow(clippy::new_without_default)] // for generated code alone
    pub fn new() -> Self {
        Due([u64::MAX; WORDS])
    }

    /// A part has been given a value, or has calls in flight.
    #[inline]
    pub fn add(&mut self, part: usize) {
        self.0[part / 64] |= 1 << (part % 64);
    }

    /// The first due part from `from` on, which is not due any more.
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

/// A part is never over by itself; it ends all of them with an error.
pub type Polled = Poll<Result<Infallible>>;

/// What is lent to a part whenever it is polled: pairs of the type of something that several parts
/// share, and the rest.
pub trait Lends {
    /// Exclusive borrows of all of it.
    type Lent<'a>;
}

impl Lends for () {
    type Lent<'a> = ();
}

impl<T: 'static, R: Lends> Lends for (Sig<T>, R) {
    type Lent<'a> = (&'a mut T, R::Lent<'a>);
}

/// A part, with the types of what is lent to it: tells rustc before the closure is looked at.
#[inline]
pub fn part<L: Lends, const WORDS: usize, F>(_lends: L, _due: &Due<WORDS>, poll: F) -> F
where
    F: for<'a> FnMut(L::Lent<'a>, &mut Due<WORDS>, &mut Context<'_>) -> Polled,
{
    poll
}

/// Polls a part. Not inlined: the function around all of them would grow beyond what rustc and the
/// processor's caches are good with.
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
    fn a_part_that_is_added_behind_has_to_wait_for_the_next_sweep() {
        let mut due = Due::<1>::new();
        while due.take(0).is_some() {}
        due.add(3);
        assert_eq!(due.take(4), None);
        assert_eq!(due.take(0), Some(3));
    }
}
