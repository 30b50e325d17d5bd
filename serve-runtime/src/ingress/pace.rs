//! How fast a client sends a body or takes an answer.
//!
//! Kestrel's rule (`MinRequestBodyDataRate`, `MinResponseDataRate`), with a longer period: only the time counts in which
//! the server waits for the client.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// Over how long the rate is measured: a client may be silent for nearly as long.
const PERIOD: Duration = Duration::from_secs(30);

/// Judges a client while it is waited for.
pub(super) struct Pace {
    /// The least number of bytes in a second.
    min_data_rate: u64,
    /// When the whole has to be transferred.
    until: Option<Instant>,
    /// The end of the present period; none while the client is not waited for.
    period: Option<Pin<Box<Sleep>>>,
    /// The bytes of the present period.
    moved: u64,
}

/// How a client is too slow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum TooSlow {
    /// The rate of a period, in bytes per second, was less than this.
    Rate(u64),
    /// The whole took too long.
    Whole,
}

impl Pace {
    pub(super) fn new(min_data_rate: u64, until: Option<Instant>) -> Self {
        Pace {
            min_data_rate,
            until,
            period: None,
            moved: 0,
        }
    }

    /// Sets when the whole has to be transferred.
    pub(super) fn set_until(&mut self, until: Option<Instant>) {
        if self.until != until {
            self.until = until;
            self.period = None;
        }
    }

    /// So many bytes have been transferred.
    pub(super) fn moved(&mut self, bytes: usize) {
        self.moved += bytes as u64;
    }

    /// The client is not waited for.
    pub(super) fn rests(&mut self) {
        self.period = None;
    }

    /// Resolves when the client, which is waited for, has been too slow.
    pub(super) fn poll_too_slow(&mut self, cx: &mut Context<'_>) -> Poll<TooSlow> {
        loop {
            let now = Instant::now();
            let period = self.period.get_or_insert_with(|| {
                self.moved = 0;
                // A moment that is too far away for the clock never comes.
                let ends = [now.checked_add(PERIOD), self.until];
                let end = ends.into_iter().flatten().min().unwrap_or(now + PERIOD);
                Box::pin(sleep_until(end))
            });
            ready!(period.as_mut().poll(cx));
            if self.until.is_some_and(|until| until <= Instant::now()) {
                return Poll::Ready(TooSlow::Whole);
            }
            if self.moved < self.min_data_rate.saturating_mul(PERIOD.as_secs()) {
                return Poll::Ready(TooSlow::Rate(self.min_data_rate));
            }
            self.period = None;
        }
    }
}

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TooSlow::Rate(least) => write!(
                f,
                "fewer than {least} bytes per second for {} s",
                PERIOD.as_secs()
            ),
            TooSlow::Whole => f.write_str("it took too long in all"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::time::{advance, timeout};

    use super::*;

    /// What is said of a client that transfers `bytes` every second, and after how many seconds, at most 100.
    async fn judged(bytes: usize, until: Option<Duration>) -> Option<(TooSlow, u64)> {
        let begun = Instant::now();
        let mut pace = Pace::new(10, until.map(|until| begun + until));
        for _ in 0..100 {
            let judged = poll_fn(|cx| pace.poll_too_slow(cx));
            if let Ok(too_slow) = timeout(Duration::from_secs(1), judged).await {
                return Some((too_slow, begun.elapsed().as_secs()));
            }
            pace.moved(bytes);
        }
        None
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_is_too_slow_by_its_rate_over_a_period_or_by_the_whole_time() {
        assert_eq!(judged(0, None).await, Some((TooSlow::Rate(10), 30)));
        assert_eq!(judged(9, None).await, Some((TooSlow::Rate(10), 30)));
        assert_eq!(judged(12, None).await, None);
        let until = Some(Duration::from_secs(45));
        assert_eq!(judged(12, until).await, Some((TooSlow::Whole, 45)));
        assert_eq!(judged(12, Some(Duration::from_secs(1 << 30))).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn time_in_which_the_client_is_not_waited_for_does_not_count() {
        let mut pace = Pace::new(10, None);
        for _ in 0..4 {
            let judged = poll_fn(|cx| pace.poll_too_slow(cx));
            timeout(PERIOD / 2, judged).await.unwrap_err();
            pace.rests();
            advance(PERIOD).await;
        }
    }
}
