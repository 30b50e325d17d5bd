//! The code that `#[deployment]` generates: on a type, on its `impl` block and on a function.

mod batch;
mod bind;
pub(super) mod checks;
pub(crate) mod describe;
mod fake;
pub(crate) mod fields;
pub(crate) mod function;
pub(crate) mod handle;
pub(crate) mod held;
pub(crate) mod implementation;
mod lifecycle;
mod method;
mod multiplexed;
pub(super) mod options;
pub(crate) mod pairing;
mod parameters;
pub(super) mod signature;
mod stream;
pub(crate) mod ty;
