//! Threads on the cores of their replica, as the kernel reports them.
#![cfg(target_os = "linux")]

use serve_runtime::prelude::*;
use serve_runtime::{Machine, deploy_on};

/// The cores that the current thread may run on.
fn allowed() -> Vec<usize> {
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
    let mut lines = status.lines();
    let list = lines.find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    let ranges = list.unwrap().trim().split(',');
    let cores = ranges.flat_map(|range| match range.split_once('-') {
        Some((first, last)) => first.parse().unwrap()..=last.parse().unwrap(),
        None => range.parse().unwrap()..=range.parse().unwrap(),
    });
    cores.collect()
}

#[deployment]
struct Model {
    constructor: Vec<usize>,
    started_thread: Vec<usize>,
}

#[deployment]
impl Model {
    fn new() -> Self {
        Model {
            constructor: allowed(),
            started_thread: std::thread::spawn(allowed).join().unwrap(),
        }
    }

    fn cores(&self) -> [Vec<usize>; 4] {
        let assigned = ReplicaContext::current().cpus().to_vec();
        let (constructor, started) = (self.constructor.clone(), self.started_thread.clone());
        [assigned, allowed(), constructor, started]
    }
}

#[tokio::test]
async fn a_whole_number_of_cpus_pins() {
    let all = allowed();
    let machine = || Machine::empty().num_cpus(64.0).cores(all.clone());
    for count in 1..=all.len().min(3) {
        let bound = Model::bind().num_cpus(count as f64);
        let model = deploy_on(machine(), bound).await.unwrap();
        for cores in model.cores().await.unwrap() {
            assert_eq!(cores, all[..count]);
        }
    }
    assert_eq!(allowed(), all, "the caller is where it was");
}

#[tokio::test]
async fn replicas_have_cores_of_their_own_while_there_are_any() {
    let all = allowed();
    let machine = Machine::empty().num_cpus(64.0).cores(all[..1].to_vec());
    let ledger = serve_runtime::Ledger::from(machine);
    let first = deploy_on(ledger.clone(), Model::bind().num_cpus(1.0));
    let first = first.await.unwrap();
    let second = deploy_on(ledger, Model::bind().num_cpus(1.0));
    let second = second.await.unwrap();
    assert_eq!(first.cores().await.unwrap()[1], all[..1]);
    let [assigned, allowed, ..] = second.cores().await.unwrap();
    assert_eq!(assigned, [0; 0]);
    assert_eq!(allowed, all);
}

#[tokio::test]
async fn a_part_of_a_cpu_does_not_pin() {
    let all = allowed();
    let machine = || Machine::empty().num_cpus(64.0).cores(all.clone());
    for num_cpus in [0.0, 0.5, 1.5] {
        let bound = Model::bind().num_cpus(num_cpus);
        let model = deploy_on(machine(), bound).await.unwrap();
        let [assigned, allowed, ..] = model.cores().await.unwrap();
        assert_eq!(assigned, [0; 0]);
        assert_eq!(allowed, all);
    }
}

#[tokio::test]
async fn the_detected_machine_has_the_cores_of_this_process() {
    let all = allowed();
    let machine = Machine::detect().num_cpus(64.0);
    let bound = Model::bind().num_cpus(1.0);
    let model = deploy_on(machine, bound).await.unwrap();
    assert_eq!(model.cores().await.unwrap()[1], all[..1]);
}

#[deployment(num_cpus = 1)]
struct InPlace {
    constructor: Vec<usize>,
}

#[deployment]
impl InPlace {
    fn new() -> Self {
        InPlace {
            constructor: allowed(),
        }
    }

    async fn cores(&self) -> Vec<usize> {
        self.constructor.clone()
    }
}

#[tokio::test]
async fn replicas_in_place_are_not_pinned() {
    let all = allowed();
    let machine = Machine::empty().num_cpus(1.0).cores(all.clone());
    let deployed = deploy_on(machine, InPlace::bind()).await.unwrap();
    assert_eq!(deployed.cores().await.unwrap(), all);
}
