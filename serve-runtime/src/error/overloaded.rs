//! The cause of an error when a call or a request is refused because there are too many.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use super::{Error, ErrorKind};

/// A deployment or a graph has reached its limit of calls or requests: the cause of an error of the kind
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
///         OverloadReason::GraphFull { .. } => Some("max_ongoing_requests"),
///         _ => None,
///     }
/// }
/// # assert_eq!(what_to_raise(&Error::failed("x")), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Overloaded {
    /// The deployment: its variable, after the variables of the graphs around it, as in `ocr/detector`. The graph's
    /// name, if its own limit is reached.
    pub deployment: String,
    /// Which limit it has reached.
    pub reason: OverloadReason,
    /// How long the calls that wait at the deployment will wait, as fast as calls began in the last seconds; where
    /// requests are refused, at the slowest of the deployments that each of them calls. Those that are made sooner are
    /// likely to be refused as well.
    ///
    /// `None` if nothing is known: no call waits, or none had waited for a second.
    ///
    /// Over HTTP it is the `Retry-After`: whole seconds, from 1 to 60, and 1 where nothing is known.
    pub retry_after: Option<Duration>,
}

/// The limit that is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OverloadReason {
    /// Its queue is full.
    #[non_exhaustive]
    QueueFull {
        /// How many calls may wait.
        max_queued_requests: u32,
    },
    /// There are as many requests in flight as the deployment has places for.
    #[non_exhaustive]
    TooManyRequests {
        /// The limit: the calls that its replicas work on and the `max_queued_requests` that may wait for them, divided
        /// by the number of calls that one request has in flight at one time.
        limit: usize,
    },
    /// An entry of the graph has as many requests in flight as the graph's `max_ongoing_requests` allows.
    #[non_exhaustive]
    GraphFull {
        /// The limit of each entry.
        max_ongoing_requests: usize,
    },
}

impl Error {
    pub(crate) fn queue_full(
        deployment: &str,
        max_queued_requests: u32,
        retry_after: Option<Duration>,
    ) -> Self {
        let reason = OverloadReason::QueueFull {
            max_queued_requests,
        };
        Error::overloaded(deployment, reason, retry_after)
    }

    pub(crate) fn too_many_requests(
        deployment: &str,
        limit: usize,
        retry_after: Option<Duration>,
    ) -> Self {
        let reason = OverloadReason::TooManyRequests { limit };
        Error::overloaded(deployment, reason, retry_after)
    }

    pub(crate) fn graph_full(
        graph: &str,
        max_ongoing_requests: usize,
        retry_after: Option<Duration>,
    ) -> Self {
        let reason = OverloadReason::GraphFull {
            max_ongoing_requests,
        };
        Error::overloaded(graph, reason, retry_after)
    }

    fn overloaded(deployment: &str, reason: OverloadReason, retry_after: Option<Duration>) -> Self {
        let overloaded = Overloaded {
            deployment: deployment.to_owned(),
            reason,
            retry_after,
        };
        Error::new(ErrorKind::Overloaded, overloaded)
    }
}

impl fmt::Display for Overloaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Overloaded {
            deployment, reason, ..
        } = self;
        match reason {
            OverloadReason::QueueFull {
                max_queued_requests,
            } => write!(
                f,
                "`{deployment}` is overloaded: its queue is full (max_queued_requests = {max_queued_requests})"
            ),
            OverloadReason::TooManyRequests { limit } => write!(
                f,
                "`{deployment}` is overloaded: {limit} requests are in flight, which is all that its replicas and its `max_queued_requests` have places for"
            ),
            OverloadReason::GraphFull {
                max_ongoing_requests,
            } => write!(
                f,
                "graph `{deployment}` is overloaded: {max_ongoing_requests} requests are in flight, which is all that its `max_ongoing_requests` allows"
            ),
        }
    }
}

impl StdError for Overloaded {}
