//! Whether to wait for further calls, and how long: the decision, without a clock or a thread.
//!
//! A batch of `n` calls takes `a * n + b`. With `n` calls in hand and the next one coming in `t`:
//!
//! - While replicas have nothing to do now and then, what counts is how long calls take together.
//!   To start now makes the next one wait for all of `a * n + b`, to wait makes each of `n + 1` wait
//!   for `t`: waiting pays if `t < (b - n * a) / (n + 1)`.
//! - While they are always at work, what counts is the work that is done in a time: waiting saves a
//!   `b` of it, and wastes `t` for each of the `n`: it pays if `t < b / n`.
//!
//! Nobody knows `t`. What is known is how long it took the last times, so that both gain and loss are
//! weighed with how likely they are.

use crate::batch::cost_model::Cost;
use crate::batch::gap_stats::Gaps;

/// Below that many seconds a thread does not wake up in time.
const SHORTEST: f64 = 50e-6;

/// What the decision depends on.
#[derive(Debug)]
pub(super) struct Outlook<'a> {
    /// Calls in hand, at least one.
    pub(super) in_hand: usize,
    pub(super) cost: Cost,
    /// How long it has taken until the next call came, after what happened last.
    pub(super) gaps: &'a Gaps,
    /// How long ago that was, in seconds.
    pub(super) elapsed: f64,
    /// Whether replicas always have something to do.
    pub(super) saturated: bool,
}

/// How many seconds to wait for the next call, at most; 0 says to start now.
pub(super) fn patience(outlook: &Outlook<'_>) -> f64 {
    let Outlook {
        in_hand,
        cost,
        gaps,
        elapsed,
        saturated,
    } = *outlook;
    let waiting = in_hand as f64;
    let (worth, who_waits) = match saturated {
        true => (cost.per_batch, waiting),
        false => (cost.per_batch - waiting * cost.per_call, waiting + 1.0),
    };
    if worth / who_waits < SHORTEST {
        return 0.0;
    }
    let total = gaps.weight_beyond(elapsed);
    let (mut gain, mut rest, mut best) = (0.0, total, (0.0, 0.0));
    for bucket in gaps.beyond(elapsed) {
        gain += bucket.weight * (worth - who_waits * (bucket.mean - elapsed));
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

    fn gaps(seen: &[f64]) -> Gaps {
        let mut gaps = Gaps::default();
        for gap in seen {
            gaps.record(*gap);
        }
        gaps
    }

    fn waits(in_hand: usize, seen: &[f64], saturated: bool) -> f64 {
        patience(&Outlook {
            in_hand,
            cost: COST,
            gaps: &gaps(seen),
            elapsed: 0.0,
            saturated,
        })
    }

    /// What the gap may be at most: `(b - n * a) / (n + 1)`.
    #[test]
    fn waiting_pays_up_to_the_break_even() {
        for (in_hand, break_even) in [(1, 1.5), (2, 2.0 / 3.0), (3, 0.25)] {
            assert!(waits(in_hand, &[break_even * 0.95], false) > 0.0);
            assert_eq!(waits(in_hand, &[break_even * 1.05], false), 0.0);
        }
    }

    #[test]
    fn once_a_call_costs_more_than_the_batch_saves_nobody_waits() {
        assert_eq!(waits(4, &[0.001], false), 0.0);
    }

    /// `b / n`.
    #[test]
    fn where_there_is_always_work_a_batch_more_is_time_lost() {
        assert!(waits(8, &[0.45], true) > 0.0);
        assert_eq!(waits(8, &[0.55], true), 0.0);
    }

    #[test]
    fn who_knows_nothing_starts() {
        assert_eq!(waits(1, &[], false), 0.0);
    }

    #[test]
    fn a_burst_is_waited_for_and_what_comes_much_later_is_not() {
        // Seven calls one after the other, and then a long pause.
        let mut seen = [0.001; 8];
        seen[3] = 30.0;
        let wait = waits(2, &seen, false);
        assert!(wait > 0.001 && wait < 0.002, "{wait}");
    }

    #[test]
    fn too_rare_a_burst_is_not() {
        let mut seen = [30.0; 200];
        seen[0] = 0.1;
        assert_eq!(waits(2, &seen, false), 0.0);
    }

    #[test]
    fn a_call_that_hardly_ever_comes_is_not_waited_for() {
        let mut gaps = gaps(&[0.5]);
        for _ in 0..20 {
            gaps.record_none();
        }
        let outlook = Outlook {
            in_hand: 1,
            cost: COST,
            gaps: &gaps,
            elapsed: 0.0,
            saturated: true,
        };
        assert_eq!(patience(&outlook), 0.0);
    }

    #[test]
    fn a_gap_that_has_passed_is_no_reason() {
        let gaps = gaps(&[0.1, 0.1, 30.0]);
        let later = |elapsed| Outlook {
            in_hand: 1,
            cost: COST,
            gaps: &gaps,
            elapsed,
            saturated: false,
        };
        assert!(patience(&later(0.05)) > 0.0);
        assert_eq!(patience(&later(0.2)), 0.0);
    }

    #[test]
    fn what_saves_microseconds_is_not_waited_for() {
        let cost = Cost {
            per_call: 0.0,
            per_batch: 40e-6,
        };
        let gaps = gaps(&[1e-6]);
        let outlook = Outlook {
            in_hand: 1,
            cost,
            gaps: &gaps,
            elapsed: 0.0,
            saturated: false,
        };
        assert_eq!(patience(&outlook), 0.0);
    }
}
