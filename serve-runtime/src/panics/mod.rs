//! Keeping in the panics of users' code.

mod catch;
mod drop_quietly;
mod isolate;

pub(crate) use self::catch::catch;
pub(crate) use self::drop_quietly::{catch_drop_panic, drop_quietly};
pub use self::isolate::isolate;
