//! `ReplicaContext`: which code sees the context of its replica.

use serve_runtime::prelude::*;
use serve_runtime::{Machine, ReplicaContext, deploy_on};

/// The context that code sees at some place.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    deployment: Option<String>,
    number: Option<usize>,
    num_cpus: usize,
    memory: Option<u64>,
}

fn seen() -> Seen {
    let replica = ReplicaContext::current();
    Seen {
        deployment: replica.deployment().map(str::to_owned),
        number: replica.number(),
        num_cpus: replica.num_cpus(),
        memory: replica.memory(),
    }
}

fn of(deployment: &str, number: usize) -> Seen {
    Seen {
        deployment: Some(deployment.to_owned()),
        number: Some(number),
        num_cpus: 3,
        memory: Some(5 << 20),
    }
}

fn machine() -> Machine {
    Machine::empty().num_cpus(8.0).memory(64 << 20)
}

#[deployment(num_cpus = 2.5, memory = 5 << 20, num_replicas = 2)]
struct Compute {
    seen: Seen,
}

#[deployment]
impl Compute {
    fn new() -> Self {
        Compute { seen: seen() }
    }

    fn seen(&self) -> (Seen, Seen) {
        (self.seen.clone(), seen())
    }

    fn panic(&self) -> () {
        panic!("as asked")
    }
}

#[tokio::test]
async fn in_constructors_and_calls_of_compute() {
    let deployed = deploy_on(machine(), Compute::bind()).await.unwrap();
    for _ in 0..8 {
        let (constructor, call) = deployed.seen().await.unwrap();
        assert_eq!(constructor, call);
        assert_eq!(call, of("Compute", call.number.unwrap()));
        assert!(call.number.unwrap() < 2);
    }
}

#[tokio::test]
async fn of_a_replica_that_replaces_another() {
    let bound = Compute::bind().num_replicas(1).name("model");
    let deployed = deploy_on(machine(), bound).await.unwrap();
    deployed.panic().await.unwrap_err();
    let (constructor, call) = deployed.seen().await.unwrap();
    assert_eq!(constructor, of("model", 1));
    assert_eq!(call, of("model", 1));
}

#[deployment(num_cpus = 2.5, memory = 5 << 20)]
struct Mixed {
    seen: Seen,
}

#[deployment]
impl Mixed {
    async fn new() -> Self {
        let before = seen();
        tokio::task::yield_now().await;
        assert_eq!(before, seen());
        Mixed { seen: before }
    }

    async fn in_place(&self) -> (Seen, Seen) {
        (self.seen.clone(), seen())
    }

    fn compute(&self) -> Seen {
        seen()
    }

    async fn panic(&self) -> () {
        panic!("as asked")
    }
}

#[tokio::test]
async fn in_async_constructors_but_not_on_the_tasks_of_callers() {
    let deployed = deploy_on(machine(), Mixed::bind()).await.unwrap();
    let outside = seen();
    assert_eq!((&outside.deployment, outside.number), (&None, None));
    let (constructor, call) = deployed.in_place().await.unwrap();
    assert_eq!(constructor, of("Mixed", 0));
    assert_eq!(call, outside);
    assert_eq!(deployed.compute().await.unwrap(), of("Mixed", 0));

    deployed.panic().await.unwrap_err();
    let (constructor, _) = deployed.in_place().await.unwrap();
    assert_eq!(constructor, of("Mixed", 1));
}

#[deployment]
struct Modest {
    seen: Seen,
}

#[deployment]
impl Modest {
    fn new() -> Self {
        Modest { seen: seen() }
    }

    async fn seen(&self) -> Seen {
        self.seen.clone()
    }
}

#[tokio::test]
async fn of_a_replica_that_needs_nothing() {
    let deployed = deploy(Modest::bind()).await.unwrap();
    let parallelism = std::thread::available_parallelism().unwrap().get();
    let expected = Seen {
        deployment: Some("Modest".to_owned()),
        number: Some(0),
        num_cpus: parallelism,
        memory: None,
    };
    assert_eq!(deployed.seen().await.unwrap(), expected);
}

#[deployment]
struct Starter(ReplicaContext);

#[deployment]
impl Starter {
    fn new() -> Self {
        Starter(ReplicaContext::current())
    }

    async fn on_a_task(&self) -> Seen {
        let task = self.0.clone().scope(async { seen() });
        tokio::spawn(task).await.unwrap()
    }

    async fn on_a_thread(&self) -> Seen {
        let context = self.0.clone();
        let thread = std::thread::spawn(|| context.sync_scope(seen));
        thread.join().unwrap()
    }
}

#[tokio::test]
async fn on_threads_that_a_replica_starts_if_it_is_passed_on() {
    let deployed = deploy(Starter::bind()).await.unwrap();
    for seen in [deployed.on_a_task().await, deployed.on_a_thread().await] {
        assert_eq!(seen.unwrap().deployment.as_deref(), Some("Starter"));
    }
}
