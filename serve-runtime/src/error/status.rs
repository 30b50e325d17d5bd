//! What a client gets to know of an error: its HTTP status, and which of its text.

use std::error::Error as StdError;
use std::fmt;
use std::ops::RangeInclusive;

use super::{BoxError, Error, ErrorKind};

/// The statuses of errors.
const STATUSES: RangeInclusive<u16> = 400..=599;
const FIRST_OF_THE_SERVER: u16 = 500;

impl Error {
    /// An error with an HTTP status of its own, which the sender gets with the message: `409` for a conflict, `429` for
    /// a quota of yours, `507` for a full disk.
    ///
    /// The kind of an error with a status below 500 is [`ErrorKind::InvalidInput`], and the log says that the request was
    /// refused. From 500 on it is [`ErrorKind::Failed`], and the log says that it failed. Either way the message is sent,
    /// because you chose it. Its [sources](Error::source) are not: they are only in the log.
    ///
    /// A number outside of 400 to 599 is not the status of an error. That is a mistake in the program, so the client is
    /// answered as by [`Error::failed`], and the message, which is in the log, names the number.
    ///
    /// ```
    /// use serve_runtime::prelude::*;
    ///
    /// #[deployment]
    /// async fn reserve(seats: u32) -> Result<u32> {
    ///     match seats {
    ///         0..=4 => Ok(seats),
    ///         _ => Err(Error::with_status(409, "only 4 seats are left")),
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let app = deploy(reserve::bind()).await?;
    /// let error = app.call(7).await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::InvalidInput);
    /// assert_eq!(error.public_message(), "only 4 seats are left");
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_status(status: u16, cause: impl Into<BoxError>) -> Self {
        let cause = cause.into();
        if !STATUSES.contains(&status) {
            return Error::failed(NoStatus { status, cause });
        }
        let kind = match status < FIRST_OF_THE_SERVER {
            true => ErrorKind::InvalidInput,
            false => ErrorKind::Failed,
        };
        let mut error = Error::new(kind, cause);
        error.0.status = Some(status);
        error
    }

    /// The status that a client gets: that of [`Error::with_status`], else that of the [kind](ErrorKind).
    ///
    /// ```
    /// use serve_runtime::axum::http::StatusCode;
    /// use serve_runtime::prelude::*;
    ///
    /// assert_eq!(Error::invalid_input("not a photo").status(), StatusCode::UNPROCESSABLE_ENTITY);
    /// assert_eq!(Error::with_status(409, "taken").status(), StatusCode::CONFLICT);
    /// ```
    #[cfg(feature = "http")]
    pub fn status(&self) -> axum::http::StatusCode {
        use axum::http::StatusCode;

        let own = self.0.status;
        let own = own.and_then(|status| StatusCode::from_u16(status).ok());
        own.unwrap_or(match self.kind() {
            ErrorKind::InvalidInput => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorKind::Upstream => StatusCode::BAD_GATEWAY,
            ErrorKind::Overloaded | ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            ErrorKind::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
            ErrorKind::Failed | ErrorKind::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
        })
    }

    /// What a client may see: the [message](Error::message), or in its place `internal error` or `unavailable`, where
    /// the message is about the inside of the program.
    ///
    /// ```
    /// use serve_runtime::prelude::*;
    ///
    /// assert_eq!(Error::invalid_input("not a photo").public_message(), "not a photo");
    /// assert_eq!(Error::failed("no row 7 in `users`").public_message(), "internal error");
    /// ```
    pub fn public_message(&self) -> &str {
        if self.0.status.is_some() {
            return self.message();
        }
        match self.kind() {
            ErrorKind::Failed | ErrorKind::Panicked => "internal error",
            ErrorKind::Unavailable => "unavailable",
            ErrorKind::InvalidInput
            | ErrorKind::Upstream
            | ErrorKind::Overloaded
            | ErrorKind::DeadlineExceeded => self.message(),
        }
    }
}

/// The cause of an error with a status that is none of an error.
#[derive(Debug)]
struct NoStatus {
    status: u16,
    cause: BoxError,
}

impl fmt::Display for NoStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (status, first, last) = (self.status, STATUSES.start(), STATUSES.end());
        write!(
            f,
            "`Error::with_status` was called with {status}, but the statuses of errors are {first} to {last}"
        )
    }
}

impl StdError for NoStatus {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.cause)
    }
}
