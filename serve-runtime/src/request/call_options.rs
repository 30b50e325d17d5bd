//! What calls through a handle are made with.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::{Error, Request, Result};

/// What the calls through a handle are made with, for [`HandleOptions::options`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallOptions {
    timeout_s: Option<f64>,
    model_id: Option<Arc<str>>,
}

impl CallOptions {
    /// No options set: all as the request has it that makes the call.
    pub fn new() -> Self {
        CallOptions::default()
    }

    /// How long a call may take, in seconds; more than 0. A call that is not over by then fails as
    /// [`ErrorKind::DeadlineExceeded`](crate::ErrorKind::DeadlineExceeded). A deadline that the request has
    /// already is kept if it is sooner.
    ///
    /// Another value is an error of the call, [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput).
    #[must_use]
    pub fn timeout_s(mut self, timeout_s: f64) -> Self {
        self.timeout_s = Some(timeout_s);
        self
    }

    /// The model that the call is for, where a deployment has several; what
    /// [`Request::model_id`] is there.
    #[must_use]
    pub fn multiplexed_model_id(mut self, model_id: impl Into<Arc<str>>) -> Self {
        self.model_id = Some(model_id.into());
        self
    }

    /// These options, and those of `before` where they are unset.
    #[doc(hidden)]
    pub fn over(self, before: Option<&CallOptions>) -> Arc<Self> {
        let before = before.cloned().unwrap_or_default();
        Arc::new(CallOptions {
            timeout_s: self.timeout_s.or(before.timeout_s),
            model_id: self.model_id.or(before.model_id),
        })
    }

    /// A request like that one, made with these options.
    pub(crate) fn applied_to(&self, request: &Request) -> Result<Request> {
        let mut request = request.fork();
        if let Some(timeout_s) = self.timeout_s {
            let timeout = seconds(timeout_s).ok_or_else(|| {
                Error::invalid_input(format!(
                    "`timeout_s` must be a number above 0, but is {timeout_s}"
                ))
            })?;
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

/// A number of seconds above 0; one that is too large to be told from for ever is the longest there is.
pub(crate) fn seconds(seconds: f64) -> Option<Duration> {
    let is_positive = seconds > 0.0; // which NaN is not
    is_positive.then(|| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

/// Implemented by every handle: a copy whose calls use the given options.
///
/// A deployment's own method of the name `options` takes precedence over this one, which can still be
/// called as `HandleOptions::options(&handle, ..)`.
///
/// ```
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
/// let french = greet.options(CallOptions::new().timeout_s(0.2).multiplexed_model_id("fr"));
/// assert_eq!(french.call("Ada".into()).await?, "Bonjour, Ada");
/// assert_eq!(greet.call("Ada".into()).await?, "Hello, Ada");
/// # Ok(())
/// # }
/// ```
pub trait HandleOptions: Sized {
    /// A copy of the handle, with options for its calls; those that the handle has already stay where these are
    /// unset.
    #[must_use = "the options hold for the handle that is returned"]
    fn options(&self, options: CallOptions) -> Self;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_options_stand_before_earlier_ones() {
        let both = CallOptions::new().timeout_s(1.0).multiplexed_model_id("a");
        let later = CallOptions::new().timeout_s(2.0).over(Some(&both));
        assert_eq!(
            *later,
            CallOptions::new().timeout_s(2.0).multiplexed_model_id("a")
        );
    }

    #[test]
    fn only_a_number_above_zero_is_a_time() {
        for wrong in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
            assert_eq!(seconds(wrong), None, "{wrong}");
            let refused = CallOptions::new()
                .timeout_s(wrong)
                .applied_to(&Request::default());
            assert!(refused.unwrap_err().message().contains("`timeout_s`"));
        }
        assert_eq!(seconds(0.25), Some(Duration::from_millis(250)));
        assert_eq!(seconds(f64::INFINITY), Some(Duration::MAX));
    }
}
