//! How long calls wait in a line, learnt from how fast those before them leave it.

use std::time::Duration;

use tokio::time::Instant;

use crate::engine::Line;

/// Older calls count half as soon as so many have been seen, and for so long: slow calls are few, and a burst of fast
/// ones says little.
const CALLS: f64 = 16.0;
const SECONDS: f64 = 10.0;

/// The pace of a line, looked at from time to time while calls wait.
pub(super) struct Pace {
    line: Line,
    looked: Instant,
    /// How many calls have left the line in how many seconds, in which calls waited.
    left: f64,
    seconds: f64,
}

impl Pace {
    pub(super) fn new(line: Line) -> Self {
        Pace {
            line,
            looked: Instant::now(),
            left: 0.0,
            seconds: 0.0,
        }
    }

    /// Looks at the line again; returns how long the calls that wait now will wait. `None` if none does.
    pub(super) fn look(&mut self, line: Line) -> Option<Duration> {
        let now = Instant::now();
        if self.line.waiting > 0 && line.waiting > 0 {
            self.left += line.left().saturating_sub(self.line.left()) as f64;
            self.seconds += now.saturating_duration_since(self.looked).as_secs_f64();
        }
        if self.left >= CALLS && self.seconds >= SECONDS {
            self.left /= 2.0;
            self.seconds /= 2.0;
        }
        self.line = line;
        self.looked = now;
        self.expected()
    }

    fn expected(&self) -> Option<Duration> {
        let waiting = self.line.waiting as f64;
        let known = waiting > 0.0 && self.seconds > 0.0;
        // Where none has left, the next one takes at least as long again, and how many leave with it is not known.
        let calls = if self.left > 0.0 {
            waiting / self.left
        } else {
            1.0
        };
        let seconds = known.then_some(calls * self.seconds)?;
        Duration::try_from_secs_f64(seconds).ok()
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    fn line(waiting: usize, begun: u64) -> Line {
        Line {
            waiting,
            begun,
            ..Line::default()
        }
    }

    async fn looks_after(pace: &mut Pace, seconds: u64, line: Line) -> Option<u64> {
        advance(Duration::from_secs(seconds)).await;
        pace.look(line).map(|wait| wait.as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn those_that_wait_take_as_long_as_as_many_before_them() {
        let mut pace = Pace::new(line(30, 0));
        assert_eq!(looks_after(&mut pace, 1, line(28, 2)).await, Some(14));
        assert_eq!(looks_after(&mut pace, 1, line(100, 4)).await, Some(50));
        assert_eq!(looks_after(&mut pace, 1, line(0, 104)).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn until_one_has_begun_the_wait_is_at_least_what_it_has_been() {
        let mut pace = Pace::new(line(5, 7));
        assert_eq!(looks_after(&mut pace, 1, line(5, 7)).await, Some(1));
        assert_eq!(looks_after(&mut pace, 9, line(9, 7)).await, Some(10));
        assert_eq!(looks_after(&mut pace, 10, line(9, 8)).await, Some(180));
    }

    #[tokio::test(start_paused = true)]
    async fn time_without_a_line_does_not_count() {
        let mut pace = Pace::new(line(10, 0));
        looks_after(&mut pace, 1, line(10, 10)).await;
        assert_eq!(looks_after(&mut pace, 9, line(0, 20)).await, None);
        assert_eq!(looks_after(&mut pace, 500, line(20, 21)).await, Some(2));
    }

    #[tokio::test(start_paused = true)]
    async fn callers_that_go_away_shorten_the_wait() {
        let mut pace = Pace::new(line(30, 0));
        let gone = Line {
            gone: 9,
            ..line(20, 1)
        };
        assert_eq!(looks_after(&mut pace, 1, gone).await, Some(2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pace_that_has_changed_is_learnt() {
        let mut pace = Pace::new(line(10, 0));
        for second in 1..100 {
            looks_after(&mut pace, 1, line(10, 100 * second)).await;
        }
        let mut wait = None;
        for second in 0..100 {
            wait = looks_after(&mut pace, 1, line(10, 9_900 + second)).await;
        }
        assert_eq!(wait, Some(9));
    }
}
