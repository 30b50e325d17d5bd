//! What has been seen of a method's calls: when they come, how long they take, and how much of the
//! time replicas have nothing to do.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::batch::cost_model::Fit;
use crate::batch::gap_stats::Gaps;
use crate::batch::policy::{Outlook, patience};

/// How much of the time replicas have to be at work to count as saturated.
const SATURATED: f64 = 0.85;
/// How much an older batch counts against the next one.
const FADE: f64 = 0.95;

/// What the next call may follow on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Event {
    /// A call came.
    Arrival,
    /// A batch was answered: those who were answered may call again.
    Answer,
}

/// An event, and the size class of the calls that waited after it.
type After = (Event, usize);

/// Small numbers are told apart one by one, larger ones by their powers of two.
fn class(waiting: usize) -> usize {
    match waiting {
        0..=16 => waiting,
        more => 16 + more.ilog2() as usize,
    }
}

#[derive(Debug, Default)]
pub(super) struct Rhythm {
    fit: Fit,
    /// By what happened, and how many calls waited then: where three callers take turns, the fourth
    /// call never comes.
    gaps: HashMap<After, Gaps>,
    last: Option<(After, Instant)>,
    answered: Option<Instant>,
    /// Seconds at work and without work, the latest count most.
    busy: f64,
    idle: f64,
}

impl Rhythm {
    /// Something happened that calls may follow on; so many calls wait now.
    pub(super) fn happened(&mut self, event: Event, waiting: usize, now: Instant) {
        if let Some((last, at)) = self.last {
            let gaps = self.gaps.entry(last).or_default();
            match event {
                Event::Arrival => gaps.record(now.saturating_duration_since(at).as_secs_f64()),
                // What comes later may come because of this answer: who waits would wait in vain.
                Event::Answer => gaps.record_none(),
            }
        }
        self.last = Some(((event, class(waiting)), now));
    }

    /// A batch has run and is answered; so many calls wait now.
    pub(super) fn ran(&mut self, size: usize, took: Duration, waiting: usize, now: Instant) {
        let took = took.as_secs_f64();
        self.fit.record(size, took);
        self.busy = self.busy * FADE + took;
        self.answered = Some(now);
        self.happened(Event::Answer, waiting, now);
    }

    /// A batch begins with a call that came at `call`: until then there was nothing to do.
    pub(super) fn begins(&mut self, call: Instant) {
        if let Some(answered) = self.answered {
            let idle = call.saturating_duration_since(answered);
            self.idle = self.idle * FADE + idle.as_secs_f64();
        }
    }

    /// How long to wait for another call, with so many in hand.
    pub(super) fn patience(&self, in_hand: usize, now: Instant) -> Duration {
        let (Some(cost), Some((last, at))) = (self.fit.cost(), self.last) else {
            return Duration::ZERO;
        };
        let Some(gaps) = self.gaps.get(&last) else {
            return Duration::ZERO;
        };
        let outlook = Outlook {
            in_hand,
            cost,
            gaps,
            elapsed: now.saturating_duration_since(at).as_secs_f64(),
            saturated: self.busy >= SATURATED * (self.busy + self.idle),
        };
        Duration::try_from_secs_f64(patience(&outlook)).unwrap_or(Duration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    /// Calls that wait whatever happens.
    const WAITING: usize = 2;

    /// Batches of `a * n + b` with 1 and 4 seconds, of which each ends when two calls wait already, and
    /// whoever was answered comes back at once.
    fn rhythm(idle: Duration) -> (Rhythm, Instant) {
        let (mut rhythm, mut now) = (Rhythm::default(), Instant::now());
        for size in [1, 2, 1, 2, 1, 2] {
            now += idle;
            rhythm.begins(now);
            let took = SECOND * (size + 4);
            now += took;
            rhythm.ran(size as usize, took, WAITING, now);
            now += SECOND / 1000;
            rhythm.happened(Event::Arrival, WAITING, now);
        }
        (rhythm, now)
    }

    #[test]
    fn who_comes_back_at_once_is_waited_for_once_answered() {
        let (mut rhythm, now) = rhythm(Duration::ZERO);
        rhythm.ran(1, SECOND * 5, WAITING, now);
        assert!(rhythm.patience(1, now) > Duration::ZERO);
        // After a call it takes until the batch is over.
        rhythm.happened(Event::Arrival, WAITING, now);
        assert_eq!(rhythm.patience(1, now), Duration::ZERO);
    }

    /// However different the times that its calls take: the next one comes after the answer.
    #[test]
    fn a_caller_alone_is_never_kept_waiting() {
        let (mut rhythm, mut now) = (Rhythm::default(), Instant::now());
        for call in 0..100 {
            rhythm.happened(Event::Arrival, 1, now);
            rhythm.begins(now);
            assert_eq!(rhythm.patience(1, now), Duration::ZERO);
            let took = SECOND * if call % 10 == 0 { 100 } else { 1 };
            now += took;
            rhythm.ran(1, took, 0, now);
            now += SECOND / 1000;
        }
    }

    #[test]
    fn four_at_a_time_are_enough_where_there_is_time_and_not_where_there_is_none() {
        for (idle, waits) in [(Duration::ZERO, true), (SECOND * 10, false)] {
            let (mut rhythm, now) = rhythm(idle);
            rhythm.ran(4, SECOND * 8, WAITING, now);
            assert_eq!(rhythm.patience(4, now) > Duration::ZERO, waits);
        }
    }
}
