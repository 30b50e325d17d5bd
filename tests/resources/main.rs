//! What replicas have of the machine: refused if it does not fit, given to each, given back.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod affinity;
mod context;
mod gpus;
mod leases;
mod refusal;

/// Far longer than anything here takes, so that what hangs fails.
async fn within<F: Future>(future: F) -> F::Output {
    let too_long = std::time::Duration::from_secs(10);
    tokio::time::timeout(too_long, future).await.unwrap()
}
