//! Whether an application can answer.

/// How well an application is that can answer every request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Health {
    /// Every deployment is as it should be, or changes to it are on their way.
    Ok,
    /// These deployments answer, but are `UNHEALTHY`: replicas are missing, or could not be brought up to date.
    Degraded(Vec<String>),
}
