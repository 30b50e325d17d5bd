//! Ends a call at its deadline.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::request::call_options::CallOptions;
use crate::request::context::{self, Request, Waiting};
use crate::util::tokio_runtime::check_deadline;
use crate::{Error, Result};

/// The terms of a call that differ from its caller's request. Dropping them ends the call.
pub(crate) struct Terms {
    deadline: Option<Instant>,
    /// The call's own request, if it differs from the caller's.
    own: Option<Waiting>,
    /// Created when the call has to wait.
    timer: Option<Pin<Box<Sleep>>>,
}

/// The error that the deadline has passed.
#[derive(Debug)]
pub(crate) struct Expired;

impl Terms {
    /// The terms of a call with options, or of a graph with a timeout for requests. `None`, at almost
    /// no cost, if there is no deadline and no options.
    #[inline]
    pub(crate) fn of(
        options: Option<&CallOptions>,
        timeout: Option<Duration>,
    ) -> Result<Option<Box<Self>>> {
        match (options, timeout) {
            (None, None) => Ok(context::deadline().map(Self::inherited)),
            _ => Self::own(options, timeout),
        }
    }

    /// The terms of a request of its own, which is cancelled when the terms are dropped.
    pub(crate) fn of_request(request: Request) -> Box<Self> {
        Box::new(Terms {
            deadline: request.deadline(),
            own: Some(Waiting(request)),
            timer: None,
        })
    }

    #[cold]
    fn inherited(deadline: Instant) -> Box<Self> {
        Box::new(Terms {
            deadline: Some(deadline),
            own: None,
            timer: None,
        })
    }

    #[cold]
    fn own(options: Option<&CallOptions>, timeout: Option<Duration>) -> Result<Option<Box<Self>>> {
        let callers = Request::current();
        let by = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let sooner = by.filter(|by| callers.deadline().is_none_or(|callers| *by < callers));
        let own = match (options, sooner) {
            (None, None) => return Ok(callers.deadline().map(Self::inherited)),
            (None, Some(_)) => callers.fork(),
            (Some(options), _) => options.applied_to(&callers)?,
        };
        let own = sooner.map_or_else(|| own.clone(), |by| own.with_deadline(by));
        if own.deadline().is_some() {
            check_deadline()?;
        }
        Ok(Some(Self::of_request(own)))
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    fn poll<F: Future>(&mut self, future: Pin<&mut F>, cx: &mut Context<'_>) -> Poll<F::Output> {
        match &self.own {
            Some(own) => own.0.clone().sync_scope(|| future.poll(cx)),
            None => future.poll(cx),
        }
    }

    /// Whether the deadline has passed; if not, the task is woken when it does.
    ///
    /// This also reads the clock: if nested calls have the same deadline and the outermost is woken first, the
    /// innermost is still the one that reports it.
    fn has_expired(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(deadline) = self.deadline else {
            return false;
        };
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        timer.as_mut().poll(cx).is_ready() || deadline <= Instant::now()
    }
}

pin_project! {
    /// A future under terms; without terms it is only that future.
    pub(crate) struct Within<F> {
        #[pin]
        future: F,
        terms: Option<Box<Terms>>,
    }
}

/// Runs a future under terms.
#[inline]
pub(crate) fn within<F: Future>(terms: Option<Box<Terms>>, future: F) -> Within<F> {
    Within { future, terms }
}

impl<F: Future> Future for Within<F> {
    type Output = Result<F::Output, Expired>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Some(terms) = this.terms else {
            return this.future.poll(cx).map(Ok);
        };
        if let Poll::Ready(output) = terms.poll(this.future, cx) {
            return Poll::Ready(Ok(output));
        }
        match terms.has_expired(cx) {
            true => Poll::Ready(Err(Expired)),
            false => Poll::Pending,
        }
    }
}

impl From<Expired> for Error {
    fn from(_: Expired) -> Self {
        Error::deadline_passed()
    }
}
