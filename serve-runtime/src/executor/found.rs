//! What a pattern takes apart, owned.

/// A value that may be an `Option<&T>`.
pub struct Found<V>(V);

impl<V> Found<V> {
    /// Of a value.
    #[inline]
    pub fn of(value: V) -> Self {
        Found(value)
    }
}

impl<T: Clone> Found<Option<&T>> {
    /// A copy of what it borrows.
    #[inline]
    pub fn __own(self) -> Option<T> {
        self.0.cloned()
    }
}

/// Any other value: rustc prefers the method above where there is one.
pub trait Itself {
    /// The value.
    type Value;

    /// The value itself.
    fn __own(self) -> Self::Value;
}

impl<V> Itself for Found<V> {
    type Value = V;

    #[inline]
    fn __own(self) -> V {
        self.0
    }
}
