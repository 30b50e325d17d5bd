//! What only generated code implements.

/// Seals the traits that `#[deployment]` and `#[graph]` implement: they may get further items, which code
/// that is generated anew has.
pub trait Generated {}
