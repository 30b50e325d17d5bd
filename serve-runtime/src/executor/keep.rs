//! Where the future of a request is kept: in the future of its caller, or in a box of its own if it is large.
//!
//! A future is copied whenever it is passed on, with the room for all that it will ever hold. So a large one would cost
//! its caller, and the stack, more than an allocation does.

use std::future::Future;
use std::pin::Pin;

/// The maximum size of a request's future that is kept in that of its caller, in bytes, and of that of a fan-out's item.
pub(super) const MAX_INLINE: usize = 16 * 1024;

/// 1 if the futures that a function returns are kept in boxes, otherwise 0.
pub const fn boxes<A, B, C, F>(_function: fn(A, B, C) -> F) -> usize {
    (size_of::<F>() > MAX_INLINE) as usize
}

/// How futures are kept. The sizes of arrays stand for the answers of [`boxes`], because only constants know the size
/// of a future.
pub trait Keep {
    /// A future that is kept in this way.
    #[doc(hidden)]
    type Kept<F: Future>: Future<Output = F::Output>;

    #[doc(hidden)]
    fn keep<F: Future>(make: impl FnOnce() -> F) -> Self::Kept<F>;
}

impl Keep for [(); 0] {
    type Kept<F: Future> = F;

    #[inline]
    fn keep<F: Future>(make: impl FnOnce() -> F) -> F {
        make()
    }
}

impl Keep for [(); 1] {
    type Kept<F: Future> = Pin<Box<F>>;

    #[inline(never)]
    fn keep<F: Future>(make: impl FnOnce() -> F) -> Pin<Box<F>> {
        Box::pin(make())
    }
}
