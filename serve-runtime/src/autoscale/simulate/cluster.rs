//! The model of a deployment: its replicas and the queue before them.

use std::collections::VecDeque;
use std::time::Duration;

use super::Service;
use crate::autoscale::{Load, Replicas};

/// Whether a request was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Taken,
    Refused,
}

#[derive(Debug)]
pub(super) struct Cluster {
    service: Service,
    /// Replicas that take requests. Work that remains at removed replicas is in `ongoing` alone.
    replicas: Vec<Replica>,
    /// The times at which starting replicas are ready, in order: all take the same time to start.
    starting: VecDeque<Duration>,
    target: u32,
    /// The arrival times of the waiting requests.
    queue: VecDeque<Duration>,
    /// The requests that replicas work on, in the order in which they end: all take the same time.
    ongoing: VecDeque<Ongoing>,
    next_number: usize,
}

#[derive(Debug)]
struct Replica {
    number: usize,
    ongoing: u32,
}

#[derive(Debug)]
struct Ongoing {
    ends: Duration,
    arrived: Duration,
    replica: usize,
}

impl Cluster {
    /// A cluster with `initial` running replicas.
    pub(super) fn new(service: Service, initial: u32) -> Self {
        let mut cluster = Cluster {
            service,
            replicas: Vec::new(),
            starting: VecDeque::new(),
            target: initial,
            queue: VecDeque::new(),
            ongoing: VecDeque::new(),
            next_number: 0,
        };
        for _ in 0..initial {
            cluster.add();
        }
        cluster
    }

    /// A request arrives.
    pub(super) fn arrive(&mut self, now: Duration) -> Answer {
        // While a request waits, no replica has a place, so no request overtakes another.
        if self.begin(now, now) {
            return Answer::Taken;
        }
        if self.queue.len() >= self.service.max_queued_requests as usize {
            return Answer::Refused;
        }
        self.queue.push_back(now);
        Answer::Taken
    }

    /// Sets the target. To scale down, it removes first the replicas that still start, then those with the least
    /// work, which finish that work.
    pub(super) fn scale(&mut self, now: Duration, target: u32) {
        self.target = target;
        while self.count() < target {
            let ready = now + self.service.start_up;
            self.starting.push_back(ready);
        }
        while self.count() > target && self.starting.pop_back().is_some() {}
        while self.count() > target {
            self.replicas.sort_by_key(|replica| replica.ongoing);
            self.replicas.remove(0);
        }
    }

    /// Carries out everything due until `now`: replicas become ready, requests end, waiting ones begin. Calls
    /// `answered` with the latency of each finished request.
    pub(super) fn advance(&mut self, now: Duration, mut answered: impl FnMut(Duration)) {
        while self.starting.front().is_some_and(|ready| *ready <= now) {
            self.starting.pop_front();
            self.add();
        }
        while let Some(done) = self.ongoing.pop_front_if(|it| it.ends <= now) {
            answered(done.ends - done.arrived);
            let replica = self.replicas.iter_mut();
            let replica = replica.into_iter().find(|it| it.number == done.replica);
            if let Some(replica) = replica {
                replica.ongoing -= 1;
            }
        }
        while let Some(&arrived) = self.queue.front()
            && self.begin(now, arrived)
        {
            self.queue.pop_front();
        }
    }

    /// Gives a request to the replica with the least work, if that has a place.
    fn begin(&mut self, now: Duration, arrived: Duration) -> bool {
        let max = self.service.max_ongoing_requests.unwrap_or(u32::MAX);
        let least = self.replicas.iter_mut().min_by_key(|it| it.ongoing);
        let Some(replica) = least.filter(|replica| replica.ongoing < max) else {
            return false;
        };
        replica.ongoing += 1;
        self.ongoing.push_back(Ongoing {
            ends: now + self.service.service,
            arrived,
            replica: replica.number,
        });
        true
    }

    fn add(&mut self) {
        self.replicas.push(Replica {
            number: self.next_number,
            ongoing: 0,
        });
        self.next_number += 1;
    }

    /// The time of the next end of a request or of a start.
    pub(super) fn next_event(&self) -> Option<Duration> {
        let ends = self.ongoing.front().map(|ongoing| ongoing.ends);
        let ready = self.starting.front().copied();
        ends.into_iter().chain(ready).min()
    }

    pub(super) fn load(&self) -> Load {
        Load {
            ongoing: self.ongoing.len(),
            queued: self.queue.len(),
        }
    }

    pub(super) fn replicas(&self) -> Replicas {
        Replicas {
            running: self.replicas.len() as u32,
            target: self.target,
        }
    }

    pub(super) fn starting(&self) -> u32 {
        self.starting.len() as u32
    }

    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.ongoing.is_empty()
    }

    fn count(&self) -> u32 {
        (self.replicas.len() + self.starting.len()) as u32
    }
}
