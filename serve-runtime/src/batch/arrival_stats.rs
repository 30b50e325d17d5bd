//! Statistics of a method's calls: when they arrive, how long they take, and how much of the
//! time replicas have nothing to do.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::batch::cost_model::CostModel;
use crate::batch::gap_stats::GapStats;
use crate::batch::policy::{Outlook, patience};

/// How much of the time replicas have to be busy to count as saturated.
const SATURATED: f64 = 0.85;
/// The weight of a batch relative to the next one.
const FADE: f64 = 0.95;

/// What the next call may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Event {
    /// A call arrived.
    Arrival,
    /// A batch was answered: its callers may call again.
    Answer,
}

/// An event, and the size class of the number of calls that waited after it.
type After = (Event, usize);

/// Each small number is a class of its own; larger ones are classed by powers of two.
fn class(waiting: usize) -> usize {
    match waiting {
        0..=16 => waiting,
        more => 16 + more.ilog2() as usize,
    }
}

#[derive(Debug, Default)]
pub(super) struct ArrivalStats {
    cost_model: CostModel,
    /// By what happened, and how many calls waited then: with three callers, a fourth call never
    /// arrives.
    gaps: HashMap<After, GapStats>,
    last: Option<(After, Instant)>,
    answered: Option<Instant>,
    /// Seconds with and without work, of which the latest count most.
    busy: f64,
    idle: f64,
}

impl ArrivalStats {
    /// Something happened that a call may follow; so many calls wait now.
    pub(super) fn record_event(&mut self, event: Event, waiting: usize, now: Instant) {
        if let Some((last, at)) = self.last {
            let gaps = self.gaps.entry(last).or_default();
            match event {
                Event::Arrival => gaps.record(now.saturating_duration_since(at).as_secs_f64()),
                // A later call may follow from this answer: to wait for it before would have been useless.
                Event::Answer => gaps.record_none(),
            }
        }
        self.last = Some(((event, class(waiting)), now));
    }

    /// A batch has run and is answered; so many calls wait now.
    pub(super) fn record_batch(
        &mut self,
        size: usize,
        took: Duration,
        waiting: usize,
        now: Instant,
    ) {
        let took = took.as_secs_f64();
        self.cost_model.record(size, took);
        self.busy = self.busy * FADE + took;
        self.answered = Some(now);
        self.record_event(Event::Answer, waiting, now);
    }

    /// A batch begins with a call that arrived at `call`: until then there was nothing to do.
    pub(super) fn record_start(&mut self, call: Instant) {
        if let Some(answered) = self.answered {
            let idle = call.saturating_duration_since(answered);
            self.idle = self.idle * FADE + idle.as_secs_f64();
        }
    }

    /// How long to wait for another call, with so many in the batch.
    pub(super) fn patience(&self, in_batch: usize, now: Instant) -> Duration {
        let (Some(cost), Some((last, at))) = (self.cost_model.cost(), self.last) else {
            return Duration::ZERO;
        };
        let Some(gaps) = self.gaps.get(&last) else {
            return Duration::ZERO;
        };
        let outlook = Outlook {
            in_batch,
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
    /// So many calls always wait.
    const WAITING: usize = 2;

    /// Batches of `a * n + b` with 1 and 4 seconds. Two calls wait at the end of each, and a caller that is
    /// answered calls again at once.
    fn stats(idle: Duration) -> (ArrivalStats, Instant) {
        let (mut stats, mut now) = (ArrivalStats::default(), Instant::now());
        for size in [1, 2, 1, 2, 1, 2] {
            now += idle;
            stats.record_start(now);
            let took = SECOND * (size + 4);
            now += took;
            stats.record_batch(size as usize, took, WAITING, now);
            now += SECOND / 1000;
            stats.record_event(Event::Arrival, WAITING, now);
        }
        (stats, now)
    }

    #[test]
    fn a_caller_that_calls_again_at_once_is_waited_for_after_its_answer() {
        let (mut stats, now) = stats(Duration::ZERO);
        stats.record_batch(1, SECOND * 5, WAITING, now);
        assert!(stats.patience(1, now) > Duration::ZERO);
        // After a call the next one arrives only when the batch is answered.
        stats.record_event(Event::Arrival, WAITING, now);
        assert_eq!(stats.patience(1, now), Duration::ZERO);
    }

    /// However different its calls are: the next one arrives after the answer.
    #[test]
    fn a_single_caller_is_never_kept_waiting() {
        let (mut stats, mut now) = (ArrivalStats::default(), Instant::now());
        for call in 0..100 {
            stats.record_event(Event::Arrival, 1, now);
            stats.record_start(now);
            assert_eq!(stats.patience(1, now), Duration::ZERO);
            let took = SECOND * if call % 10 == 0 { 100 } else { 1 };
            now += took;
            stats.record_batch(1, took, 0, now);
            now += SECOND / 1000;
        }
    }

    #[test]
    fn a_batch_of_four_waits_only_where_replicas_are_saturated() {
        for (idle, waits) in [(Duration::ZERO, true), (SECOND * 10, false)] {
            let (mut stats, now) = stats(idle);
            stats.record_batch(4, SECOND * 8, WAITING, now);
            assert_eq!(stats.patience(4, now) > Duration::ZERO, waits);
        }
    }
}
