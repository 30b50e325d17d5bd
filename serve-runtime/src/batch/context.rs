//! The requests that a batch is made for.

use crate::request::{Request, request};

tokio::task_local! {
    static REQUESTS: Vec<Request>;
}

/// The requests of the calls in this batch, in the order of the values: those that
/// [`request`](crate::request) is of elsewhere. Outside of a batch, the one that the code works for.
///
/// In a batch of several calls, [`request`](crate::request) is an empty request: the code works for
/// no single one.
#[must_use]
pub fn requests() -> Vec<Request> {
    let requests = REQUESTS.try_with(Vec::clone);
    requests.unwrap_or_else(|_| vec![request()])
}

/// Runs a batch for its requests.
pub(super) fn scope<R>(requests: Vec<Request>, batch: impl FnOnce() -> R) -> R {
    let one = match &requests[..] {
        [one] => one.clone(),
        _ => Request::default(),
    };
    REQUESTS.sync_scope(requests, || one.sync_scope(batch))
}
