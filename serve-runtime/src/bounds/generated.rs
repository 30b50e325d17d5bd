//! The seal of the traits that only generated code implements.

/// Seals the traits that `#[deployment]` and `#[graph]` implement. A new version may add items to them,
/// because generated code always has them.
pub trait Generated {}
