//! A running application, which stops when it is dropped.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::application::{ApplicationControl, Services};

/// The running application that [`deploy`](crate::deploy) returns. It keeps its deployments running, and derefs to
/// its handle.
///
/// Dropping it stops the deployments at once; [`Deployed::shutdown`] answers their requests first.
///
/// Its own operations are associated functions, as those of [`Arc`] are: `Deployed::control(&app)`, and not
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
#[must_use = "dropping it stops its deployments at once: keep it while they should run, and end with `shutdown`"]
pub struct Deployed<H> {
    handle: H,
    /// Dropping the services stops them; a control holds them only for a moment.
    services: Arc<Services>,
}

impl<H> Deployed<H> {
    pub(super) fn new(handle: H, services: Services) -> Self {
        Deployed {
            handle,
            services: Arc::new(services),
        }
    }

    /// A second one of the same application, which runs until both are dropped.
    #[cfg(feature = "http")]
    pub(crate) fn shared(&self) -> Self
    where
        H: Clone,
    {
        Deployed {
            handle: self.handle.clone(),
            services: Arc::clone(&self.services),
        }
    }

    /// The handle.
    pub fn handle(this: &Self) -> &H {
        &this.handle
    }

    /// Returns the control of the application: its status, its health, its options.
    pub fn control(this: &Self) -> ApplicationControl {
        ApplicationControl::new(&this.services)
    }

    /// Accepts no new requests, waits until the accepted ones are answered, and stops.
    ///
    /// It waits for a request of a graph however long that takes. The remaining calls then have the
    /// [`graceful_shutdown_timeout`](crate::Bound::graceful_shutdown_timeout) of their deployment: calls on threads
    /// whose callers have gone, and calls that belong to no request, as all calls of a deployment that was deployed by
    /// itself. A caller that still waits after that gets an error, [`Unavailable`](crate::ErrorKind::Unavailable).
    ///
    /// To limit the time of all this, drop the future, as `tokio::time::timeout` does: that stops the deployments
    /// at once.
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
