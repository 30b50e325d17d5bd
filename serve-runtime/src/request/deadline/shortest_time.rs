//! How long a node takes at its fastest.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// The number of calls before anything is known: the first calls of a replica may be slow.
const LEARNT: u32 = 8;
/// A stretch ends after so many calls, and not before this time.
const CALLS: u32 = 32;
const TIME: Duration = Duration::from_secs(5);

/// The time of the fastest of the last calls: those of this stretch and of the one before.
///
/// A shorter time counts at once; a longer one when the shorter ones are forgotten. All times are in nanoseconds.
#[derive(Debug)]
pub(super) struct ShortestTime {
    /// Of this stretch, and of the one before.
    now: AtomicU64,
    before: AtomicU64,
    /// The calls of this stretch, and when it began.
    calls: AtomicU32,
    since: AtomicU64,
    is_learnt: AtomicU32,
}

/// No call has been seen.
const UNSEEN: u64 = u64::MAX;

impl ShortestTime {
    pub(super) fn unknown() -> Self {
        ShortestTime {
            now: AtomicU64::new(UNSEEN),
            before: AtomicU64::new(UNSEEN),
            calls: AtomicU32::new(0),
            since: AtomicU64::new(0),
            is_learnt: AtomicU32::new(0),
        }
    }

    /// 0 if it is unknown.
    pub(super) fn get(&self) -> u64 {
        match self.is_learnt.load(Ordering::Relaxed) {
            0 => 0,
            _ => self.shortest(),
        }
    }

    fn shortest(&self) -> u64 {
        let (now, before) = (&self.now, &self.before);
        now.load(Ordering::Relaxed)
            .min(before.load(Ordering::Relaxed))
    }

    /// Learns from a call that ended at the time that `at` returns; returns whether the time that was known was too
    /// long.
    pub(super) fn learn(&self, took: u64, at: impl FnOnce() -> Duration) -> bool {
        let known = self.get();
        self.now.fetch_min(took, Ordering::Relaxed);
        let calls = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        if calls >= LEARNT {
            self.is_learnt.store(1, Ordering::Relaxed);
        }
        if calls >= CALLS {
            self.end_stretch(calls, at());
        }
        took < known
    }

    fn end_stretch(&self, calls: u32, at: Duration) {
        let at = at.as_nanos().try_into().unwrap_or(u64::MAX);
        if at.saturating_sub(self.since.load(Ordering::Relaxed)) < nanos(TIME) {
            return;
        }
        let ends = self
            .calls
            .compare_exchange(calls, 0, Ordering::Relaxed, Ordering::Relaxed);
        if ends.is_err() {
            return; // the next call ends it
        }
        self.since.store(at, Ordering::Relaxed);
        // In this order: who looks meanwhile sees too short a time rather than too long a one.
        self.before
            .fetch_min(self.now.load(Ordering::Relaxed), Ordering::Relaxed);
        let ended = self.now.swap(UNSEEN, Ordering::Relaxed);
        self.before.store(ended, Ordering::Relaxed);
    }
}

fn nanos(time: Duration) -> u64 {
    time.as_nanos().try_into().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One call each millisecond.
    fn learn(shortest: &ShortestTime, at: &mut u64, calls: u32, took: u64) {
        for _ in 0..calls {
            *at += 1;
            shortest.learn(took, || Duration::from_millis(*at));
        }
    }

    #[test]
    fn it_is_the_fastest_call_after_enough_calls() {
        let shortest = ShortestTime::unknown();
        for took in [900, 320, 640, 320, 320, 320, 320] {
            shortest.learn(took, || Duration::ZERO);
            assert_eq!(shortest.get(), 0);
        }
        shortest.learn(500, || Duration::ZERO);
        assert_eq!(shortest.get(), 320);
    }

    #[test]
    fn a_faster_call_counts_at_once() {
        let (shortest, mut at) = (ShortestTime::unknown(), 0);
        learn(&shortest, &mut at, 10_000, 300);
        assert!(shortest.learn(100, || Duration::ZERO));
        assert_eq!(shortest.get(), 100);
        assert!(!shortest.learn(100, || Duration::ZERO));
    }

    #[test]
    fn a_fast_call_is_remembered_for_a_number_of_calls_and_a_time() {
        let (shortest, mut at) = (ShortestTime::unknown(), 0);
        learn(&shortest, &mut at, 1, 100);
        learn(&shortest, &mut at, 4_900, 300);
        assert_eq!(shortest.get(), 100, "many calls, but a short time");

        let shortest = ShortestTime::unknown();
        shortest.learn(100, || Duration::ZERO);
        for call in 1..32 {
            shortest.learn(300, || Duration::from_secs(60 * call));
            assert!(
                call < 8 || shortest.get() == 100,
                "a long time, but few calls"
            );
        }
    }

    #[test]
    fn it_adapts_to_slower_calls() {
        let (shortest, mut at) = (ShortestTime::unknown(), 0);
        learn(&shortest, &mut at, 20, 100);
        learn(&shortest, &mut at, 15_000, 300);
        assert_eq!(shortest.get(), 300);
    }
}
