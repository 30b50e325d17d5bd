//! Whether to wait for further calls, and how long: a pure function.
//!
//! A batch of `n` calls takes `a * n + b`. With `n` calls in the batch and the next one arriving in `t`:
//!
//! - While replicas are idle now and then, what counts is the sum of all calls' latencies.
//!   To start now makes the next one wait for all of `a * n + b`, to wait makes each of `n + 1` wait
//!   for `t`: waiting pays if `t < (b - n * a) / (n + 1)`.
//! - While they are always busy, what counts is throughput: waiting saves a `b`, and wastes `t` for each
//!   of the `n`: it pays if `t < b / n`.
//!
//! `t` is not known. What is known is how long it was before, so that both gain and loss are weighted by
//! how likely they are.

use crate::batch::cost_model::Cost;
use crate::batch::gap_stats::GapStats;

/// A thread does not wake up in time for waits below that many seconds.
const SHORTEST: f64 = 50e-6;

/// What the decision depends on.
#[derive(Debug)]
pub(super) struct Outlook<'a> {
    /// Calls in the batch, at least one.
    pub(super) in_batch: usize,
    pub(super) cost: Cost,
    /// How long after the last event the next call arrives.
    pub(super) gaps: &'a GapStats,
    /// How long ago that event was, in seconds.
    pub(super) elapsed: f64,
    /// Whether replicas always have something to do.
    pub(super) saturated: bool,
}

/// How many seconds to wait for the next call, at most; 0 says to start now.
pub(super) fn patience(outlook: &Outlook<'_>) -> f64 {
    let Outlook {
        in_batch,
        cost,
        gaps,
        elapsed,
        saturated,
    } = *outlook;
    let waiting = in_batch as f64;
    let (worth, waiters) = match saturated {
        true => (cost.per_batch, waiting),
        false => (cost.per_batch - waiting * cost.per_call, waiting + 1.0),
    };
    if worth / waiters < SHORTEST {
        return 0.0;
    }
    let total = gaps.weight_beyond(elapsed);
    let (mut gain, mut rest, mut best) = (0.0, total, (0.0, 0.0));
    for bucket in gaps.beyond(elapsed) {
        gain += bucket.weight * (worth - waiters * (bucket.mean - elapsed));
        rest -= bucket.weight;
        let wait = bucket.longest - elapsed;
        let value = gain - rest * waiting * wait;
        if value > best.0 {
            best = (value, wait);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    const COST: Cost = Cost {
        per_call: 1.0,
        per_batch: 4.0,
    };

    fn gaps(seen: &[f64]) -> GapStats {
        let mut gaps = GapStats::default();
        for gap in seen {
            gaps.record(*gap);
        }
        gaps
    }

    fn waits(in_batch: usize, seen: &[f64], saturated: bool) -> f64 {
        patience(&Outlook {
            in_batch,
            cost: COST,
            gaps: &gaps(seen),
            elapsed: 0.0,
            saturated,
        })
    }

    /// What the gap may be at most: `(b - n * a) / (n + 1)`.
    #[test]
    fn waiting_pays_up_to_the_break_even() {
        for (in_batch, break_even) in [(1, 1.5), (2, 2.0 / 3.0), (3, 0.25)] {
            assert!(waits(in_batch, &[break_even * 0.95], false) > 0.0);
            assert_eq!(waits(in_batch, &[break_even * 1.05], false), 0.0);
        }
    }

    #[test]
    fn no_call_waits_once_a_call_costs_more_than_the_batch_saves() {
        assert_eq!(waits(4, &[0.001], false), 0.0);
    }

    /// `b / n`.
    #[test]
    fn on_saturated_replicas_every_further_batch_is_time_lost() {
        assert!(waits(8, &[0.45], true) > 0.0);
        assert_eq!(waits(8, &[0.55], true), 0.0);
    }

    #[test]
    fn a_batch_starts_at_once_while_nothing_is_known() {
        assert_eq!(waits(1, &[], false), 0.0);
    }

    #[test]
    fn a_burst_is_waited_for_and_a_much_later_call_is_not() {
        // Seven calls one after the other, and then a long pause.
        let mut seen = [0.001; 8];
        seen[3] = 30.0;
        let wait = waits(2, &seen, false);
        assert!(wait > 0.001 && wait < 0.002, "{wait}");
    }

    #[test]
    fn a_rare_burst_is_not_waited_for() {
        let mut seen = [30.0; 200];
        seen[0] = 0.1;
        assert_eq!(waits(2, &seen, false), 0.0);
    }

    #[test]
    fn a_call_that_hardly_ever_arrives_is_not_waited_for() {
        let mut gaps = gaps(&[0.5]);
        for _ in 0..20 {
            gaps.record_none();
        }
        let outlook = Outlook {
            in_batch: 1,
            cost: COST,
            gaps: &gaps,
            elapsed: 0.0,
            saturated: true,
        };
        assert_eq!(patience(&outlook), 0.0);
    }

    #[test]
    fn a_gap_that_has_passed_is_no_reason_to_wait() {
        let gaps = gaps(&[0.1, 0.1, 30.0]);
        let later = |elapsed| Outlook {
            in_batch: 1,
            cost: COST,
            gaps: &gaps,
            elapsed,
            saturated: false,
        };
        assert!(patience(&later(0.05)) > 0.0);
        assert_eq!(patience(&later(0.2)), 0.0);
    }

    #[test]
    fn no_call_waits_to_save_microseconds() {
        let cost = Cost {
            per_call: 0.0,
            per_batch: 40e-6,
        };
        let gaps = gaps(&[1e-6]);
        let outlook = Outlook {
            in_batch: 1,
            cost,
            gaps: &gaps,
            elapsed: 0.0,
            saturated: false,
        };
        assert_eq!(patience(&outlook), 0.0);
    }
}
