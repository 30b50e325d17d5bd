//! What runs, and stops when it is dropped.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::application::{ApplicationControl, Services};

/// What [`deploy`](crate::deploy) returns: a handle - it derefs to it - that keeps its deployments running.
///
/// Dropping it stops the deployments at once; [`Deployed::shutdown`] answers their requests first.
///
/// What it can do itself are associated functions, as those of [`Arc`] are: `Deployed::control(&app)`, and not
/// `app.control()`. So a method or a route of yours may have any name.
///
/// ```
/// use serve_runtime::prelude::*;
///
/// #[deployment]
/// async fn double(number: u32) -> u32 {
///     number * 2
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let app = deploy(double::bind()).await?;
/// assert_eq!(app.call(21).await?, 42);
/// Deployed::control(&app).health()?;
/// Deployed::shutdown(app).await;
/// # Ok(())
/// # }
/// ```
#[must_use = "dropping it stops its deployments at once: keep it as long as they are to run, and end with `shutdown`"]
pub struct Deployed<H> {
    handle: H,
    /// Dropping them stops them; a control holds them for a moment at most.
    services: Arc<Services>,
}

impl<H> Deployed<H> {
    pub(super) fn new(handle: H, services: Services) -> Self {
        Deployed {
            handle,
            services: Arc::new(services),
        }
    }

    /// The handle.
    pub fn handle(this: &Self) -> &H {
        &this.handle
    }

    /// What operates it while it runs: its status, its health, its options.
    pub fn control(this: &Self) -> ApplicationControl {
        ApplicationControl::new(&this.services)
    }

    /// Accepts no more requests, waits until those it has accepted are answered, and stops.
    ///
    /// It waits for a request of a graph however long that takes; only one that waits for a deployment that
    /// was scaled to no replicas is refused. What there is left at deployments then has their
    /// [`graceful_shutdown_timeout_s`](crate::Bound::graceful_shutdown_timeout_s): calls on threads whose callers
    /// have gone, and calls that are part of no request, as all are of a deployment that was deployed by itself. A
    /// caller that still waits after that gets an error, [`Unavailable`](crate::ErrorKind::Unavailable).
    ///
    /// To wait no longer than a certain time for all of it, drop the future, as `tokio::time::timeout` does: that
    /// stops the deployments at once.
    pub async fn shutdown(this: Self) {
        this.services.drain().await;
    }
}

impl<H> Deref for Deployed<H> {
    type Target = H;

    fn deref(&self) -> &H {
        &self.handle
    }
}

impl<H: fmt::Debug> fmt::Debug for Deployed<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Deployed").field(&self.handle).finish()
    }
}
