//! What can be set on `#[graph(..)]`.

use std::time::Duration;

use super::table::{Kind, option, table};
use crate::setters::setters;

table! {
    /// An option of a graph.
    GraphOption {
        /// Where it is served.
        RoutePrefix => option("route_prefix", Kind::Route),
        /// How long a request may take by what its deployments declare.
        SloMs => option("slo_ms", Kind::Milliseconds),
        /// How long a request may take before it is ended.
        RequestTimeoutS => option("request_timeout_s", Kind::Period),
        /// How many CPU cores all replicas may need.
        MaxCpus => option("max_cpus", Kind::Amount),
        /// How many GPUs all replicas may need.
        MaxGpus => option("max_gpus", Kind::Amount),
    }
}

/// The limits given on `#[graph(..)]`, which what its deployments declare is added up against.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GraphLimits {
    /// How long a request may take at most, by what its deployments declare.
    #[cfg_attr(
        feature = "serde",
        serde(
            rename = "slo_ms",
            serialize_with = "super::wire::as_milliseconds_if_any"
        )
    )]
    pub slo: Option<Duration>,
    /// How long a request may take before it is ended. Nothing is added up against it.
    #[cfg_attr(
        feature = "serde",
        serde(
            rename = "request_timeout_s",
            serialize_with = "super::wire::as_seconds_if_any"
        )
    )]
    pub request_timeout: Option<Duration>,
    /// The CPU cores that all replicas may need together.
    pub max_cpus: Option<f64>,
    /// The GPUs that all replicas may need together.
    pub max_gpus: Option<f64>,
}

impl GraphLimits {
    /// Nothing is limited.
    pub const NONE: Self = GraphLimits {
        slo: None,
        request_timeout: None,
        max_cpus: None,
        max_gpus: None,
    };

    setters! {
        slo: Duration as Some,
        request_timeout: Duration as Some,
        max_cpus: f64 as Some,
        max_gpus: f64 as Some,
    }
}

impl Default for GraphLimits {
    fn default() -> Self {
        Self::NONE
    }
}
