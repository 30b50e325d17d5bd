//! The options of `#[graph(..)]`.

use std::time::Duration;

use super::table::{Kind, option, table};
use crate::setters::setters;

table! {
    /// An option of a graph.
    GraphOption {
        /// The path under which it is served.
        RoutePrefix => option("route_prefix", Kind::Route),
        /// The time that a request may take by the declared budgets.
        SloMs => option("slo_ms", Kind::Milliseconds),
        /// The time after which a request is ended.
        RequestTimeoutS => option("request_timeout_s", Kind::Period),
        /// The number of requests that one entry works on at the same time.
        MaxOngoingRequests => option("max_ongoing_requests", Kind::Count),
        /// The CPU cores that all replicas may need.
        MaxCpus => option("max_cpus", Kind::Amount),
        /// The GPUs that all replicas may need.
        MaxGpus => option("max_gpus", Kind::Amount),
    }
}

/// How many requests an entry works on at the same time if nothing else limits it.
pub const MAX_ONGOING_BY_DEFAULT: u32 = 1000;

/// The limits of `#[graph(..)]`, with which the declared needs of the deployments are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GraphLimits {
    /// The maximum time of a request by the declared budgets.
    #[cfg_attr(
        feature = "serde",
        serde(
            rename = "slo_ms",
            serialize_with = "super::wire::as_milliseconds_if_any"
        )
    )]
    pub slo: Option<Duration>,
    /// The time after which a request is ended. It is not compared with the budgets.
    #[cfg_attr(
        feature = "serde",
        serde(
            rename = "request_timeout_s",
            serialize_with = "super::wire::as_seconds_if_any"
        )
    )]
    pub request_timeout: Option<Duration>,
    /// The number of requests that each entry works on at the same time before the next one is refused. Without it,
    /// an entry that no `max_queued_requests` of a deployment limits takes [`MAX_ONGOING_BY_DEFAULT`].
    pub max_ongoing_requests: Option<u32>,
    /// The CPU cores that all replicas may need together.
    pub max_cpus: Option<f64>,
    /// The GPUs that all replicas may need together.
    pub max_gpus: Option<f64>,
}

impl GraphLimits {
    /// No limits.
    pub const NONE: Self = GraphLimits {
        slo: None,
        request_timeout: None,
        max_ongoing_requests: None,
        max_cpus: None,
        max_gpus: None,
    };

    setters! {
        slo: Duration as Some,
        request_timeout: Duration as Some,
        max_ongoing_requests: u32 as Some,
        max_cpus: f64 as Some,
        max_gpus: f64 as Some,
    }
}

impl Default for GraphLimits {
    fn default() -> Self {
        Self::NONE
    }
}
