//! The requests whose calls are in a batch.

use std::sync::Arc;

use crate::request::context::{Request, request};

tokio::task_local! {
    static REQUESTS: Vec<Request>;
}

/// The requests of the calls in this batch, in the order of the values: those that
/// [`request`](crate::request::context) is of elsewhere. Outside of a batch, the one that the code works for.
///
/// In a batch of several calls, [`request`](crate::request::context) has at most the model that all of them are for:
/// the code works for no single one.
#[must_use]
pub fn requests() -> Vec<Request> {
    let requests = REQUESTS.try_with(Vec::clone);
    requests.unwrap_or_else(|_| vec![request()])
}

/// What all requests have in common.
fn common(requests: &[Request]) -> Request {
    let mut model_ids = requests.iter().map(Request::shared_model_id);
    match model_ids.next().flatten() {
        Some(first) if model_ids.all(|other| other == Some(first)) => {
            Request::default().with_model_id(Arc::clone(first))
        }
        _ => Request::default(),
    }
}

/// Runs a batch for its requests.
pub(crate) fn in_scope<R>(requests: Vec<Request>, batch: impl FnOnce() -> R) -> R {
    let one = match &requests[..] {
        [one] => one.clone(),
        _ => common(&requests),
    };
    REQUESTS.sync_scope(requests, || one.sync_scope(batch))
}
