//! The resources of replicas: refused if they do not fit, assigned to each replica, returned.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod affinity;
mod context;
mod gpus;
mod leases;
mod refusal;

/// Far longer than anything here takes, so that a test that hangs fails.
async fn within<F: Future>(future: F) -> F::Output {
    let too_long = std::time::Duration::from_secs(10);
    tokio::time::timeout(too_long, future).await.unwrap()
}
