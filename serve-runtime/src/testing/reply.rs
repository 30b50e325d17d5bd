//! The replies of a fake.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::future::{BoxFuture, FutureExt};

use crate::{Error, Result};

/// The reply of a fake to a call: at once, or later.
pub enum Reply<T> {
    #[doc(hidden)]
    Now(Option<Result<T>>),
    #[doc(hidden)]
    Later(BoxFuture<'static, Result<T>>),
}

/// The return types of a fake's closure for a method that returns a `T`: a `T`, a
/// [`Result<T>`](Result), or [`later`] with one of them.
#[diagnostic::on_unimplemented(
    message = "a fake that returns `{Self}` cannot replace a method that returns `{T}`",
    label = "this returns `{Self}`, but `{T}` or `Result<{T}>` is expected",
    note = "to wait in a fake, return `serve_runtime::testing::later(async move {{ .. }})`"
)]
pub trait IntoReply<T> {
    #[doc(hidden)]
    fn into_reply(self) -> Reply<T>;
}

#[diagnostic::do_not_recommend]
impl<T> IntoReply<T> for T {
    fn into_reply(self) -> Reply<T> {
        Reply::Now(Some(Ok(self)))
    }
}

/// The error's type is fixed, so that a closure may end with `Ok(..)`; `?` converts any error to it.
#[diagnostic::do_not_recommend]
impl<T> IntoReply<T> for Result<T, Error> {
    fn into_reply(self) -> Reply<T> {
        Reply::Now(Some(self))
    }
}

#[diagnostic::do_not_recommend]
impl<T> IntoReply<T> for Reply<T> {
    fn into_reply(self) -> Reply<T> {
        self
    }
}

/// Makes a fake answer with the result of a future.
///
/// ```
/// # use serve_runtime::prelude::*;
/// use serve_runtime::testing::{handle, later};
///
/// #[deployment]
/// async fn length(text: &str) -> usize {
///     text.len()
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let slow = length::fake(|text| later(async move {
///     tokio::task::yield_now().await;
///     Ok(text.len() + 1)
/// }));
/// assert_eq!(handle(slow).call(Shared::new("tea".to_owned())).await?, 4);
/// # Ok(())
/// # }
/// ```
pub fn later<F, T>(future: F) -> Reply<T>
where
    F: Future<Output: IntoReply<T>> + Send + 'static,
    T: Send + 'static,
{
    Reply::Later(future.then(IntoReply::into_reply).boxed())
}

impl<T> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reply::Now(_) => "Reply::Now(..)",
            Reply::Later(_) => "Reply::Later(..)",
        })
    }
}

/// `Reply` is `Unpin`: an immediate value is moved out, never polled in place.
impl<T> Unpin for Reply<T> {}

impl<T> Future for Reply<T> {
    type Output = Result<T>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T>> {
        match self.get_mut() {
            Reply::Now(result) => result.take().map_or(Poll::Pending, Poll::Ready),
            Reply::Later(future) => future.as_mut().poll(cx),
        }
    }
}
