//! Whether anything still uses an application that has been replaced.

use std::sync::Arc;

use tokio::sync::Notify;

/// A version of an application in use: by the routes of a server, and by what has been sent to it and is not answered.
#[derive(Default)]
pub(crate) struct InUse(Arc<Notify>);

impl InUse {
    /// Resolves once the last use has ended, if there is one now.
    pub(super) fn ended(&self) -> impl Future<Output = ()> + Send + 'static {
        let ended = Arc::clone(&self.0);
        async move { ended.notified().await }
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}
