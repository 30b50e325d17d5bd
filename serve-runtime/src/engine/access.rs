//! How a call uses its replica.

/// What a call needs of its replica while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing of its own: no method of its deployment takes `&mut self`.
    Any,
    /// That nothing changes it: a `&self` beside methods with `&mut self`.
    Shared,
    /// It alone: `&mut self`.
    Exclusive,
}
