//! Why a call or a request is refused while there are too many.

use std::error::Error as StdError;
use std::fmt;

/// Too many calls were waiting already for a deployment's replicas.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Overloaded {
    /// The deployment's name.
    pub deployment: String,
    /// Its limit: how many calls may wait.
    pub max_queued_requests: u32,
}

impl fmt::Display for Overloaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Overloaded {
            deployment,
            max_queued_requests,
        } = self;
        write!(
            f,
            "`{deployment}` is overloaded: as many calls as may wait are waiting (max_queued_requests = {max_queued_requests})"
        )
    }
}

impl StdError for Overloaded {}

/// A graph works on as many requests as one of its deployments can take the calls of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TooManyRequests {
    /// The variable that the deployment is bound to.
    pub deployment: String,
    /// How many requests may be under way because of it: what its replicas work on and what may wait
    /// for them, shared out among the calls that one request makes.
    pub limit: usize,
}

impl fmt::Display for TooManyRequests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TooManyRequests { deployment, limit } = self;
        write!(
            f,
            "{limit} requests are under way, and `{deployment}` can take the calls of no more"
        )
    }
}

impl StdError for TooManyRequests {}
