//! From what is wanted and what there is to what is to be done: a pure function.

use tokio::time::Instant;

use super::record::{Record, State};
use crate::engine::ReplicaId;

/// What is wanted of a deployment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Target {
    pub(super) num_replicas: u32,
    /// Of which constructor the replicas are to be.
    pub(super) version: u64,
    /// Which `user_config` they are to have.
    pub(super) config: u64,
    /// How large a part of the replicas may be replaced or reconfigured at a time; one may be in any case.
    pub(super) rolling_update_percentage: f64,
    /// No more replicas are reconfigured: one could not be.
    pub(super) halted: bool,
}

/// Something to be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// A replica more, the n-th attempt in its place.
    Start { attempt: u32 },
    /// It is not listed any more.
    Forget(ReplicaId),
    /// It finishes its calls and goes.
    Retire(ReplicaId),
    /// It is given the wanted `user_config`.
    Reconfigure(ReplicaId),
}

impl Target {
    /// How many replicas may be replaced or reconfigured at a time.
    fn surge(&self) -> usize {
        let part = f64::from(self.num_replicas) * self.rolling_update_percentage;
        (part.ceil() as usize).max(1)
    }
}

/// What is to be done next. Asked again whenever something has changed.
pub(super) fn reconcile(target: &Target, records: &[&Record], now: Instant) -> Vec<Action> {
    let there = There::new(target, records);
    let mut actions = there.too_many();
    actions.extend(there.tried_again(now));
    actions.extend(there.missing());
    actions.extend(there.succeeded());
    actions.extend(there.stale());
    actions
}

/// The replicas that do not go already.
struct There<'a> {
    target: &'a Target,
    wanted: usize,
    /// Of the wanted constructor, and no more than are wanted.
    kept: Vec<&'a Record>,
    /// Of another constructor, and taking calls.
    outdated: Vec<&'a Record>,
    /// Of no more use.
    unwanted: Vec<&'a Record>,
    /// Those of `kept` that take calls.
    ready: usize,
}

impl<'a> There<'a> {
    fn new(target: &'a Target, records: &[&'a Record]) -> Self {
        let wanted = target.num_replicas as usize;
        let stay = records.iter().copied();
        let stay = stay.filter(|record| !record.is_draining());
        let (mut kept, other): (Vec<_>, Vec<_>) =
            stay.partition(|record| record.version == target.version);
        let (outdated, mut unwanted): (Vec<_>, Vec<_>) =
            other.into_iter().partition(|record| record.is_up());
        kept.sort_by_key(|record| least_useful_last(record));
        unwanted.extend(kept.split_off(kept.len().min(wanted)).into_iter().rev());
        kept.sort_by_key(|record| record.id);
        let ready = kept.iter().filter(|record| record.is_ready()).count();
        There {
            target,
            wanted,
            kept,
            outdated,
            unwanted,
            ready,
        }
    }

    fn too_many(&self) -> Vec<Action> {
        self.unwanted.iter().map(|record| gone(record)).collect()
    }

    /// A replica that failed is tried again in its place.
    fn tried_again(&self, now: Instant) -> impl Iterator<Item = Action> {
        let is_due = move |record: &&&Record| match record.state {
            State::Failed { again_at, .. } => again_at.is_some_and(|again_at| again_at <= now),
            _ => false,
        };
        self.kept.iter().filter(is_due).flat_map(|record| {
            let attempt = record.attempt + 1;
            [Action::Forget(record.id), Action::Start { attempt }]
        })
    }

    /// Beside the outdated ones there are no more than the surge.
    fn missing(&self) -> impl Iterator<Item = Action> {
        let room = (self.wanted + self.target.surge())
            .saturating_sub(self.kept.len() + self.outdated.len());
        let missing = (self.wanted - self.kept.len()).min(room);
        std::iter::repeat_with(|| Action::Start { attempt: 1 }).take(missing)
    }

    /// A replica of another constructor goes only when one of the wanted constructor is ready in its place,
    /// so that as many take calls during an update as before it.
    fn succeeded(&self) -> impl Iterator<Item = Action> {
        let dispensable = (self.ready + self.outdated.len()).saturating_sub(self.wanted);
        let succeeded = self.outdated.iter().take(dispensable);
        succeeded.map(|record| gone(record))
    }

    /// One that is missing, or could not be reconfigured, is reason enough to leave the others as they are.
    fn stale(&self) -> impl Iterator<Item = Action> {
        let may_rest = match self.target.halted {
            true => 0,
            false => self.target.surge().saturating_sub(self.wanted - self.ready),
        };
        let is_stale = |record: &&&Record| record.is_ready() && record.config != self.target.config;
        let stale = self.kept.iter().filter(is_stale).take(may_rest);
        stale.map(|record| Action::Reconfigure(record.id))
    }
}

fn least_useful_last(record: &Record) -> (u8, ReplicaId) {
    let use_of = match record.state {
        State::Failed { .. } => 2,
        State::Starting(_) => 1,
        _ => 0,
    };
    (use_of, record.id)
}

fn gone(record: &Record) -> Action {
    match record.state {
        State::Failed { .. } => Action::Forget(record.id),
        _ => Action::Retire(record.id),
    }
}

#[cfg(test)]
mod tests;
