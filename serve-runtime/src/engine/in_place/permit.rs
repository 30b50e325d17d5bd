//! A call in place, from asking for a permit until giving it back.

use std::any::Any;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};

use crate::engine::in_place::engine::{Core, InPlace};
use crate::engine::in_place::gate::Refused;
use crate::engine::in_place::polls::{Watched, watched};
use crate::engine::in_place::ref_count::RefCount;
use crate::engine::in_place::replica::Replica;
use crate::engine::plan::Event;
use crate::engine::{Access, Plan, ReplicaId};
use crate::multiplex::ModelHold;
use crate::request::caller::Caller;
use crate::request::context::model_id;
use crate::request::deadline::before_a_call;
use crate::{Error, Result};

impl<D, C> InPlace<D, C> {
    /// The right to make one call at a replica, if no call waits and one has room. No future: its state would have to
    /// be written and read again, which costs as much as all else. Always inlined: it is what a call in place costs.
    #[inline(always)]
    pub fn try_permit(&self, access: Access) -> Result<Option<Permit<'_, C>>> {
        let core = &**self.core();
        let claim = core.try_claim(access)?;
        Ok(claim.map(|claim| Permit::new(core, claim)))
    }

    /// Waits for a replica with room, and for the right to make one call at it.
    pub async fn permit(&self, caller: Caller, access: Access) -> Result<Permit<'_, C>> {
        let core = &**self.core();
        let claim = core.claim_for(caller, access).await?;
        Ok(Permit::new(core, claim))
    }

    /// The same at a replica that has the model that the call is for, if there is one with room.
    pub async fn model_permit(&self, caller: Caller, access: Access) -> Result<ModelPermit<'_, C>> {
        let core = &**self.core();
        let (claim, model) = core.claim_for_model(caller, access).await?;
        Ok(ModelPermit {
            permit: Permit::new(core, claim),
            _model: model,
        })
    }

    /// [`InPlace::permit`] for as long as a stream takes.
    pub async fn owned_permit(&self, caller: Caller, access: Access) -> Result<OwnedPermit<C>> {
        let core = self.core();
        let claim = core.claim_for(caller, access).await?;
        Ok(OwnedPermit::new(Arc::clone(core), (claim, None)))
    }

    /// [`InPlace::model_permit`] for as long as a stream takes.
    pub async fn owned_model_permit(
        &self,
        caller: Caller,
        access: Access,
    ) -> Result<OwnedPermit<C>> {
        let core = self.core();
        let claimed = core.claim_for_model(caller, access).await?;
        Ok(OwnedPermit::new(Arc::clone(core), claimed))
    }
}

impl<C> Core<C> {
    /// Claims a replica, if no call waits and one has room. Always inlined: it is what a call in place costs.
    #[inline(always)]
    fn try_claim(&self, access: Access) -> Result<Option<Claim<C>>> {
        let plan = self.state.plan()?;
        if self.is_closed() {
            return Err(self.state.refusal(plan));
        }
        // As `Gate::try_enter`, but without a closure, which would not be inlined.
        if self.gate.waiting() > 0 {
            return Ok(None);
        }
        let limit = plan.limits.max_ongoing_requests();
        Ok(self.replicas.claim(limit, access))
    }

    async fn claim_for(&self, caller: Caller, access: Access) -> Result<Claim<C>> {
        let claim = |limit| self.replicas.claim(limit, access);
        self.claim(caller, access, claim).await
    }

    async fn claim_for_model(
        &self,
        caller: Caller,
        access: Access,
    ) -> Result<(Claim<C>, Option<ModelHold>)> {
        let model_id = model_id();
        let claim = self.claim(caller, access, |limit| match &model_id {
            None => {
                let claimed = self.replicas.claim(limit, access);
                claimed.map(|claim| (claim, None))
            }
            Some(model_id) => {
                let claimed = self.replicas.claim_for_model(model_id, limit, access);
                claimed.map(|(claim, model)| (claim, Some(model)))
            }
        });
        claim.await
    }

    /// Claims a replica with `claim`, which is given the limit of a replica; waits until one has room.
    #[inline]
    async fn claim<P>(
        &self,
        caller: Caller,
        access: Access,
        claim: impl Fn(Option<u32>) -> Option<P>,
    ) -> Result<P> {
        let plan = self.state.plan()?;
        if self.is_closed() {
            return Err(self.state.refusal(plan));
        }
        let claim = || claim(plan.limits.max_ongoing_requests());
        match self.gate.try_enter(claim) {
            Some(claimed) => Ok(claimed),
            // Boxed, so that a call that need not wait, as most do not, is not as large as one that does.
            None => Box::pin(self.wait(plan, caller, access, claim)).await,
        }
    }

    /// Waits in line.
    async fn wait<P>(
        &self,
        plan: &Plan,
        caller: Caller,
        access: Access,
        claim: impl Fn() -> Option<P>,
    ) -> Result<P> {
        let joined = || {
            if self.replicas.len() == 0 {
                plan.tell(Event::Wanted);
            }
            plan.call_waits();
        };
        // Adding a replica looks for calls that wait: one of the two sees the other (`Replicas::changed`).
        let claim = || {
            fence(Ordering::SeqCst);
            claim()
        };
        let _leaves = LeavesLine(self, access); // after its place in line
        let waited = self.gate.wait(plan.may_wait(caller), joined, claim);
        let claimed = before_a_call(waited).await;
        claimed.map_err(|refused| match refused {
            Refused::Full => plan.overloaded(),
            Refused::Closed => self.state.refusal(plan),
            Refused::Late => Error::deadline_passed(),
        })
    }

    /// A call has ended, and its replica has room again.
    #[inline]
    fn released(&self) {
        self.gate.notify_room();
        self.replicas.notify_released();
    }

    /// A replica panicked: no further call goes to it.
    pub(super) fn broken(&self, id: ReplicaId) {
        if self.replicas.remove(id).is_some() {
            self.state.broken(id);
            self.state.report_lost(id);
        }
    }
}

/// Tells the threads of replicas when no call waits in line any more.
struct LeavesLine<'a, C>(&'a Core<C>, Access);

impl<C> Drop for LeavesLine<'_, C> {
    fn drop(&mut self) {
        if self.1 != Access::Any && self.0.gate.waiting() == 0 {
            self.0.replicas.line_is_empty();
        }
    }
}

/// A replica that is taken for one call: counted by its reference, and against its limit if it has one.
pub(crate) struct Claim<C> {
    pub(super) replica: RefCount<Replica<C>>,
    taken: Taken,
}

/// What a call has taken of its replica. As wide as a pointer: a smaller part of a claim is copied piece by piece, which
/// costs more than the call.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Taken(usize);

impl Taken {
    /// Nothing but the reference: there is no limit, and no call excludes others.
    const REFERENCE: Taken = Taken(0);
    /// A place under the limit.
    const PLACE: Taken = Taken(1);
    const SHARED: Taken = Taken(2);
    const EXCLUSIVE: Taken = Taken(4);

    fn new(limited: bool, access: Access) -> Self {
        let place = usize::from(limited);
        match access {
            Access::Any => Taken(place),
            Access::Shared => Taken(place | Taken::SHARED.0),
            Access::Exclusive => Taken(place | Taken::EXCLUSIVE.0),
        }
    }

    fn has_place(self) -> bool {
        self.0 & Taken::PLACE.0 != 0
    }

    fn access(self) -> Access {
        match Taken(self.0 & !Taken::PLACE.0) {
            Taken::SHARED => Access::Shared,
            Taken::EXCLUSIVE => Access::Exclusive,
            _ => Access::Any,
        }
    }
}

impl<C> Claim<C> {
    /// `None` if the replica has `limit` calls already, or is used in a way that excludes this one.
    #[inline(always)]
    pub(super) fn new(
        replica: RefCount<Replica<C>>,
        limit: Option<u32>,
        access: Access,
    ) -> Option<Self> {
        let taken = match (limit, access) {
            (None, Access::Any) => Taken::REFERENCE,
            (Some(limit), Access::Any) => match replica.limited.try_add(limit) {
                true => Taken::PLACE,
                false => return None,
            },
            _ => take(&replica, limit, access)?,
        };
        Some(Claim { replica, taken })
    }
}

/// Takes a replica whose calls may exclude each other.
///
/// One that is refused because of the limit has used the replica for a moment. The head of the line may have seen
/// that: it is woken when one of the calls ends that the limit counts.
#[cold]
#[inline(never)]
fn take<C>(replica: &Replica<C>, limit: Option<u32>, access: Access) -> Option<Taken> {
    if !replica.usage.try_begin(access) {
        return None;
    }
    if limit.is_some_and(|limit| !replica.limited.try_add(limit)) {
        replica.usage.end(access);
        return None;
    }
    Some(Taken::new(limit.is_some(), access))
}

impl<C> Drop for Claim<C> {
    #[inline]
    fn drop(&mut self) {
        match self.taken {
            Taken::REFERENCE => {}
            Taken::PLACE => self.replica.limited.remove(),
            _ => self.give_back(),
        }
    }
}

impl<C> Claim<C> {
    /// For the few calls that may exclude others: kept out of the drop of the others.
    #[cold]
    #[inline(never)]
    fn give_back(&self) {
        // The limit first: what finds the replica unused has to find room.
        if self.taken.has_place() {
            self.replica.limited.remove();
        }
        self.replica.usage.end(self.taken.access());
    }
}

/// The right to make one call at a replica. Dropping it gives it back.
pub struct Permit<'a, C> {
    // Dropped in this order: a call that is woken because there is room has to find it.
    claim: Claim<C>,
    release: Release<'a, C>,
}

/// Reports that a call has ended.
struct Release<'a, C>(&'a Core<C>);

impl<C> Drop for Release<'_, C> {
    #[inline]
    fn drop(&mut self) {
        self.0.released();
    }
}

impl<'a, C> Permit<'a, C> {
    #[inline]
    fn new(core: &'a Core<C>, claim: Claim<C>) -> Self {
        let release = Release(core);
        Permit { claim, release }
    }

    /// The replica that makes the call.
    #[inline]
    pub fn replica(&self) -> &C {
        self.claim.replica.instance()
    }

    /// The call, whose panics are caught, and which is told of if it keeps its thread for long.
    #[inline]
    pub fn watched<F: Future, N>(&self, method: N, call: F) -> Watched<'_, F, N> {
        watched(&self.release.0.polls, method, call)
    }

    /// The result of the call. If it panicked, its replica is replaced.
    #[inline]
    pub fn finish<T>(&self, outcome: Result<T, Box<dyn Any + Send>>) -> Result<T> {
        outcome.map_err(|payload| {
            self.release.0.broken(self.claim.replica.id);
            Error::panicked(payload)
        })
    }
}

/// A permit at a replica that has models. The replica counts as having the call's own as soon as it is
/// chosen, so that the next call for that model goes there as well.
pub struct ModelPermit<'a, C> {
    permit: Permit<'a, C>,
    _model: Option<ModelHold>,
}

impl<C> ModelPermit<'_, C> {
    /// The replica that makes the call.
    pub fn replica(&self) -> &C {
        self.permit.replica()
    }

    /// The call, with the replica's models in scope.
    pub fn with_models<F: Future>(&self, call: F) -> impl Future<Output = F::Output> + use<F, C> {
        Arc::clone(&self.permit.claim.replica.models).scope(call)
    }

    /// The call, whose panics are caught, and which is told of if it keeps its thread for long.
    #[inline]
    pub fn watched<F: Future, N>(&self, method: N, call: F) -> Watched<'_, F, N> {
        watched(&self.permit.release.0.polls, method, call)
    }

    /// The result of the call. If it panicked, its replica is replaced.
    pub fn finish<T>(&self, outcome: Result<T, Box<dyn Any + Send>>) -> Result<T> {
        self.permit.finish(outcome)
    }
}

/// A [`Permit`] that outlives the call of the handle: a stream's.
pub struct OwnedPermit<C> {
    // Dropped in this order, as in a `Permit`.
    claim: Claim<C>,
    release: OwnedRelease<C>,
    _model: Option<ModelHold>,
}

/// [`Release`] that owns its engine.
struct OwnedRelease<C>(Arc<Core<C>>);

impl<C> Drop for OwnedRelease<C> {
    fn drop(&mut self) {
        self.0.streams.fetch_sub(1, Ordering::Relaxed);
        self.0.released();
    }
}

impl<C> OwnedPermit<C> {
    fn new(core: Arc<Core<C>>, (claim, model): (Claim<C>, Option<ModelHold>)) -> Self {
        core.streams.fetch_add(1, Ordering::Relaxed);
        OwnedPermit {
            claim,
            release: OwnedRelease(core),
            _model: model,
        }
    }

    /// The replica that makes the stream.
    pub fn replica(&self) -> &C {
        self.claim.replica.instance()
    }

    /// What makes the stream, with the replica's models in scope.
    pub fn with_models<F: Future>(&self, call: F) -> impl Future<Output = F::Output> + use<F, C> {
        Arc::clone(&self.claim.replica.models).scope(call)
    }

    /// The call, whose panics are caught, and which is told of if it keeps its thread for long.
    #[inline]
    pub fn watched<F: Future, N>(&self, method: N, call: F) -> Watched<'_, F, N> {
        watched(&self.release.0.polls, method, call)
    }

    /// The result of the stream. If it panicked, its replica is replaced.
    pub fn finish(self, outcome: Result<Result<()>, Box<dyn Any + Send>>) -> Result<()> {
        outcome.unwrap_or_else(|payload| {
            self.release.0.broken(self.claim.replica.id);
            Err(Error::panicked(payload))
        })
    }
}
