//! Which arm of a choice a request takes.

/// A `match` or an `if`: open until the request comes to it.
pub struct Choice(Option<usize>);

impl Choice {
    /// A choice that is not made yet.
    #[inline]
    #[allow(clippy::new_without_default)] // for generated code alone
    pub fn new() -> Self {
        Choice(None)
    }

    /// Whether it is not made yet.
    #[inline]
    pub fn is_open(&self) -> bool {
        self.0.is_none()
    }

    /// Whether the request takes that arm.
    #[inline]
    pub fn is(&self, arm: usize) -> bool {
        self.0 == Some(arm)
    }

    /// The request takes that arm.
    #[inline]
    pub fn make(&mut self, arm: usize) {
        self.0 = Some(arm);
    }
}
