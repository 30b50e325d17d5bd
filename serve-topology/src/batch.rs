//! How a method gathers calls, under Ray Serve's names.

/// What can be set on `#[batch(..)]`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Batch {
    /// How many calls are made at a time at most; 10 by default.
    pub max_batch_size: u32,
    /// How long a replica without other work may wait for further calls, where that is worth it; in
    /// seconds, 0.01 by default.
    pub batch_wait_timeout_s: f64,
    /// What the calls of a batch may cost together.
    pub max_batch_cost: Option<u64>,
    /// Whether only calls of one group are in one batch.
    pub grouped: bool,
}

impl Batch {
    /// What a batched method has that sets nothing.
    pub const DEFAULT: Self = Batch {
        max_batch_size: 10,
        batch_wait_timeout_s: 0.01,
        max_batch_cost: None,
        grouped: false,
    };

    /// The same options; a compile error where a value is out of range.
    #[must_use]
    #[track_caller]
    pub const fn checked(self) -> Self {
        let wait = self.batch_wait_timeout_s;
        assert!(
            self.max_batch_size >= 1,
            "`max_batch_size` must be at least 1"
        );
        assert!(
            wait >= 0.0 && wait < f64::INFINITY,
            "`batch_wait_timeout_s` must be a number of at least 0"
        );
        if let Some(cost) = self.max_batch_cost {
            assert!(cost >= 1, "`max_batch_cost` must be at least 1");
        }
        self
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self::DEFAULT
    }
}
