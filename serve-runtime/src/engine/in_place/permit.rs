//! A call at a shared replica, from finding a place until leaving it.

use std::any::Any;
use std::future::Future;
use std::sync::Arc;

use crate::engine::in_place::replica::Place;
use crate::engine::in_place::shared::Shared;
use crate::multiplex::Held;
use crate::{Error, Result};

/// A call that is being made: the replica that makes it, and the place that it takes. Dropping it leaves
/// the place.
pub struct Visit<'a, C> {
    // Left in this order: who is told that a place is free has to find it.
    place: Place<C>,
    leaving: Leaving<'a, C>,
}

/// Tells of a place that has been left.
struct Leaving<'a, C>(&'a Shared<C>);

impl<C> Drop for Leaving<'_, C> {
    #[inline]
    fn drop(&mut self) {
        self.0.left();
    }
}

impl<'a, C> Visit<'a, C> {
    #[inline]
    pub(crate) fn new(engine: &'a Shared<C>, place: Place<C>) -> Self {
        let leaving = Leaving(engine);
        Visit { place, leaving }
    }

    /// The replica that makes the call.
    #[inline]
    pub fn replica(&self) -> &C {
        self.place.replica.instance()
    }

    /// What the call came to. If it panicked, its replica is replaced.
    #[inline]
    pub fn finish<T>(self, outcome: Result<T, Box<dyn Any + Send>>) -> Result<T> {
        outcome.map_err(|payload| {
            self.leaving.0.broken(self.place.replica.id);
            Error::panicked(payload)
        })
    }
}

/// A call at a replica that has models. It counts as having the call's own from the choice of the replica
/// on, so that the next call for that model goes there, too.
pub struct ModelVisit<'a, C> {
    visit: Visit<'a, C>,
    _held: Option<Held>,
}

impl<'a, C> ModelVisit<'a, C> {
    pub(crate) fn new(engine: &'a Shared<C>, (place, held): (Place<C>, Option<Held>)) -> Self {
        ModelVisit {
            visit: Visit::new(engine, place),
            _held: held,
        }
    }

    /// The replica that makes the call.
    pub fn replica(&self) -> &C {
        self.visit.replica()
    }

    /// The call, with the replica's models in scope.
    pub fn with_models<F: Future>(&self, call: F) -> impl Future<Output = F::Output> + use<F, C> {
        Arc::clone(&self.visit.place.replica.models).scope(call)
    }

    /// What the call came to. If it panicked, its replica is replaced.
    pub fn finish<T>(self, outcome: Result<T, Box<dyn Any + Send>>) -> Result<T> {
        self.visit.finish(outcome)
    }
}

/// A [`Visit`] that outlives the call of the handle: a stream's.
pub struct Stay<C> {
    // Left in this order, as by a visit.
    place: Place<C>,
    leaving: LeavingLate<C>,
    _held: Option<Held>,
}

/// [`Leaving`], by its own right.
struct LeavingLate<C>(Arc<Shared<C>>);

impl<C> Drop for LeavingLate<C> {
    fn drop(&mut self) {
        self.0.left();
    }
}

impl<C> Stay<C> {
    pub(crate) fn new(engine: Arc<Shared<C>>, (place, held): (Place<C>, Option<Held>)) -> Self {
        Stay {
            place,
            leaving: LeavingLate(engine),
            _held: held,
        }
    }

    /// The replica that makes the stream.
    pub fn replica(&self) -> &C {
        self.place.replica.instance()
    }

    /// What makes the stream, with the replica's models in scope.
    pub fn with_models<F: Future>(&self, call: F) -> impl Future<Output = F::Output> + use<F, C> {
        Arc::clone(&self.place.replica.models).scope(call)
    }

    /// What the stream came to. If it panicked, its replica is replaced.
    pub fn finish(self, outcome: Result<Result<()>, Box<dyn Any + Send>>) -> Result<()> {
        outcome.unwrap_or_else(|payload| {
            self.leaving.0.broken(self.place.replica.id);
            Err(Error::panicked(payload))
        })
    }
}
