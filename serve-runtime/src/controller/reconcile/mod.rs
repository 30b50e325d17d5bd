//! What has to be done, from what is wanted and what there is: a pure function.

use tokio::time::Instant;

use super::record::{Record, State};
use crate::engine::ReplicaId;

/// What is wanted of a deployment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Target {
    pub(super) num_replicas: u32,
    /// Which constructor the replicas should be from.
    pub(super) version: u64,
    /// Which `user_config` they should have.
    pub(super) config: u64,
    /// Which part of the replicas may be replaced or reconfigured at a time; at least one may.
    pub(super) rolling_update_percentage: f64,
}

/// One step towards the target.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Start a replica: the n-th attempt in its place.
    Start { attempt: u32 },
    /// Remove a replica from the list.
    Forget(ReplicaId),
    /// Let a replica finish its calls, then drop it.
    Retire(ReplicaId),
    /// Give a replica the wanted `user_config`.
    Reconfigure(ReplicaId),
}

impl Target {
    /// How many replicas may be replaced or reconfigured at a time.
    fn surge(&self) -> usize {
        let part = f64::from(self.num_replicas) * self.rolling_update_percentage;
        (part.ceil() as usize).max(1)
    }
}

/// The next actions. Called again whenever something has changed.
pub(super) fn reconcile(target: &Target, records: &[&Record], now: Instant) -> Vec<Action> {
    let groups = ReplicaGroups::new(target, records);
    let mut actions = groups.surplus();
    actions.extend(groups.retries(now));
    actions.extend(groups.missing());
    actions.extend(groups.superseded());
    actions.extend(groups.stale());
    actions
}

/// The replicas that are not draining, by what is to become of them.
struct ReplicaGroups<'a> {
    target: &'a Target,
    wanted: usize,
    /// From the wanted constructor, and at most as many as are wanted.
    kept: Vec<&'a Record>,
    /// From another constructor, and taking calls.
    outdated: Vec<&'a Record>,
    /// Not needed.
    unwanted: Vec<&'a Record>,
    /// Those of `kept` that take calls.
    ready: usize,
}

impl<'a> ReplicaGroups<'a> {
    fn new(target: &'a Target, records: &[&'a Record]) -> Self {
        let wanted = target.num_replicas as usize;
        let staying = records.iter().copied();
        let staying = staying.filter(|record| !record.is_draining());
        let (mut kept, other): (Vec<_>, Vec<_>) =
            staying.partition(|record| record.version == target.version);
        let (outdated, mut unwanted): (Vec<_>, Vec<_>) =
            other.into_iter().partition(|record| record.is_up());
        kept.sort_by_key(|record| least_useful_last(record));
        unwanted.extend(kept.split_off(kept.len().min(wanted)).into_iter().rev());
        kept.sort_by_key(|record| record.id);
        let ready = kept.iter().filter(|record| record.is_ready()).count();
        ReplicaGroups {
            target,
            wanted,
            kept,
            outdated,
            unwanted,
            ready,
        }
    }

    fn surplus(&self) -> Vec<Action> {
        self.unwanted.iter().map(|record| end(record)).collect()
    }

    /// A replica that failed is started again in its place.
    fn retries(&self, now: Instant) -> impl Iterator<Item = Action> {
        let is_due = move |record: &&&Record| match record.state {
            State::Failed { again_at, .. } => again_at.is_some_and(|again_at| again_at <= now),
            _ => false,
        };
        self.kept.iter().filter(is_due).flat_map(|record| {
            let attempt = record.attempt + 1;
            [Action::Forget(record.id), Action::Start { attempt }]
        })
    }

    /// Together with the outdated ones there are at most as many as the surge allows.
    fn missing(&self) -> impl Iterator<Item = Action> {
        let room = (self.wanted + self.target.surge())
            .saturating_sub(self.kept.len() + self.outdated.len());
        let missing = (self.wanted - self.kept.len()).min(room);
        std::iter::repeat_with(|| Action::Start { attempt: 1 }).take(missing)
    }

    /// A replica from another constructor is retired only when one from the wanted constructor is ready in its
    /// place, so that as many take calls during an update as before it.
    fn superseded(&self) -> impl Iterator<Item = Action> {
        let dispensable = (self.ready + self.outdated.len()).saturating_sub(self.wanted);
        let superseded = self.outdated.iter().take(dispensable);
        superseded.map(|record| end(record))
    }

    /// While one is missing, the others are left as they are.
    fn stale(&self) -> impl Iterator<Item = Action> {
        let may_pause = self.target.surge().saturating_sub(self.wanted - self.ready);
        let is_stale = |record: &&&Record| record.is_ready() && record.config != self.target.config;
        let stale = self.kept.iter().filter(is_stale).take(may_pause);
        stale.map(|record| Action::Reconfigure(record.id))
    }
}

fn least_useful_last(record: &Record) -> (u8, ReplicaId) {
    let rank = match record.state {
        State::Failed { .. } => 2,
        State::Starting(_) => 1,
        _ => 0,
    };
    (rank, record.id)
}

fn end(record: &Record) -> Action {
    match record.state {
        State::Failed { .. } => Action::Forget(record.id),
        _ => Action::Retire(record.id),
    }
}

#[cfg(test)]
mod tests;
