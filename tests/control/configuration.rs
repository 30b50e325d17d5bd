//! The state of an application is its program and the file in force: all of a file is applied, or nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serve_runtime::config::ApplicationConfig;
use serve_runtime::prelude::*;
use serve_runtime::{
    ApplicationControl, ErrorKind, Ledger, Machine, ReplicaState, Status, deploy_on,
};

use crate::support::{Count, within};

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Scale {
    factor: u32,
}

/// What happens to replicas, from outside.
#[derive(Clone)]
struct Seen {
    built: Count,
    cannot_build: Arc<AtomicBool>,
}

impl Seen {
    fn new() -> Self {
        Seen {
            built: Count::new(),
            cannot_build: Arc::default(),
        }
    }
}

#[deployment(num_replicas = 2, num_cpus = 1.0, max_queued_requests = 7)]
struct Model {
    number: usize,
    factor: u32,
}

#[deployment]
impl Model {
    fn new(seen: Seen) -> Result<Self> {
        if seen.cannot_build.load(Ordering::SeqCst) {
            return Err(Error::upstream("no weights"));
        }
        let number = seen.built.add();
        Ok(Model { number, factor: 0 })
    }

    /// The second replica takes small factors only.
    fn reconfigure(&mut self, scale: Scale) -> Result<()> {
        if self.number == 1 && scale.factor > 100 {
            return Err(Error::invalid_input("too large"));
        }
        self.factor = scale.factor;
        Ok(())
    }

    fn factor(&self) -> u32 {
        self.factor
    }
}

#[deployment(max_ongoing_requests = 5)]
async fn add(factor: u32, number: u32) -> u32 {
    factor + number
}

#[graph]
fn scaled(seen: Seen) -> u32 {
    let model = Model::bind(seen).user_config(Scale { factor: 1 });
    input(|number: u32| add(model.factor(), number))
}

#[graph]
fn unscaled(seen: Seen) -> u32 {
    let model = Model::bind(seen);
    input(|number: u32| add(model.factor(), number))
}

fn four_cores() -> Ledger {
    Ledger::from(Machine::empty().num_cpus(4.0))
}

async fn apply(control: &ApplicationControl, file: &str) -> Result<()> {
    within(control.configure(&ApplicationConfig::from_yaml(file).unwrap())).await
}

fn ready(control: &ApplicationControl) -> usize {
    control.status()[0].count(ReplicaState::Ready)
}

#[tokio::test]
async fn what_a_file_leaves_out_is_as_bound() {
    let seen = Seen::new();
    let app = deploy_on(four_cores(), scaled(seen.clone())).await.unwrap();
    let control = Deployed::control(&app);
    assert_eq!(app.call(0).await.unwrap(), 1);
    let all = "deployments: [{ name: model, num_replicas: 3, user_config: { factor: 5 } }]";
    apply(&control, all).await.unwrap();
    assert_eq!((app.call(0).await.unwrap(), ready(&control)), (5, 3));
    apply(&control, "deployments: [{ name: model, num_replicas: 4 }]")
        .await
        .unwrap();
    assert_eq!((app.call(0).await.unwrap(), ready(&control)), (1, 4));
    apply(&control, "deployments: []").await.unwrap();
    assert_eq!((app.call(0).await.unwrap(), ready(&control)), (1, 2));
    assert_eq!(seen.built.get(), 4, "replicas are kept");
}

#[tokio::test]
async fn what_scaling_has_made_of_the_number_stays_where_files_leave_it_out() {
    let app = deploy_on(four_cores(), scaled(Seen::new())).await.unwrap();
    let control = Deployed::control(&app);
    let model = control.deployment::<Model>("model").unwrap();
    within(model.scale(3)).await.unwrap();
    apply(
        &control,
        "deployments: [{ name: model, user_config: { factor: 5 } }]",
    )
    .await
    .unwrap();
    assert_eq!(ready(&control), 3);
}

#[tokio::test]
async fn a_user_config_that_no_file_gives_any_more_is_gone() {
    let seen = Seen::new();
    let app = deploy_on(four_cores(), unscaled(seen.clone()))
        .await
        .unwrap();
    let control = Deployed::control(&app);
    apply(
        &control,
        "deployments: [{ name: model, user_config: { factor: 5 } }]",
    )
    .await
    .unwrap();
    assert_eq!((app.call(0).await.unwrap(), seen.built.get()), (5, 2));
    apply(&control, "deployments: []").await.unwrap();
    assert_eq!((app.call(0).await.unwrap(), seen.built.get()), (0, 4));
    assert_eq!(ready(&control), 2);
}

#[tokio::test]
async fn a_file_without_room_on_the_machine_changes_nothing() {
    let seen = Seen::new();
    let app = deploy_on(four_cores(), scaled(seen.clone())).await.unwrap();
    let control = Deployed::control(&app);
    for (file, arithmetic) in [
        ("{ name: model, num_cpus: 40 }", "`model` 2 x 40 = 80 CPUs"),
        ("{ name: model, num_replicas: 5 }", "`model` 5 x 1 = 5 CPUs"),
        (
            "{ name: model, num_cpus: 3, max_queued_requests: 1, user_config: { factor: 9 } }",
            "`model` 2 x 3 = 6 CPUs",
        ),
    ] {
        let error = apply(&control, &format!("deployments: [{file}]"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.message().contains(arithmetic), "{error}");
        assert_eq!(app.call(0).await.unwrap(), 1);
        assert_eq!((seen.built.get(), ready(&control)), (2, 2));
        let status = control.status().remove(0);
        assert_eq!((status.status, &*status.message), (Status::Healthy, ""));
    }
    // The refused files have left nothing behind.
    apply(
        &control,
        "deployments: [{ name: model, user_config: { factor: 3 } }]",
    )
    .await
    .unwrap();
    assert_eq!((app.call(0).await.unwrap(), seen.built.get()), (3, 2));
    // There is room for these only where the old ones were.
    apply(&control, "deployments: [{ name: model, num_cpus: 2 }]")
        .await
        .unwrap();
    assert_eq!((app.call(0).await.unwrap(), seen.built.get()), (1, 4));
    apply(&control, "deployments: []").await.unwrap();
    assert_eq!(ready(&control), 2);
}

const UNDONE: &str = "\nnote: what was before is in force again";

#[tokio::test]
async fn a_file_that_one_of_several_replicas_refuses_is_undone() {
    let seen = Seen::new();
    let app = deploy_on(four_cores(), scaled(seen.clone())).await.unwrap();
    let control = Deployed::control(&app);
    let file = "deployments: [{ name: model, num_replicas: 3, user_config: { factor: 200 } },
        { name: add, max_ongoing_requests: 9 }]";
    let error = apply(&control, file).await.unwrap_err();
    assert_eq!(
        error.message(),
        format!("deployment `model`: too large{UNDONE}")
    );
    assert_eq!(ready(&control), 2);
    for _ in 0..6 {
        assert_eq!(app.call(0).await.unwrap(), 1);
    }
    let status = control.status().remove(0);
    let message = "the last change was undone: deployment `model`: too large";
    assert_eq!(
        (status.status, &*status.message),
        (Status::Healthy, message)
    );
    apply(
        &control,
        "deployments: [{ name: model, user_config: { factor: 6 } }]",
    )
    .await
    .unwrap();
    assert_eq!(app.call(0).await.unwrap(), 6);
    assert_eq!(control.status()[0].message, "");
}

#[tokio::test]
async fn a_file_whose_replicas_cannot_be_built_is_undone() {
    let seen = Seen::new();
    let app = deploy_on(four_cores(), scaled(seen.clone())).await.unwrap();
    let control = Deployed::control(&app);
    seen.cannot_build.store(true, Ordering::SeqCst);
    for file in [
        "{ name: model, memory: 0, num_cpus: 0.5 }",
        "{ name: model, num_replicas: 3 }",
    ] {
        let error = apply(&control, &format!("deployments: [{file}]"))
            .await
            .unwrap_err();
        assert_eq!(
            error.message(),
            format!("deployment `model`: no weights{UNDONE}")
        );
        assert_eq!(app.call(0).await.unwrap(), 1);
        assert_eq!((seen.built.get(), ready(&control)), (2, 2));
        assert_eq!(control.status()[0].status, Status::Healthy);
    }
}

#[tokio::test]
async fn options_of_one_deployment_are_changed_together_or_not_at_all() {
    let seen = Seen::new();
    let app = deploy_on(four_cores(), scaled(seen.clone())).await.unwrap();
    let control = Deployed::control(&app);
    let model = control.deployment::<Model>("model").unwrap();
    let file = "deployments: [{ name: model, num_replicas: 4, user_config: { factor: 200 } }]";
    let change = &ApplicationConfig::from_yaml(file).unwrap().deployments[0];
    let error = within(model.configure(change)).await.unwrap_err();
    assert_eq!(error.message(), format!("too large{UNDONE}"));
    assert_eq!((app.call(0).await.unwrap(), ready(&control)), (1, 2));
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_told_with_line_and_column() {
    let seen = Seen::new();
    let app = deploy_on(four_cores(), scaled(seen.clone())).await.unwrap();
    let control = Deployed::control(&app);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("options.yaml");
    for (text, expected) in [
        (
            "deployments:\n- name: modle\n",
            "2:9: graph `scaled` has no deployment `modle`",
        ),
        (
            "deployments:\n- name: model\n- name: model\n",
            "3:9: deployment `model` is given twice",
        ),
        (
            "deployments:\n- name: model\n  num_replicas: 1000000000\n",
            "3:17: deployment `model`: `num_replicas` must be a whole number from 1 to 10000, but is 1000000000",
        ),
        (
            "deployments:\n- name: model\n  num_replicas: -1\n",
            "3:17: `deployments[0].num_replicas` must be a whole number from 1 to 10000",
        ),
        (
            "deployments:\n- name: model\n  num_replicas: 5000000000\n",
            "3:17: `deployments[0].num_replicas` must be a whole number from 1 to 10000",
        ),
        (
            "deployments:\n- name: model\n  max_queued_requests: 5000000000\n",
            "3:24: `deployments[0].max_queued_requests` must be a whole number from 0 to 4294967295",
        ),
        (
            "deployments:\n- name: model\n  memory: 20000000000000000000\n",
            "3:11: `deployments[0].memory` must be a whole number of bytes below 2^64",
        ),
        (
            "deployments:\n- name: model\n  autoscaling_config: { min_replicas: 4, max_replicas: 2 }\n",
            "3:23: deployment `model`: `autoscaling_config`: `max_replicas` must be at least `min_replicas`, but is 2",
        ),
        (
            "deployments:\n- name: add\n  max_ongoing_requests: 3\n\n- name: model\n  user_config:\n    factor: two\n",
            "7:5: deployment `model`: `user_config.factor`: invalid type: string \"two\", expected u32",
        ),
        (
            "deployments:\n- name: model\n  user_config: { factor: 200 }\n",
            "3:16: deployment `model`: too large",
        ),
    ] {
        std::fs::write(&path, text).unwrap();
        let applied = async { within(control.configure(&ApplicationConfig::read(&path)?)).await };
        let error = applied.await.unwrap_err();
        let first = error.message().lines().next().unwrap();
        assert_eq!(first, format!("{}:{expected}", path.display()));
        assert_eq!((app.call(0).await.unwrap(), seen.built.get()), (1, 2));
    }
}
