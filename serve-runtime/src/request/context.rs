//! What is known about the request that a piece of code works for.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

tokio::task_local! {
    static CURRENT: Request;
}

/// What travels with a request into every node, in place or on a compute thread: its id, its deadline, whether
/// its caller still waits, and the model that it is for.
///
/// Cloning one copies a pointer.
#[derive(Clone, Default)]
pub struct Request(Option<Arc<Known>>);

#[derive(Default)]
struct Known {
    id: Option<Arc<str>>,
    deadline: Option<Instant>,
    model_id: Option<Arc<str>>,
    waited_for: Arc<WaitedFor>,
}

/// Whether a request's caller still waits for its result.
#[derive(Default)]
struct WaitedFor {
    gone: AtomicBool,
    /// Told when `gone` is set.
    going: Notify,
}

/// When the request that the calling code works for has to be answered.
#[inline]
pub(crate) fn deadline() -> Option<Instant> {
    CURRENT.try_with(Request::deadline).ok().flatten()
}

/// The model that the request is for that the calling code works for.
pub(crate) fn model_id() -> Option<Arc<str>> {
    let model_id = CURRENT.try_with(|request| request.shared_model_id().cloned());
    model_id.ok().flatten()
}

impl Request {
    /// The request that the calling code works for.
    ///
    /// Outside of one - in a constructor, or in a call through a handle that no server made and that has
    /// no options - it is an empty request: it has neither id nor deadline.
    ///
    /// ```
    /// use serve_runtime::prelude::*;
    ///
    /// assert_eq!(Request::current().id(), None);
    /// ```
    ///
    /// A long computation asks from time to time whether its result is still needed:
    ///
    /// ```
    /// use serve_runtime::prelude::*;
    ///
    /// #[deployment]
    /// fn best_of(attempts: u64) -> Result<u64> {
    ///     let request = Request::current();
    ///     let mut best = 0;
    ///     for attempt in 0..attempts {
    ///         if request.is_cancelled() {
    ///             return Err(Error::failed("nobody waits for this any more"));
    ///         }
    ///         best = best.max(attempt.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    ///     }
    ///     Ok(best)
    /// }
    /// ```
    pub fn current() -> Self {
        CURRENT.try_with(Request::clone).unwrap_or_default()
    }

    /// The requests of the calls in this batch, in the order of the values. Outside of a batch, the
    /// [current](Request::current) one alone.
    ///
    /// In a batch of several calls the current request has at most the model that all of them are for: the code
    /// works for no single one.
    pub fn batch() -> Vec<Self> {
        crate::batch::requests()
    }

    /// A request with an id.
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Request::default().changed(|known| known.id = Some(id.into()))
    }

    /// The same request, to be answered by then. A deadline that it has already is kept if it is sooner.
    ///
    /// Code that runs under it with [`Request::scope`] has to end by then itself; a call through a handle there
    /// is not started when it is late.
    #[must_use]
    pub fn with_deadline(&self, deadline: Instant) -> Self {
        let sooner = self.deadline().map_or(deadline, |own| own.min(deadline));
        self.changed(|known| known.deadline = Some(sooner))
    }

    /// The same request, for a certain model; as in Ray Serve, none if the id is empty.
    #[must_use]
    pub fn with_model_id(&self, model_id: impl Into<Arc<str>>) -> Self {
        let model_id = Some(model_id.into()).filter(|id: &Arc<str>| !id.is_empty());
        self.changed(|known| known.model_id = model_id)
    }

    /// The same request with a caller of its own: it can be cancelled alone.
    pub(crate) fn fork(&self) -> Self {
        self.changed(|known| known.waited_for = Arc::default())
    }

    fn changed(&self, change: impl FnOnce(&mut Known)) -> Self {
        let mut known = match &self.0 {
            Some(known) => Known {
                id: known.id.clone(),
                deadline: known.deadline,
                model_id: known.model_id.clone(),
                waited_for: Arc::clone(&known.waited_for),
            },
            None => Known::default(),
        };
        change(&mut known);
        Request(Some(Arc::new(known)))
    }

    /// The id that the client sent as `x-request-id`, or the one that the server made.
    pub fn id(&self) -> Option<&str> {
        self.0.as_ref()?.id.as_deref()
    }

    /// When it has to be answered: the soonest of the graph's `request_timeout_s`, the client's
    /// `x-request-timeout-seconds` and the `timeout` of handles. `None` if it may take for ever.
    #[inline]
    pub fn deadline(&self) -> Option<Instant> {
        self.0.as_ref()?.deadline
    }

    /// How much time is left until its deadline: nothing once that has passed, `None` if it has none.
    pub fn remaining(&self) -> Option<Duration> {
        let deadline = self.deadline()?;
        Some(deadline.saturating_duration_since(Instant::now()))
    }

    /// Whether nobody needs the result any more: its caller has gone, or its deadline has passed.
    ///
    /// In a `fn` it is true as soon as the caller's future has been dropped. An `async fn` is dropped
    /// itself then; what it has spawned can ask a clone of the request that it took along.
    pub fn is_cancelled(&self) -> bool {
        let Some(known) = &self.0 else {
            return false;
        };
        known.waited_for.gone.load(Ordering::Acquire)
            || known
                .deadline
                .is_some_and(|deadline| deadline <= Instant::now())
    }

    /// Resolves when [`Request::is_cancelled`] becomes true; never, if it does not.
    pub async fn cancelled(&self) {
        let Some(known) = &self.0 else {
            return std::future::pending().await;
        };
        let gone = async {
            loop {
                let going = known.waited_for.going.notified();
                if known.waited_for.gone.load(Ordering::Acquire) {
                    return;
                }
                going.await;
            }
        };
        match known.deadline {
            // Its end is the end of the wait, too.
            Some(deadline) => drop(tokio::time::timeout_at(deadline, gone).await),
            None => gone.await,
        }
    }

    /// The model that it is for, where a deployment has several: Ray Serve's `multiplexed_model_id`. It
    /// comes from a handle's options or from the client.
    pub fn model_id(&self) -> Option<&str> {
        self.0.as_ref()?.model_id.as_deref()
    }

    /// The model's id, to be kept.
    pub(crate) fn shared_model_id(&self) -> Option<&Arc<str>> {
        self.0.as_ref()?.model_id.as_ref()
    }

    /// Runs a future in which [`Request::current`] is this request.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// Runs a function in which [`Request::current`] is this request.
    pub(crate) fn sync_scope<R>(self, function: impl FnOnce() -> R) -> R {
        CURRENT.sync_scope(self, function)
    }
}

/// Held by the caller of a request: dropping it cancels the request.
pub(crate) struct Waiting(pub(crate) Request);

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(known) = &self.0.0 {
            known.waited_for.gone.store(true, Ordering::Release);
            known.waited_for.going.notify_waiters();
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("id", &self.id())
            .field("deadline", &self.deadline())
            .field("model_id", &self.model_id())
            .field("is_cancelled", &self.is_cancelled())
            .finish()
    }
}
