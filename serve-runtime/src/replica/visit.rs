//! A call at a shared replica, from finding a place until leaving it.

use std::any::Any;
use std::sync::Arc;

use super::in_place::Shared;
use super::set::Replica;
use crate::{Error, Result};

/// A call that is being made: the replica that makes it, and the place that it takes. Dropping it leaves
/// the place.
pub struct Visit<'a, C> {
    engine: &'a Shared<C>,
    replica: Arc<Replica<C>>,
}

impl<'a, C> Visit<'a, C> {
    #[inline]
    pub(super) fn new(engine: &'a Shared<C>, replica: Arc<Replica<C>>) -> Self {
        Visit { engine, replica }
    }

    /// The replica that makes the call.
    #[inline]
    pub fn replica(&self) -> &C {
        &self.replica.instance
    }

    /// What the call came to. If it panicked, its replica is replaced.
    #[inline]
    pub fn finish<T>(self, outcome: Result<T, Box<dyn Any + Send>>) -> Result<T> {
        outcome.map_err(|payload| {
            self.engine.broken(self.replica.id);
            Error::panicked(payload)
        })
    }
}

impl<C> Drop for Visit<'_, C> {
    #[inline]
    fn drop(&mut self) {
        self.engine.leave(&self.replica);
    }
}
