//! Every replica knows its GPUs. The GPUs are described, not real.

use serve_runtime::prelude::*;
use serve_runtime::{Machine, deploy_on};
use std::sync::{Arc, Mutex};

type Seen = Arc<Mutex<Vec<(String, Vec<usize>)>>>;

/// Records the GPUs that its constructor sees.
#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new(seen: Seen) -> Self {
        let replica = ReplicaContext::current();
        let name = replica.deployment().unwrap().to_owned();
        let gpus = replica.gpus().to_vec();
        seen.lock().unwrap().push((name, gpus));
        Model
    }

    fn forward(&self) -> (Vec<usize>, String, f64) {
        let replica = ReplicaContext::current();
        let visible = replica.cuda_visible_devices();
        (replica.gpus().to_vec(), visible, replica.num_gpus())
    }
}

#[graph]
fn models(seen: Seen) -> f64 {
    let small = Model::bind(seen.clone())
        .name("small")
        .num_gpus(0.25)
        .num_replicas(4);
    let half = Model::bind(seen.clone())
        .name("half")
        .num_gpus(0.5)
        .num_replicas(2);
    let pair = Model::bind(seen).name("pair").num_gpus(2.0);
    input(|| small.forward().2 + half.forward().2 + pair.forward().2)
}

#[tokio::test]
async fn parts_are_packed_and_whole_gpus_are_not_shared() {
    let seen = Seen::default();
    let machine = Machine::empty().num_gpus(4);
    let app = deploy_on(machine, models(seen.clone())).await.unwrap();
    let mut seen = std::mem::take(&mut *seen.lock().unwrap());
    seen.sort();
    let of = |name: &str| {
        let seen = seen.iter().filter(|(it, _)| it == name);
        seen.map(|(_, gpus)| gpus.clone()).collect::<Vec<_>>()
    };
    assert_eq!(of("pair"), [[0, 1]]);
    assert_eq!(of("half"), [[2], [2]]);
    assert_eq!(of("small"), [[3], [3], [3], [3]]);
    assert_eq!(app.call().await.unwrap(), 2.75);
}

#[tokio::test]
async fn a_call_sees_them_as_well() {
    let machine = Machine::empty().num_gpus(3);
    let model = Model::bind(Seen::default()).num_gpus(3.0);
    let model = deploy_on(machine, model).await.unwrap();
    let seen = model.forward().await.unwrap();
    assert_eq!(seen, (vec![0, 1, 2], "0,1,2".to_owned(), 3.0));
}

#[tokio::test]
async fn parts_that_fit_only_in_sum_are_refused() {
    let machine = Machine::empty().num_gpus(2);
    let model = Model::bind(Seen::default()).num_gpus(0.6).num_replicas(3);
    let error = deploy_on(machine, model).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let text = error.to_string();
    assert!(
        text.contains("the free parts of the GPUs are 0.4, 0.4"),
        "{text}"
    );
}
