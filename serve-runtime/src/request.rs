//! What is known about the request that a piece of code works for.

use std::future::Future;
use std::sync::Arc;

tokio::task_local! {
    static CURRENT: Request;
}

/// What travels with a request into every node, in place or on a compute thread.
#[derive(Debug, Clone, Default)]
pub struct Request {
    id: Option<Arc<str>>,
}

/// The request that the calling code works for.
///
/// Outside of one - in a constructor, or in a call through a handle that no server made - it is an
/// empty request without an id.
///
/// ```
/// assert_eq!(serve_runtime::request().id(), None);
/// ```
pub fn request() -> Request {
    CURRENT.try_with(Request::clone).unwrap_or_default()
}

impl Request {
    /// A request with an id.
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Request {
            id: Some(id.into()),
        }
    }

    /// The id that the client sent as `x-request-id`, or the one that the server made.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Runs a future in which [`request`] is this request.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// Runs a function in which [`request`] is this request.
    pub(crate) fn sync_scope<R>(self, function: impl FnOnce() -> R) -> R {
        CURRENT.sync_scope(self, function)
    }
}
