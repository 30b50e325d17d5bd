//! Shows that something does not happen, without waiting for real time to pass.

use std::time::Duration;

use serve_runtime::prelude::*;

/// More switches between threads than any single call needs.
const CALLS: usize = 500;

#[deployment]
fn elsewhere() {}

/// Makes calls on another deployment's thread, one after another. On a slow machine they are slow as well:
/// a call that could run when this began has run when it ends.
pub async fn others_make_progress() {
    let app = deploy(elsewhere::bind()).await.unwrap();
    for _ in 0..CALLS {
        app.call().await.unwrap();
    }
    Deployed::shutdown(app).await;
}

/// Whether a future is still pending after `time`, in which every timer fires that is due. No test waits that
/// long: the clock is moved whenever the runtime has nothing to do.
pub async fn is_pending_for<F: Future + Unpin>(time: Duration, future: &mut F) -> bool {
    tokio::time::pause();
    let ended = tokio::time::timeout(time, future).await;
    tokio::time::resume();
    ended.is_err()
}
