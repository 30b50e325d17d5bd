//! What a replica knows of itself, and where.

use serve_runtime::prelude::*;
use serve_runtime::{Machine, ReplicaContext, deploy_on};

/// What the code at some place is told.
#[derive(Debug, Clone, PartialEq)]
struct Told {
    deployment: Option<String>,
    number: Option<usize>,
    num_cpus: usize,
    memory: Option<u64>,
}

fn told() -> Told {
    let replica = ReplicaContext::current();
    Told {
        deployment: replica.deployment().map(str::to_owned),
        number: replica.number(),
        num_cpus: replica.num_cpus(),
        memory: replica.memory(),
    }
}

fn of(deployment: &str, number: usize) -> Told {
    Told {
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
    told: Told,
}

#[deployment]
impl Compute {
    fn new() -> Self {
        Compute { told: told() }
    }

    fn told(&self) -> (Told, Told) {
        (self.told.clone(), told())
    }

    fn panic(&self) -> () {
        panic!("as asked")
    }
}

#[tokio::test]
async fn in_constructors_and_calls_of_compute() {
    let deployed = deploy_on(machine(), Compute::bind()).await.unwrap();
    for _ in 0..8 {
        let (constructor, call) = deployed.told().await.unwrap();
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
    let (constructor, call) = deployed.told().await.unwrap();
    assert_eq!(constructor, of("model", 1));
    assert_eq!(call, of("model", 1));
}

#[deployment(num_cpus = 2.5, memory = 5 << 20)]
struct Mixed {
    told: Told,
}

#[deployment]
impl Mixed {
    async fn new() -> Self {
        let before = told();
        tokio::task::yield_now().await;
        assert_eq!(before, told());
        Mixed { told: before }
    }

    async fn in_place(&self) -> (Told, Told) {
        (self.told.clone(), told())
    }

    fn compute(&self) -> Told {
        told()
    }

    async fn panic(&self) -> () {
        panic!("as asked")
    }
}

#[tokio::test]
async fn in_async_constructors_but_not_on_the_tasks_of_callers() {
    let deployed = deploy_on(machine(), Mixed::bind()).await.unwrap();
    let outside = told();
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
    told: Told,
}

#[deployment]
impl Modest {
    fn new() -> Self {
        Modest { told: told() }
    }

    async fn told(&self) -> Told {
        self.told.clone()
    }
}

#[tokio::test]
async fn of_a_replica_that_needs_nothing() {
    let deployed = deploy(Modest::bind()).await.unwrap();
    let parallelism = std::thread::available_parallelism().unwrap().get();
    let expected = Told {
        deployment: Some("Modest".to_owned()),
        number: Some(0),
        num_cpus: parallelism,
        memory: None,
    };
    assert_eq!(deployed.told().await.unwrap(), expected);
}

#[deployment]
struct Starter(ReplicaContext);

#[deployment]
impl Starter {
    fn new() -> Self {
        Starter(ReplicaContext::current())
    }

    async fn on_a_task(&self) -> Told {
        let task = self.0.clone().scope(async { told() });
        tokio::spawn(task).await.unwrap()
    }

    async fn on_a_thread(&self) -> Told {
        let context = self.0.clone();
        let thread = std::thread::spawn(|| context.sync_scope(told));
        thread.join().unwrap()
    }
}

#[tokio::test]
async fn on_what_a_replica_starts_if_it_is_handed_on() {
    let deployed = deploy(Starter::bind()).await.unwrap();
    for told in [deployed.on_a_task().await, deployed.on_a_thread().await] {
        assert_eq!(told.unwrap().deployment.as_deref(), Some("Starter"));
    }
}
