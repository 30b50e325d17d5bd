//! The cause of an error when a call or a request is refused because there are too many.

use std::error::Error as StdError;
use std::fmt;

/// A deployment has reached its limit of calls or requests: the cause of an error of the kind
/// [`Overloaded`](crate::ErrorKind::Overloaded).
///
/// ```
/// use serve_runtime::prelude::*;
/// use serve_runtime::{Overloaded, OverloadReason};
///
/// /// The option to raise, for a message to the operator.
/// fn what_to_raise(error: &Error) -> Option<&'static str> {
///     match error.downcast_ref::<Overloaded>()?.reason {
///         OverloadReason::QueueFull { .. } => Some("max_queued_requests"),
///         OverloadReason::TooManyRequests { .. } => Some("num_replicas"),
///         _ => None,
///     }
/// }
/// # assert_eq!(what_to_raise(&Error::failed("x")), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Overloaded {
    /// The deployment: its variable, after the variables of the graphs around it, as in `ocr/detector`.
    pub deployment: String,
    /// Which limit it has reached.
    pub reason: OverloadReason,
}

/// The limit that an [`Overloaded`] deployment has reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OverloadReason {
    /// Its queue is full.
    #[non_exhaustive]
    QueueFull {
        /// How many calls may wait.
        max_queued_requests: u32,
    },
    /// Its graph has as many requests in flight as the deployment can serve.
    #[non_exhaustive]
    TooManyRequests {
        /// The limit: the calls that its replicas work on and those that may wait for them, divided by the number
        /// of calls that one request makes.
        limit: usize,
    },
}

impl fmt::Display for Overloaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Overloaded { deployment, reason } = self;
        match reason {
            OverloadReason::QueueFull {
                max_queued_requests,
            } => write!(
                f,
                "`{deployment}` is overloaded: its queue is full (max_queued_requests = {max_queued_requests})"
            ),
            OverloadReason::TooManyRequests { limit } => write!(
                f,
                "`{deployment}` is overloaded: {limit} requests are in flight, which is the maximum that it can serve"
            ),
        }
    }
}

impl StdError for Overloaded {}
