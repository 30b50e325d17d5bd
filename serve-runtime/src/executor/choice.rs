//! The choices of a request.

/// A `match` or an `if`: open until the request reaches it.
pub struct Choice(Option<usize>);

impl Choice {
    /// A choice that has not been made yet.
    #[inline]
    #[allow(clippy::new_without_default)] // only for generated code
    pub fn new() -> Self {
        Choice(None)
    }

    /// Whether it has not been made yet.
    #[inline]
    pub fn is_open(&self) -> bool {
        self.0.is_none()
    }

    /// Whether the request takes this arm.
    #[inline]
    pub fn is(&self, arm: usize) -> bool {
        self.0 == Some(arm)
    }

    /// Makes the choice: the request takes this arm.
    #[inline]
    pub fn make(&mut self, arm: usize) {
        self.0 = Some(arm);
    }
}
