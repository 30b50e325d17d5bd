//! Generated code that only tests need: without the feature `testing` it is nothing.

/// Items for tests.
#[cfg(feature = "testing")]
#[doc(hidden)]
#[macro_export]
macro_rules! __for_tests {
    ($($code:tt)*) => { $($code)* };
}

/// Items for tests.
#[cfg(not(feature = "testing"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __for_tests {
    ($($code:tt)*) => {};
}

/// Has the engine's fake answer a call, if it has one.
#[cfg(feature = "testing")]
#[doc(hidden)]
#[macro_export]
macro_rules! __unless_faked {
    ($engine:expr, $method:literal, ($($argument:ident,)*)) => {
        let ($($argument,)*) = match $crate::private::Fakeable::fake(&*$engine).call($method, ($($argument,)*)) {
            $crate::private::result::Result::Ok(reply) => return reply.await,
            $crate::private::result::Result::Err(arguments) => arguments,
        };
    };
}

/// Has the engine's fake answer a call, if it has one.
#[cfg(not(feature = "testing"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __unless_faked {
    ($($code:tt)*) => {};
}

/// The future of a call: the fake's, if the engine has one.
#[cfg(feature = "testing")]
#[doc(hidden)]
#[macro_export]
macro_rules! __fake_or {
    ($engine:expr, $method:literal, ($($argument:ident,)*), $call:expr) => {
        match $crate::private::Fakeable::fake(&*$engine).call($method, ($($argument,)*)) {
            $crate::private::result::Result::Ok(reply) => $crate::private::Either::Left(reply),
            $crate::private::result::Result::Err(($($argument,)*)) => {
                $crate::private::Either::Right($call)
            }
        }
    };
}

/// The future of a call.
#[cfg(not(feature = "testing"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __fake_or {
    ($engine:expr, $method:literal, ($($argument:ident,)*), $call:expr) => {
        $call
    };
}

pub use crate::{__fake_or as fake_or, __for_tests as for_tests, __unless_faked as unless_faked};
