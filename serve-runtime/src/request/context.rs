//! The data about a request that code can read while it works for it.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

#[cfg(feature = "http")]
use crate::request::head::Head;
use crate::request::inside::is_inside;

tokio::task_local! {
    static CURRENT: Request;
}

/// The data that travels with a request into every node, in place or on a compute thread: its id, its deadline,
/// whether its caller still waits, the model that it is for, and the HTTP request that it came as.
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
    /// A graph has let it in, and works on it.
    begun: bool,
    #[cfg(feature = "http")]
    head: Option<Arc<Head>>,
}

/// Whether a request's caller still waits for its result.
#[derive(Default)]
struct WaitedFor {
    gone: AtomicBool,
    /// Notified when `gone` is set.
    going: Notify,
}

/// The deadline of the request that the calling code works for.
#[inline]
pub(crate) fn deadline() -> Option<Instant> {
    CURRENT.try_with(Request::deadline).ok().flatten()
}

/// Whether the request that the calling code works for has begun elsewhere: what it works on is a part of it.
pub(crate) fn is_current_begun() -> bool {
    CURRENT.try_with(Request::is_begun).unwrap_or(false)
}

/// The model of the request that the calling code works for.
pub(crate) fn model_id() -> Option<Arc<str>> {
    let model_id = CURRENT.try_with(|request| request.shared_model_id().cloned());
    model_id.ok().flatten()
}

impl Request {
    /// Returns the request that the calling code works for.
    ///
    /// Outside of a request - in a constructor, or in a call that no server made, through a handle without
    /// options - it is an empty request, without id and deadline.
    ///
    /// ```
    /// use serve_runtime::prelude::*;
    ///
    /// assert_eq!(Request::current().id(), None);
    /// ```
    ///
    /// A long computation can check from time to time whether its result is still needed:
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
    ///             return Err(Error::failed("the caller has gone"));
    ///         }
    ///         best = best.max(attempt.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    ///     }
    ///     Ok(best)
    /// }
    /// ```
    pub fn current() -> Self {
        CURRENT.try_with(Request::clone).unwrap_or_default()
    }

    /// The requests of the calls in this batch, in the order of the values. Outside of a batch, only the
    /// [current](Request::current) one.
    ///
    /// In a batch of several calls, the current request is empty except for the model that all of them are for, because
    /// the code works for no single request.
    pub fn batch() -> Vec<Self> {
        crate::batch::requests()
    }

    /// A request with an id.
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Request::default().changed(|known| known.id = Some(id.into()))
    }

    /// A copy of the request with a deadline. An earlier deadline that it already has is kept.
    ///
    /// Code that runs under it with [`Request::scope`] has to keep the deadline itself. After the deadline, a call
    /// through a handle is not started.
    #[must_use]
    pub fn with_deadline(&self, deadline: Instant) -> Self {
        let sooner = self.deadline().map_or(deadline, |own| own.min(deadline));
        self.changed(|known| known.deadline = Some(sooner))
    }

    /// A copy of the request for a certain model; as in Ray Serve, an empty id means none.
    #[must_use]
    pub fn with_model_id(&self, model_id: impl Into<Arc<str>>) -> Self {
        let model_id = Some(model_id.into()).filter(|id: &Arc<str>| !id.is_empty());
        self.changed(|known| known.model_id = model_id)
    }

    /// A copy of the request with a caller of its own, which can be cancelled alone.
    pub(crate) fn fork(&self) -> Self {
        let begun = is_inside();
        self.changed(|known| {
            known.waited_for = Arc::default();
            known.begun = begun;
        })
    }

    /// The request as the load of a model sees it: that goes on for other requests, so it has no deadline, and is
    /// not cancelled.
    pub(crate) fn for_a_load(&self) -> Self {
        self.changed(|known| {
            known.deadline = None;
            known.waited_for = Arc::default();
        })
    }

    fn changed(&self, change: impl FnOnce(&mut Known)) -> Self {
        let mut known = match &self.0 {
            Some(known) => Known {
                id: known.id.clone(),
                deadline: known.deadline,
                model_id: known.model_id.clone(),
                waited_for: Arc::clone(&known.waited_for),
                begun: known.begun,
                #[cfg(feature = "http")]
                head: known.head.clone(),
            },
            None => Known::default(),
        };
        change(&mut known);
        Request(Some(Arc::new(known)))
    }

    /// The request that has arrived over HTTP: changed, not copied, as nobody else has it yet.
    #[cfg(feature = "http")]
    pub(crate) fn arrived(
        mut self,
        head: Arc<Head>,
        deadline: Option<Instant>,
        model_id: Option<&str>,
    ) -> Self {
        let model_id = model_id.filter(|id| !id.is_empty()).map(Arc::from);
        let change = |known: &mut Known| {
            known.head = Some(head);
            known.deadline = deadline;
            known.model_id = model_id;
        };
        match self.0.as_mut().and_then(Arc::get_mut) {
            Some(known) => {
                change(known);
                self
            }
            None => self.changed(change),
        }
    }

    #[cfg(feature = "http")]
    pub(super) fn with_head(&self, head: Arc<Head>) -> Self {
        self.changed(|known| known.head = Some(head))
    }

    #[cfg(feature = "http")]
    pub(super) fn head(&self) -> Option<&Head> {
        self.0.as_ref()?.head.as_deref()
    }

    /// The id that the client sent as `x-request-id`, or the one that the server made.
    pub fn id(&self) -> Option<&str> {
        self.0.as_ref()?.id.as_deref()
    }

    /// The deadline: the earliest of the graph's `request_timeout_s`, the client's
    /// `x-request-timeout-seconds` and the `timeout` of handles. `None` if there is none.
    #[inline]
    pub fn deadline(&self) -> Option<Instant> {
        self.0.as_ref()?.deadline
    }

    /// The time until its deadline: zero once that has passed, `None` if it has none.
    pub fn remaining(&self) -> Option<Duration> {
        let deadline = self.deadline()?;
        Some(deadline.saturating_duration_since(Instant::now()))
    }

    /// Whether its result is no longer needed: its caller has gone, or its deadline has passed.
    ///
    /// In a `fn` this is true as soon as the caller's future has been dropped. An `async fn` is itself dropped
    /// then; a task that it has spawned can check a clone of the request.
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
            // When its sender is dropped, the request is cancelled as well.
            Some(deadline) => drop(tokio::time::timeout_at(deadline, gone).await),
            None => gone.await,
        }
    }

    /// The model that the request is for, at a deployment with several models: Ray Serve's `multiplexed_model_id`. It
    /// is set by a handle's options or by the client.
    pub fn model_id(&self) -> Option<&str> {
        self.0.as_ref()?.model_id.as_deref()
    }

    /// The model's id, as an owned value.
    pub(crate) fn shared_model_id(&self) -> Option<&Arc<str>> {
        self.0.as_ref()?.model_id.as_ref()
    }

    pub(crate) fn is_begun(&self) -> bool {
        self.0.as_ref().is_some_and(|known| known.begun)
    }

    /// A copy that has begun.
    pub(crate) fn as_begun(&self) -> Self {
        self.changed(|known| known.begun = true)
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

/// Held by the caller of a request; dropping it cancels the request.
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
