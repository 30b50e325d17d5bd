//! The options of calls through a handle.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::{Error, Request, Result};

/// Options for the calls through a handle, for [`HandleOptions::options`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallOptions {
    timeout: Option<Duration>,
    model_id: Option<Arc<str>>,
}

impl CallOptions {
    /// No options set: the call has everything from the request that makes it.
    pub fn new() -> Self {
        CallOptions::default()
    }

    /// Sets how long a call may take; above 0. A call that takes longer fails as
    /// [`ErrorKind::DeadlineExceeded`](crate::ErrorKind::DeadlineExceeded). An earlier deadline that the request
    /// already has is kept.
    ///
    /// A timeout of 0 is an error of the call, [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput).
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets the model that the call is for, at a deployment with several models. There,
    /// [`Request::model_id`] returns it.
    #[must_use]
    pub fn model_id(mut self, model_id: impl Into<Arc<str>>) -> Self {
        self.model_id = Some(model_id.into());
        self
    }

    /// These options, and those of `before` where these are unset.
    #[doc(hidden)]
    pub fn over(self, before: Option<&CallOptions>) -> Arc<Self> {
        let before = before.cloned().unwrap_or_default();
        Arc::new(CallOptions {
            timeout: self.timeout.or(before.timeout),
            model_id: self.model_id.or(before.model_id),
        })
    }

    /// A copy of a request with these options.
    pub(crate) fn applied_to(&self, request: &Request) -> Result<Request> {
        let mut request = request.fork();
        if let Some(timeout) = self.timeout {
            if timeout.is_zero() {
                return Err(Error::invalid_input("`timeout` must be longer than 0"));
            }
            if let Some(deadline) = Instant::now().checked_add(timeout) {
                request = request.with_deadline(deadline);
            }
        }
        if let Some(model_id) = &self.model_id {
            request = request.with_model_id(Arc::clone(model_id));
        }
        Ok(request)
    }
}

/// Implemented by every handle: a copy whose calls use the given options.
///
/// A deployment's own method of the name `options` takes precedence over this one, which can still be
/// called as `HandleOptions::options(&handle, ..)`.
///
/// ```
/// use std::time::Duration;
/// use serve_runtime::prelude::*;
///
/// #[deployment]
/// async fn greet(name: String) -> String {
///     match Request::current().model_id() {
///         Some("fr") => format!("Bonjour, {name}"),
///         _ => format!("Hello, {name}"),
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let greet = deploy(greet::bind()).await?;
/// let french = greet.options(CallOptions::new().timeout(Duration::from_millis(200)).model_id("fr"));
/// assert_eq!(french.call("Ada".into()).await?, "Bonjour, Ada");
/// assert_eq!(greet.call("Ada".into()).await?, "Hello, Ada");
/// # Ok(())
/// # }
/// ```
pub trait HandleOptions: Sized {
    /// A copy of the handle with options for its calls. Where these options are unset, those that the handle already has
    /// remain.
    #[must_use = "the options apply to the returned handle"]
    fn options(&self, options: CallOptions) -> Self;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_options_take_precedence_over_earlier_ones() {
        let both = timeout(1).model_id("a");
        let later = timeout(2).over(Some(&both));
        assert_eq!(*later, timeout(2).model_id("a"));
    }

    #[test]
    fn a_timeout_of_zero_is_refused() {
        let none = timeout(0).applied_to(&Request::default());
        assert_eq!(
            none.unwrap_err().message(),
            "`timeout` must be longer than 0"
        );
        let for_ever = CallOptions::new().timeout(Duration::MAX);
        let request = for_ever.applied_to(&Request::default()).unwrap();
        assert_eq!(request.deadline(), None);
    }

    fn timeout(seconds: u64) -> CallOptions {
        CallOptions::new().timeout(Duration::from_secs(seconds))
    }
}
