//! Results that are not called so.

use std::marker::PhantomData;

use super::mistaken::IsNot;

/// The output of a method that is not written as a `Result`.
#[diagnostic::on_unimplemented(
    message = "this is a `Result` under another name, so its error would not end the request",
    label = "the same as `{T}`",
    note = "help: write `{T}` here"
)]
pub trait NoResult<T> {
    #[doc(hidden)]
    const CHECKED: usize = 0;
}

#[diagnostic::do_not_recommend]
impl<T, M: IsNot> NoResult<T> for M {}

/// Whether `T` is a `Result`.
pub struct IsResult<T>(PhantomData<T>);

impl<T, E> IsResult<Result<T, E>> {
    /// It is one.
    pub const RESULT: bool = true;
}

/// The fallback for any other type.
pub trait IsOutput {
    #[doc(hidden)]
    const RESULT: bool = false;
}

impl<T> IsOutput for IsResult<T> {}
