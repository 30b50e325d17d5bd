//! A file that Ray Serve has written, and the options of an application as a whole.

use serve_runtime::config::{ApplicationConfig, Config, Setting};
use serve_runtime::ingress::Server;
use serve_runtime::prelude::*;
use serve_runtime::{ErrorKind, Ledger, Machine, deploy_on};

use crate::support::within;

/// As `serve build` of Ray 2.60 writes it.
const RAYS: &str = "\
# This file was generated using the `serve build` command on Ray v2.60.0.

proxy_location: EveryNode

http_options:
  host: 0.0.0.0
  port: 8000

grpc_options:
  port: 9000
  grpc_servicer_functions: []
  enable_reflection: true

logging_config:
  encoding: TEXT
  log_level: INFO
  logs_dir: null
  enable_access_log: true
  additional_log_standard_attrs: []

applications:
- name: app1
  route_prefix: /
  import_path: app:app
  runtime_env: {}
  deployments:
  - name: Worker
    num_replicas: 2
    max_ongoing_requests: 3
    user_config:
      threshold: 0.5
    ray_actor_options:
      num_cpus: 0.1
  - name: Ingress
    autoscaling_config:
      min_replicas: 1
      max_replicas: 2
    ray_actor_options:
      num_cpus: 0.1
";

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Limits {
    threshold: f64,
}

#[deployment(max_ongoing_requests = 1)]
struct Worker {
    threshold: f64,
}

#[deployment]
impl Worker {
    fn new() -> Self {
        Worker { threshold: 1.0 }
    }

    fn reconfigure(&mut self, limits: Limits) {
        self.threshold = limits.threshold;
    }

    async fn keep(&self, score: f64) -> bool {
        score > self.threshold
    }
}

#[deployment]
struct Ingress;

#[deployment]
impl Ingress {
    fn new() -> Self {
        Ingress
    }

    fn score(&self, number: f64) -> f64 {
        number / 10.0
    }
}

#[graph]
fn app1() -> bool {
    let worker = Worker::bind();
    let first = Ingress::bind();
    input(|number: f64| worker.keep(first.score(number)))
}

fn machine() -> Ledger {
    Ledger::from(Machine::empty().num_cpus(1.0))
}

#[tokio::test]
async fn a_file_of_ray_loads_with_warnings_only() {
    let config = Config::from_yaml(RAYS).unwrap();
    let expected = [
        "9:1: `grpc_options` has no meaning here and is ignored: there is no gRPC server",
        "14:1: `logging_config` has no meaning here and is ignored: `RUST_LOG` sets what is logged",
    ];
    assert_eq!(config.warnings(), expected);
    assert_eq!(config.http_options.host.as_deref(), Some("0.0.0.0"));
    drop(
        Server::new()
            .application(app1())
            .with_config(&config)
            .unwrap(),
    );

    let configured = app1().with_config(&config.applications[0]).unwrap();
    let [worker, first] = &configured.config().unwrap().deployments[..] else {
        panic!("it has two deployments");
    };
    assert_eq!((&*worker.name, worker.num_replicas), ("worker", Some(2)));
    assert_eq!(worker.max_ongoing_requests, Setting::Set(3));
    assert_eq!((&*first.name, first.num_cpus), ("first", Some(0.1)));
    let app = deploy_on(machine(), configured).await.unwrap();
    assert!(app.call(7.0).await.unwrap());
    Deployed::shutdown(app).await;
}

/// What a server finds to say of a file is an error as well, if that is strict.
#[test]
fn an_import_path_of_another_program_is_told_and_refused_if_strict() {
    let rays = "applications: [{ name: app1, import_path: app.module }]";
    let config = Config::from_yaml(rays).unwrap();
    let with = |config: &Config| Server::new().application(app1()).with_config(config);
    drop(with(&config).unwrap());
    let error = with(&config.strict().unwrap()).unwrap_err();
    let expected =
        "`import_path` `app.module` is not known here: the only graph, `app1:app1`, is meant";
    assert_eq!(error.message(), expected);
}

#[test]
fn an_application_that_is_bound_in_code_takes_no_arguments() {
    let config = ApplicationConfig::from_yaml("args: { threshold: 1 }").unwrap();
    let error = app1().with_config(&config).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let expected =
        "application `app1` takes no `args`: its arguments are set in code\nhelp: remove them";
    assert_eq!(error.message(), expected);
}

#[test]
fn an_application_has_the_route_prefix_and_the_name_that_it_is_given() {
    let config = app1().name("mine").route_prefix("/a").config().unwrap();
    assert_eq!(config.name.as_deref(), Some("mine"));
    assert_eq!(config.route_prefix, Setting::Set("/a".to_owned()));
    assert_eq!(config.import_path.as_deref(), Some("app1:app1"));
    let unserved = ApplicationConfig::new().route_prefix(None);
    let unserved = app1().route_prefix("/a").with_config(&unserved).unwrap();
    assert_eq!(unserved.config().unwrap().route_prefix, Setting::Clear);
    let other = ApplicationConfig::new().name("app1");
    let error = app1().name("mine").with_config(&other).err().unwrap();
    assert!(
        error
            .message()
            .contains("is for `app1`, but this is `mine`"),
        "{error}"
    );
}

#[tokio::test]
async fn numbers_of_replicas_are_set_from_outside_or_from_inside() {
    let with = |text: &str| ApplicationConfig::from_yaml(text).unwrap();
    let scaled = "deployments: [{ name: worker, autoscaling_config: {} }]";
    let both = format!("external_scaler_enabled: true\n{scaled}");
    let expected = "application `app1`: with `external_scaler_enabled` no deployment may have an `autoscaling_config`, but \
                    `worker` has one\nhelp: remove one of the two";
    let error = app1().with_config(&with(&both)).err().unwrap();
    assert_eq!(error.message(), expected);

    let enabled = app1().with_config(&with("external_scaler_enabled: true"));
    let enabled = enabled.unwrap();
    assert_eq!(
        enabled.config().unwrap().external_scaler_enabled,
        Some(true)
    );
    let app = deploy_on(machine(), enabled).await.unwrap();
    let control = Deployed::control(&app);
    let error = within(control.configure(&with(&both))).await.unwrap_err();
    assert_eq!(error.message(), expected);
    assert!(control.external_scaler_enabled().unwrap());
    within(control.configure(&with("deployments: []")))
        .await
        .unwrap();
    assert!(!control.external_scaler_enabled().unwrap());
}

#[tokio::test]
async fn what_cannot_change_while_an_application_runs_is_refused() {
    let app = deploy_on(machine(), app1()).await.unwrap();
    let control = Deployed::control(&app);
    for (text, expected) in [
        (
            "route_prefix: /b",
            "application `app1`: its `route_prefix` cannot change from `/` to `/b` while it runs\nhelp: restart the server",
        ),
        (
            "route_prefix: null",
            "application `app1`: its `route_prefix` cannot change from `/` to null while it runs\nhelp: restart the server",
        ),
        (
            "args: { threshold: 1 }",
            "application `app1` takes no `args`: its arguments are set in code\nhelp: remove them",
        ),
    ] {
        let text = format!("{text}\ndeployments: [{{ name: worker, num_replicas: 3 }}]");
        let config = ApplicationConfig::from_yaml(&text).unwrap();
        let error = within(control.configure(&config)).await.unwrap_err();
        assert_eq!(error.message(), expected);
        assert_eq!(control.status()[0].target_num_replicas, 1);
    }
    let same = ApplicationConfig::from_yaml("name: app1\nroute_prefix: /").unwrap();
    within(control.configure(&same)).await.unwrap();
}
