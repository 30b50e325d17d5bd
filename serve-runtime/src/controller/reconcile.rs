//! From what is wanted and what there is to what is to be done: a pure function.

use tokio::time::Instant;

use super::record::{Record, State};
use crate::replica::ReplicaId;

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
    /// A replica more. It is the so manieth in its place.
    Start { attempt: u32 },
    /// It is not listed any more.
    Forget(ReplicaId),
    /// It finishes its calls and goes.
    Retire(ReplicaId),
    /// It is given the wanted `user_config`.
    Reconfigure(ReplicaId),
}

impl Target {
    /// How many replicas may be replaced at a time.
    fn surge(&self) -> usize {
        let part = f64::from(self.num_replicas) * self.rolling_update_percentage;
        (part.ceil() as usize).max(1)
    }
}

/// What is to be done next. Asked again whenever something has changed.
///
/// A replica of another constructor goes only when one of the wanted constructor is ready in its place,
/// so that as many take calls during an update as before it.
pub(super) fn reconcile(target: &Target, records: &[&Record], now: Instant) -> Vec<Action> {
    let mut actions = Vec::new();
    let (current, outdated): (Vec<&Record>, Vec<&Record>) = records
        .iter()
        .filter(|record| !record.is_draining())
        .partition(|record| record.version == target.version);
    let (outdated, never_ready): (Vec<&Record>, Vec<&Record>) =
        outdated.into_iter().partition(|record| record.is_up());
    actions.extend(never_ready.iter().map(|record| gone(record)));

    let wanted = target.num_replicas as usize;
    let surplus = surplus(&current, wanted);
    actions.extend(surplus.iter().map(|record| gone(record)));
    let mut kept = current.len() - surplus.len();

    // A replica that failed is tried again in its place.
    for record in &current {
        if let State::Failed {
            again_at: Some(again_at),
            ..
        } = &record.state
            && *again_at <= now
            && !surplus.iter().any(|other| other.id == record.id)
        {
            actions.push(Action::Forget(record.id));
            actions.push(Action::Start {
                attempt: record.attempt + 1,
            });
        }
    }
    let surge = if outdated.is_empty() {
        0
    } else {
        target.surge()
    };
    while kept < wanted && kept + outdated.len() < wanted + surge {
        actions.push(Action::Start { attempt: 1 });
        kept += 1;
    }

    let ready = current
        .iter()
        .filter(|record| record.is_ready())
        .count()
        .min(wanted);
    let dispensable = (ready + outdated.len())
        .saturating_sub(wanted)
        .min(outdated.len());
    actions.extend(outdated.iter().take(dispensable).map(|record| gone(record)));

    // One that is missing, or could not be reconfigured, is reason enough to leave the others as they are.
    let may_update = match target.halted {
        true => 0,
        false => target.surge().saturating_sub(wanted - ready),
    };
    let stale = |record: &&&Record| record.is_ready() && record.config != target.config;
    let kept = |record: &&&Record| !surplus.iter().any(|other| other.id == record.id);
    let stale = current.iter().filter(stale).filter(kept);
    actions.extend(
        stale
            .take(may_update)
            .map(|record| Action::Reconfigure(record.id)),
    );
    actions
}

/// The replicas above the wanted number: those first that are of least use.
fn surplus<'a>(current: &[&'a Record], wanted: usize) -> Vec<&'a Record> {
    let mut by_use: Vec<&Record> = current.to_vec();
    by_use.sort_by_key(|record| {
        let use_of = match record.state {
            State::Failed { .. } => 0,
            State::Starting(_) => 1,
            _ => 2,
        };
        (use_of, std::cmp::Reverse(record.id))
    });
    by_use.truncate(current.len().saturating_sub(wanted));
    by_use
}

fn gone(record: &Record) -> Action {
    match record.state {
        State::Failed { .. } => Action::Forget(record.id),
        _ => Action::Retire(record.id),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::controller::record::Health;

    fn target(num_replicas: u32) -> Target {
        Target {
            num_replicas,
            version: 1,
            config: 1,
            rolling_update_percentage: 0.2,
            halted: false,
        }
    }

    fn record(id: u64, state: State) -> Record {
        Record {
            id: ReplicaId(id),
            state,
            version: 1,
            config: 1,
            attempt: 1,
        }
    }

    fn ready() -> State {
        State::Ready(Health {
            next_check: None,
            failures: 0,
        })
    }

    fn actions(target: &Target, records: &[Record]) -> Vec<Action> {
        let records: Vec<&Record> = records.iter().collect();
        reconcile(target, &records, Instant::now())
    }

    const START: Action = Action::Start { attempt: 1 };

    fn retire(id: u64) -> Action {
        Action::Retire(ReplicaId(id))
    }

    #[test]
    fn what_is_missing_is_started() {
        assert_eq!(actions(&target(2), &[]), [START, START]);
        assert_eq!(
            actions(&target(2), &[record(0, State::Starting(None))]),
            [START]
        );
        assert_eq!(actions(&target(1), &[record(0, State::Draining)]), [START]);
    }

    #[test]
    fn what_is_too_much_goes_the_least_useful_first() {
        let records = [
            record(0, ready()),
            record(1, ready()),
            record(2, State::Starting(None)),
        ];
        assert_eq!(actions(&target(3), &records), []);
        assert_eq!(actions(&target(1), &records), [retire(2), retire(1)]);
        assert_eq!(actions(&target(0), &records).len(), 3);
    }

    #[test]
    fn a_failed_one_is_tried_again_when_it_is_time() {
        let failed = |again_at| State::Failed {
            cause: String::new(),
            again_at,
        };
        let now = Instant::now();
        let later = now + Duration::from_secs(1);
        assert_eq!(actions(&target(1), &[record(0, failed(Some(later)))]), []);
        assert_eq!(actions(&target(1), &[record(0, failed(None))]), []);
        let again = [Action::Forget(ReplicaId(0)), Action::Start { attempt: 2 }];
        assert_eq!(actions(&target(1), &[record(0, failed(Some(now)))]), again);
    }

    /// Plays an update to its end; how many were ready at least, and how many there were at most.
    fn roll(num_replicas: u32) -> (usize, usize) {
        let target = Target {
            version: 2,
            ..target(num_replicas)
        };
        let mut records: Vec<Record> = (0..u64::from(num_replicas))
            .map(|id| record(id, ready()))
            .collect();
        let (mut least, mut most) = (usize::MAX, 0);
        for next in 100.. {
            let actions = actions(&target, &records);
            if actions.is_empty() && records.iter().all(Record::is_ready) {
                break;
            }
            for (action, id) in actions.into_iter().zip(next * 100..) {
                match action {
                    Action::Start { .. } => records.push(Record {
                        version: 2,
                        ..record(id, State::Starting(None))
                    }),
                    Action::Retire(id) => records.retain(|record| record.id != id),
                    other => panic!("{other:?}"),
                }
            }
            least = least.min(records.iter().filter(|record| record.is_ready()).count());
            most = most.max(records.len());
            if let Some(record) = records.iter_mut().find(|record| !record.is_ready()) {
                record.state = ready();
            }
        }
        assert!(records.iter().all(|record| record.version == 2));
        assert_eq!(records.len(), num_replicas as usize);
        (least, most)
    }

    #[test]
    fn an_update_keeps_as_many_ready_as_there_were_and_adds_no_more_than_the_surge() {
        assert_eq!(roll(1), (1, 2));
        assert_eq!(roll(4), (4, 5));
        assert_eq!(roll(10), (10, 12));
    }

    #[test]
    fn replicas_are_reconfigured_one_by_one() {
        let target = Target {
            config: 2,
            ..target(3)
        };
        let mut records = [record(0, ready()), record(1, ready()), record(2, ready())];
        assert_eq!(
            actions(&target, &records),
            [Action::Reconfigure(ReplicaId(0))]
        );
        records[0].state = State::Updating { before: 1 };
        assert_eq!(actions(&target, &records), []);
        assert_eq!(actions(&target, &records[1..]), [START], "one is missing");
        records[0] = Record {
            config: 2,
            ..record(0, ready())
        };
        assert_eq!(
            actions(&target, &records),
            [Action::Reconfigure(ReplicaId(1))]
        );
    }
}
