//! A value that is dropped at a deadline, whether or not it is used by then.

use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, sleep_until};

use crate::util::lock;

/// How long a waiting reader has after the deadline to find out which call was late.
const GRACE: Duration = Duration::from_millis(20);

/// A value that is dropped at a deadline, or with this.
pub(crate) enum UntilDeadline<T> {
    /// There is no deadline.
    Lasting(Option<T>),
    Until {
        deadline: Instant,
        kept: Arc<Mutex<Kept<T>>>,
        timer: AbortHandle,
    },
}

/// What the timer takes at the deadline.
pub(crate) struct Kept<T> {
    value: Option<T>,
    /// The last reader, if it waits.
    reader: Option<Waker>,
}

impl<T: Send + 'static> UntilDeadline<T> {
    pub(crate) fn new(value: T, deadline: Option<Instant>) -> Self {
        let Some(deadline) = deadline else {
            return UntilDeadline::Lasting(Some(value));
        };
        let kept = Arc::new(Mutex::new(Kept {
            value: Some(value),
            reader: None,
        }));
        // A task, as a stream that is not read is not polled.
        let expiring = Arc::clone(&kept);
        let timer = tokio::spawn(async move {
            sleep_until(deadline).await;
            let reader = lock(&expiring).reader.take();
            if let Some(reader) = reader {
                reader.wake();
                sleep(GRACE).await;
            }
            let value = lock(&expiring).value.take();
            drop(value); // runs the user's code
        });
        UntilDeadline::Until {
            deadline,
            kept,
            timer: timer.abort_handle(),
        }
    }

    /// Takes the value out, to be [put back](UntilDeadline::put_back): no lock is held while it is used.
    pub(super) fn take(&mut self) -> Option<T> {
        match self {
            UntilDeadline::Lasting(value) => value.take(),
            UntilDeadline::Until { kept, .. } => lock(kept).value.take(),
        }
    }

    /// Puts the value back if there is time left, else drops it and returns `false`. The reader is woken at the
    /// deadline.
    pub(super) fn put_back(&mut self, value: T, cx: &Context<'_>) -> bool {
        match self {
            UntilDeadline::Lasting(kept) => *kept = Some(value),
            UntilDeadline::Until { deadline, kept, .. } => {
                let mut kept = lock(kept);
                // Checked under the lock: the timer finds what was put back before the deadline.
                if *deadline <= Instant::now() {
                    drop(kept);
                    return false;
                }
                kept.value = Some(value);
                kept.reader = Some(cx.waker().clone());
            }
        }
        true
    }
}

impl<T> Drop for UntilDeadline<T> {
    fn drop(&mut self) {
        if let UntilDeadline::Until { kept, timer, .. } = self {
            timer.abort();
            // Now, and not when the timer's task ends.
            let value = lock(kept).value.take();
            drop(value);
        }
    }
}
