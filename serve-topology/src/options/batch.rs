//! The options of `#[batch(..)]`, under Ray Serve's names.

use std::time::Duration;

use super::OutOfRange;
use super::range::first_out_of_range;
use super::table::{Kind, option, table};
use crate::setters::setters;

table! {
    /// An option of a batched method.
    BatchOption {
        /// The maximum number of calls in a batch.
        MaxBatchSize => option("max_batch_size", Kind::Count).by_default(10.0),
        /// The time that a replica may wait for further calls.
        BatchWaitTimeoutS => option("batch_wait_timeout_s", Kind::Delay).by_default(0.01),
        /// The cost of a call.
        Cost => option("cost", Kind::Function),
        /// The maximum cost of all calls in a batch.
        MaxBatchCost => option("max_batch_cost", Kind::Count),
        /// The group of a call: a batch has calls of one group.
        GroupBy => option("group_by", Kind::Function),
    }
}

/// The batching of a method.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Batch {
    /// The maximum number of calls in a batch; 10 by default.
    pub max_batch_size: u32,
    /// The time that a replica without other work may wait for further calls, if waiting pays off; 10 ms by
    /// default.
    #[cfg_attr(
        feature = "serde",
        serde(
            rename = "batch_wait_timeout_s",
            serialize_with = "super::wire::as_seconds"
        )
    )]
    pub batch_wait_timeout: Duration,
    /// The maximum cost of all calls in a batch.
    pub max_batch_cost: Option<u64>,
    /// Whether only calls of one group are in one batch.
    pub grouped: bool,
}

impl Batch {
    /// The options of a batched method that sets none.
    pub const DEFAULT: Self = Batch {
        max_batch_size: BatchOption::MaxBatchSize.spec().default_u32(),
        batch_wait_timeout: BatchOption::BatchWaitTimeoutS.spec().default_time(),
        max_batch_cost: None,
        grouped: false,
    };

    setters! {
        max_batch_size: u32,
        batch_wait_timeout: Duration,
        max_batch_cost: u64 as Some,
        grouped: bool,
    }

    /// The same options; a compile error where a value is out of range.
    #[must_use]
    #[track_caller]
    pub const fn checked(self) -> Self {
        if let Some(wrong) = self.out_of_range() {
            wrong.panic()
        }
        self
    }

    /// The first option that is out of range.
    pub const fn out_of_range(&self) -> Option<OutOfRange> {
        first_out_of_range!(self, BatchOption)
    }

    /// The value of an option that is set and is a number.
    const fn number(&self, option: BatchOption) -> Option<f64> {
        match option {
            BatchOption::MaxBatchSize => Some(self.max_batch_size as f64),
            BatchOption::BatchWaitTimeoutS => Some(self.batch_wait_timeout.as_secs_f64()),
            BatchOption::MaxBatchCost => match self.max_batch_cost {
                // A larger value than an option can hold still counts as at least 1.
                Some(cost) if cost > u32::MAX as u64 => None,
                Some(cost) => Some(cost as f64),
                None => None,
            },
            BatchOption::Cost | BatchOption::GroupBy => None,
        }
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self::DEFAULT
    }
}
