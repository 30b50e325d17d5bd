//! What is given up at the deadline, whether or not anybody asks for it by then.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, sleep_until};

/// How long whoever reads has after the deadline to see for themselves what it was that waited.
const GRACE: Duration = Duration::from_millis(20);

/// Something that is there until a deadline; dropping it drops that.
pub(crate) enum Perishable<T> {
    /// There is none.
    Lasting(Option<T>),
    Until {
        deadline: Instant,
        kept: Arc<Mutex<Kept<T>>>,
        timer: AbortHandle,
    },
}

/// What the timer takes when it is time.
pub(crate) struct Kept<T> {
    value: Option<T>,
    /// Who read last, and waits or has lost interest.
    reader: Option<Waker>,
}

impl<T: Send + 'static> Perishable<T> {
    pub(crate) fn new(value: T, deadline: Option<Instant>) -> Self {
        let Some(deadline) = deadline else {
            return Perishable::Lasting(Some(value));
        };
        let kept = Arc::new(Mutex::new(Kept {
            value: Some(value),
            reader: None,
        }));
        // A task, as nobody polls a stream that nobody reads.
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
        Perishable::Until {
            deadline,
            kept,
            timer: timer.abort_handle(),
        }
    }

    /// Takes it out, to be [put back](Perishable::put_back): no lock is held while it is used.
    pub(super) fn take(&mut self) -> Option<T> {
        match self {
            Perishable::Lasting(value) => value.take(),
            Perishable::Until { kept, .. } => lock(kept).value.take(),
        }
    }

    /// Whether there was time left; otherwise it is dropped. Whoever waits is woken at the deadline.
    pub(super) fn put_back(&mut self, value: T, cx: &Context<'_>) -> bool {
        match self {
            Perishable::Lasting(kept) => *kept = Some(value),
            Perishable::Until { deadline, kept, .. } => {
                let mut kept = lock(kept);
                // Asked under the lock: the timer finds what was put back before its time.
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

impl<T> Drop for Perishable<T> {
    fn drop(&mut self) {
        if let Perishable::Until { kept, timer, .. } = self {
            timer.abort();
            // Now, and not when the timer's task is gone.
            let value = lock(kept).value.take();
            drop(value);
        }
    }
}

/// Nothing can panic under the lock, so a poisoned one is as good as any.
fn lock<T>(kept: &Mutex<Kept<T>>) -> MutexGuard<'_, Kept<T>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
