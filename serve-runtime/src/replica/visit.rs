//! A call at a shared replica, from finding a place until leaving it.

use std::any::Any;
use std::sync::Arc;

use super::in_place::{InPlace, Started};
use crate::{Error, Result};

/// A call that is being made: the replica that makes it, and the place that it takes.
pub struct Visit<'a, D, C> {
    engine: &'a Arc<InPlace<D, C>>,
    replica: Arc<C>,
    place: Place<'a, D, C>,
}

/// A place at a replica; dropping it leaves it.
pub(super) struct Place<'a, D, C> {
    pub(super) started: &'a Started<D, C>,
    pub(super) slot: usize,
}

impl<D, C> Drop for Place<'_, D, C> {
    #[inline]
    fn drop(&mut self) {
        self.started.leave(self.slot);
    }
}

impl<'a, D, C> Visit<'a, D, C> {
    #[inline]
    pub(super) fn new(
        engine: &'a Arc<InPlace<D, C>>,
        replica: Arc<C>,
        place: Place<'a, D, C>,
    ) -> Self {
        Visit {
            engine,
            replica,
            place,
        }
    }

    /// The replica that makes the call.
    #[inline]
    pub fn replica(&self) -> &C {
        &self.replica
    }

    /// What the call came to. If it panicked, its replica is replaced.
    #[inline]
    pub fn finish<T>(self, outcome: Result<T, Box<dyn Any + Send>>) -> Result<T>
    where
        D: Send + Sync + 'static,
        C: From<D> + Send + Sync + 'static,
    {
        outcome.map_err(|payload| {
            self.engine.replace(self.place.slot, &self.replica);
            Error::panicked(payload)
        })
    }
}
