//! What is written as if an edge carried the `Result` of its node.

/// A value with `unwrap`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an `Option` or a `Result`: an edge carries the `Ok` value of its node, and an error ends the request",
    label = "nothing to unwrap",
    note = "help: remove this call and use the value itself; an `unwrap` of your own type is written with its path, `Type::unwrap(value)`"
)]
pub trait Unwrap: Sized {
    #[doc(hidden)]
    type Value;

    #[doc(hidden)]
    fn value(this: Self) -> Self::Value;
}

/// A value that is matched with `Ok` or `Err`, or has a method of `Result` called.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Result`: an edge carries the `Ok` value of its node, and an error ends the request",
    label = "there is no `Ok` or `Err` here",
    note = "help: use the value itself; to handle the error of a node, catch it in that node's method, or call it by handle in another deployment's `async fn`"
)]
pub trait Fallible: Sized {
    #[doc(hidden)]
    type Value;

    #[doc(hidden)]
    fn value(this: Self) -> Self::Value;
}

macro_rules! itself {
    ($($trait:ident for [$($generics:tt)*] $ty:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> $trait for $ty {
            type Value = Self;

            #[inline]
            fn value(this: Self) -> Self {
                this
            }
        }
    )*};
}

itself! {
    Unwrap for [T] Option<T>;
    Unwrap for ['a, T] &'a Option<T>;
    Unwrap for [T, E] Result<T, E>;
    Unwrap for ['a, T, E] &'a Result<T, E>;
    Fallible for [T, E] Result<T, E>;
    Fallible for ['a, T, E] &'a Result<T, E>;
}
