//! What a graph may take at most.

/// The limits given on `#[graph(..)]`, which what its deployments declare is added up against.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Limits {
    /// The longest that a request may take, in milliseconds.
    pub slo_ms: Option<u32>,
    /// How long a request may take before it is ended, in seconds. Nothing is added up against it.
    pub request_timeout_s: Option<f64>,
    /// The CPU cores that all replicas may need together.
    pub max_cpus: Option<f64>,
    /// The GPUs that all replicas may need together.
    pub max_gpus: Option<f64>,
}

impl Limits {
    /// Nothing is limited.
    pub const NONE: Self = Limits {
        slo_ms: None,
        request_timeout_s: None,
        max_cpus: None,
        max_gpus: None,
    };
}
