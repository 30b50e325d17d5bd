use std::time::Duration;

use super::*;
use crate::controller::record::Health;

fn target(num_replicas: u32) -> Target {
    Target {
        num_replicas,
        version: 1,
        config: 1,
        rolling_update_percentage: 0.2,
    }
}

fn record(id: u64, state: State) -> Record {
    Record {
        id: ReplicaId(id),
        started: std::time::SystemTime::UNIX_EPOCH,
        begun: Instant::now(),
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
fn missing_replicas_are_started() {
    assert_eq!(actions(&target(2), &[]), [START, START]);
    assert_eq!(
        actions(&target(2), &[record(0, State::Starting(None))]),
        [START]
    );
    assert_eq!(actions(&target(1), &[record(0, State::Draining)]), [START]);
}

#[test]
fn surplus_replicas_are_retired_the_least_useful_first() {
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
fn a_failed_replica_is_tried_again_when_it_is_due() {
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

/// Runs an update to its end; returns how many were ready at least, and how many there were at most.
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
fn an_update_keeps_as_many_ready_as_before_and_adds_at_most_the_surge() {
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

fn failed(again_at: Option<Instant>) -> State {
    State::Failed {
        cause: String::new(),
        again_at,
    }
}

#[test]
fn of_a_surplus_failed_replicas_are_forgotten_first() {
    let records = [
        record(0, failed(Some(Instant::now()))),
        record(1, State::Starting(None)),
        record(2, ready()),
    ];
    let forget = Action::Forget(ReplicaId(0));
    assert_eq!(actions(&target(2), &records), [forget]);
    let forget = Action::Forget(ReplicaId(0));
    assert_eq!(actions(&target(1), &records), [forget, retire(1)]);
}

#[test]
fn surplus_replicas_are_not_reconfigured() {
    let target = Target {
        config: 2,
        rolling_update_percentage: 1.0,
        ..target(1)
    };
    let records = [record(0, ready()), record(1, ready())];
    let reconfigure = Action::Reconfigure(ReplicaId(0));
    assert_eq!(actions(&target, &records), [retire(1), reconfigure]);
}

#[test]
fn a_part_of_the_replicas_is_rounded_up_and_at_least_one() {
    let at_a_time = |num_replicas, rolling_update_percentage| {
        let target = Target {
            config: 2,
            rolling_update_percentage,
            ..target(num_replicas)
        };
        let records: Vec<Record> = (0..u64::from(num_replicas))
            .map(|id| record(id, ready()))
            .collect();
        actions(&target, &records).len()
    };
    assert_eq!([at_a_time(10, 0.25), at_a_time(4, 0.0)], [3, 1]);
}

#[test]
fn an_outdated_replica_that_takes_no_calls_is_retired_at_once() {
    let old = |id, state| Record {
        version: 0,
        ..record(id, state)
    };
    let records = [
        old(0, State::Starting(None)),
        old(1, failed(None)),
        old(2, ready()),
    ];
    let forget = Action::Forget(ReplicaId(1));
    assert_eq!(actions(&target(1), &records), [retire(0), forget, START]);
}
