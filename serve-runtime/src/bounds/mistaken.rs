//! Mistakes that a constant knows of.
//!
//! A probe is a type with a constant twice: in an inherent impl for the types that are meant, which rustc prefers,
//! and in a trait for all others. `Mistaken<{ probe }>` makes a bound of it.

/// Whether a mistake was made.
pub struct Mistaken<const MISTAKEN: bool>;

/// No mistake. rustc would show an impl of a trait for `Mistaken<false>` itself as an example.
#[doc(hidden)]
pub trait IsNot {}

impl IsNot for Mistaken<false> {}
