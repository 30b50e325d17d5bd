//! The errors of calls.

mod carried;
mod overloaded;
mod place;
mod status;
#[cfg(test)]
mod tests;

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use self::carried::{Boxed, Common};
pub use self::overloaded::{OverloadReason, Overloaded};
pub(crate) use self::place::Item;
use self::place::Place;
use crate::panics::{drop_quietly, unwound};

/// The result of a call, a method or a constructor; any error can be raised with `?`.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A boxed error of any type.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// The error of a call: the kind of failure, the node that failed, and the cause.
///
/// Any `std::error::Error` becomes one through `?`, as [`ErrorKind::Failed`]. For that reason it does not
/// implement `std::error::Error` itself, like `anyhow::Error`. A [`BoxError`] of it does, which `?` makes in a
/// function that returns one, or a `Box<dyn Error>`. Taken out of a `BoxError`, it is unchanged.
///
/// In a function that returns an `anyhow::Result`, write
/// `.map_err(|error| anyhow::Error::from_boxed(error.into()))?`. A method that returns one raises every error as
/// [`ErrorKind::Failed`], because the runtime cannot look inside an `anyhow::Error`.
///
/// `{}` prints where it happened and the message, `{:?}` also the chain of causes. In "node `score.run[3]`: `model.run`:
/// too long", the node is `score.run`, 3 is the index of the item where a fan-out called it, and the node called
/// `model.run` through a handle.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    /// Set by [`Error::with_status`].
    status: Option<u16>,
    place: Place,
    cause: BoxError,
    /// The cause as text, made when it is first needed.
    message: OnceLock<Box<str>>,
}

/// The kinds of failure. The kind decides how a client is answered, unless the error has a
/// [status of its own](Error::with_status).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A constructor or method returned an error of its own. Over HTTP: 500, without the message.
    Failed,
    /// A constructor or method panicked. Over HTTP: 500, without the message.
    Panicked,
    /// The request cannot be served as it is: its sender has to change it. Over HTTP: 422, with the
    /// message.
    InvalidInput,
    /// Something outside this program that the request named is not available. Over HTTP: 502, with
    /// the message.
    Upstream,
    /// Too many calls are already waiting. Over HTTP: 503 with `Retry-After`.
    Overloaded,
    /// The deployment is not running: not yet, no longer, or it could not be started. Over HTTP: 503.
    Unavailable,
    /// The request's deadline has passed, or the remaining work cannot be done by then. Over HTTP:
    /// 504.
    DeadlineExceeded,
}

impl Error {
    /// An error of a kind, with a message or a cause.
    pub fn new(kind: ErrorKind, cause: impl Into<BoxError>) -> Self {
        Error(Box::new(Inner {
            kind,
            status: None,
            place: Place::default(),
            cause: cause.into(),
            message: OnceLock::new(),
        }))
    }

    /// A failure of the program's own: `Error::failed("no such row")`, where there is no other error
    /// to raise with `?`. The sender does not see the message.
    pub fn failed(cause: impl Into<BoxError>) -> Self {
        Error::new(ErrorKind::Failed, cause)
    }

    /// An error for a request that cannot be served as it is; the sender sees the message.
    pub fn invalid_input(cause: impl Into<BoxError>) -> Self {
        Error::new(ErrorKind::InvalidInput, cause)
    }

    /// An error for something that the request named and that is not available; the sender sees the message.
    pub fn upstream(cause: impl Into<BoxError>) -> Self {
        Error::new(ErrorKind::Upstream, cause)
    }

    pub(crate) fn unavailable(cause: impl Into<BoxError>) -> Self {
        Error::new(ErrorKind::Unavailable, cause)
    }

    pub(crate) fn deadline_passed() -> Self {
        Error::new(ErrorKind::DeadlineExceeded, "the deadline has passed")
    }

    /// The error for a request that is refused before it starts, because it cannot meet its deadline.
    #[cold]
    pub(crate) fn deadline_out_of_reach(left: Duration, needs: Duration) -> Self {
        let message = format!(
            "the deadline is out of reach: {left:.1?} are left, but at its fastest the remaining work recently took {needs:.1?}"
        );
        Error::new(ErrorKind::DeadlineExceeded, message)
    }

    /// The error for a constructor or method that panicked, with its message.
    pub(crate) fn panicked(payload: Box<dyn std::any::Any + Send>) -> Self {
        let message = message_of(payload);
        Error::new(ErrorKind::Panicked, format!("panicked: {message}"))
    }

    /// The same for another function of the user's.
    pub(crate) fn panicked_in(function: &str, payload: Box<dyn std::any::Any + Send>) -> Self {
        let message = message_of(payload);
        Error::new(
            ErrorKind::Panicked,
            format!("{function} panicked: {message}"),
        )
    }

    /// The error of a user's method. An `Error` that was boxed is unboxed unchanged.
    pub(crate) fn from_user(cause: BoxError) -> Self {
        match cause.downcast::<Boxed>() {
            Ok(boxed) => boxed.0,
            Err(cause) => Error::new(ErrorKind::Failed, cause),
        }
    }

    /// Names the node that the error happened in. If that node runs a graph of its own, the error already names
    /// an inner node: `ocr.call/detector.run`.
    #[must_use]
    pub(crate) fn at(mut self, node: &str) -> Self {
        self.0.place.enter(node);
        self
    }

    /// Names the node, unless the error already has one.
    #[must_use]
    pub(crate) fn at_first(self, node: &str) -> Self {
        match self.0.place.node {
            Some(_) => self,
            None => self.at(node),
        }
    }

    /// The same error for each of several calls.
    pub(crate) fn copies(self, count: usize) -> Vec<Self> {
        if count == 1 {
            return vec![self];
        }
        let Inner {
            kind,
            status,
            place,
            cause,
            ..
        } = *self.0;
        let cause: Arc<dyn StdError + Send + Sync> = cause.into();
        let copy = || {
            let cause: BoxError = Box::new(Common(Arc::clone(&cause)));
            let mut error = Error::new(kind, cause);
            error.0.status = status;
            error.0.place = place.clone();
            error
        };
        std::iter::repeat_with(copy).take(count).collect()
    }

    /// The kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The graph's node that failed, such as `segmentation.forward`, or `ocr.call/detector.run` in a
    /// graph that is bound in a graph; `None` outside a graph.
    pub fn node(&self) -> Option<&str> {
        self.0.place.node.as_deref()
    }

    /// The message, without the node and without the sources. It is made from the cause when it is first needed,
    /// and kept.
    pub fn message(&self) -> &str {
        let message = || Cause(&self.0.cause).to_string().into();
        self.0.message.get_or_init(message)
    }

    /// The source of the cause: [`std::error::Error::source`], which may have a source of its own.
    ///
    /// ```
    /// use serve_runtime::prelude::*;
    ///
    /// fn innermost(error: &Error) -> String {
    ///     let sources = std::iter::successors(error.source(), |source| source.source());
    ///     sources.last().map_or(error.message().to_owned(), ToString::to_string)
    /// }
    /// # assert_eq!(innermost(&Error::failed("x")), "x");
    /// ```
    pub fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.cause.source()
    }

    /// The cause by value, as the type that it was raised with.
    ///
    /// # Errors
    ///
    /// The error itself, if the cause is of another type, or if several calls share it: then
    /// [`Error::downcast_ref`] finds it.
    pub fn downcast<E: StdError + 'static>(mut self) -> Result<E, Self> {
        match self.0.cause.downcast::<E>() {
            Ok(cause) => Ok(*cause),
            Err(cause) => {
                self.0.cause = cause;
                Err(self)
            }
        }
    }

    /// The cause as the type that it was raised with, such as [`Overloaded`].
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        match self.0.cause.downcast_ref::<Common>() {
            Some(common) => common.0.downcast_ref(),
            None => self.0.cause.downcast_ref(),
        }
    }
}

/// The message of a panic. Its payload is the user's, and may panic when it is dropped.
fn message_of(payload: Box<dyn std::any::Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => {
            let message = payload.downcast_ref::<&str>();
            let message = message
                .unwrap_or(&"a value that is not a string")
                .to_string();
            drop_quietly(payload);
            message
        }
    }
}

/// Writes a cause, which is the user's code. What writes an error - the controller into its log, the server -
/// works for others as well: a panic is a part of the text.
fn write_cause(
    f: &mut fmt::Formatter<'_>,
    write: impl FnOnce(&mut fmt::Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    unwound(|| write(&mut *f)).unwrap_or_else(|payload| {
        let message = message_of(payload);
        write!(f, "(an error that panics when it is written: {message})")
    })
}

struct Cause<'a>(&'a BoxError);

impl fmt::Display for Cause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_cause(f, |f| self.0.fmt(f))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.place.fmt(f)?;
        Cause(&self.0.cause).fmt(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        write_cause(f, |f| {
            let mut cause = self.source();
            while let Some(error) = cause {
                write!(f, "\n  caused by: {error}")?;
                cause = error.source();
            }
            Ok(())
        })
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    fn from(cause: E) -> Self {
        Error::from_user(Box::new(cause))
    }
}

impl From<Error> for BoxError {
    fn from(error: Error) -> Self {
        Box::new(Boxed(error))
    }
}

impl From<Error> for Box<dyn StdError> {
    fn from(error: Error) -> Self {
        Box::new(Boxed(error))
    }
}
