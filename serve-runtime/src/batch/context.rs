//! The requests whose calls are in a batch.

use std::sync::Arc;

use crate::request::context::Request;

tokio::task_local! {
    static REQUESTS: Vec<Request>;
}

/// [`Request::batch`].
pub(crate) fn requests() -> Vec<Request> {
    let requests = REQUESTS.try_with(Vec::clone);
    requests.unwrap_or_else(|_| vec![Request::current()])
}

/// What all requests have in common.
fn common(requests: &[Request]) -> Request {
    let mut model_ids = requests.iter().map(Request::shared_model_id);
    let common = match model_ids.next().flatten() {
        Some(first) if model_ids.all(|other| other == Some(first)) => {
            Request::default().with_model_id(Arc::clone(first))
        }
        _ => Request::default(),
    };
    // What is done for one that has begun is to be finished.
    match requests.iter().any(Request::is_begun) {
        true => common.as_begun(),
        false => common,
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
