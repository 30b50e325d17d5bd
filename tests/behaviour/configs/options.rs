//! The options that a file changes, and those that it leaves.

use serde_json::json;
use serve_runtime::config::{ApplicationConfig, Config, Setting};
use serve_runtime::prelude::*;

use super::{Echo, configured, settled};

#[test]
fn json_is_yaml_and_options_that_are_left_out_stay() {
    let before = settled().config().unwrap();
    for empty in ["{}", "deployments: []", "name: settled"] {
        let config = configured(empty).unwrap().config().unwrap();
        assert_eq!(config, before, "{empty}");
    }
    // A string in YAML 1.2.
    let no =
        ApplicationConfig::from_yaml("deployments: [{ name: echo, user_config: no }]").unwrap();
    assert_eq!(no.deployments[0].user_config, Some(json!("no")));
    let json = json!({ "deployments": [{ "name": "echo", "num_cpus": 0.5, "resources": { "license": 1 } }] });
    let after = configured(&json.to_string()).unwrap().config().unwrap();
    let mut expected = before;
    expected.deployments[0].num_cpus = Some(0.5);
    expected.deployments[0].resources = Some([("license".to_owned(), 1.0)].into());
    assert_eq!(after, expected);
}

/// It is what a file has in it while it is being written.
#[test]
fn nothing_is_no_configuration() {
    for nothing in ["", "null", "# all commented out\n"] {
        let error = Config::from_yaml(nothing).unwrap_err();
        let expected = "it is empty; `applications: []` sets no options";
        assert_eq!(error.message(), expected, "{nothing}");
    }
}

#[test]
fn every_option_can_be_set() {
    let yaml = "
name: settled
deployments:
- name: echo
  num_replicas: 3
  max_ongoing_requests: 4
  max_queued_requests: 0
  num_cpus: 0.25
  num_gpus: 2
  memory: 4096
  resources: { license: 2 }
  budget_ms: 7
  health_check_period_s: 1.5
  health_check_timeout_s: 2
  graceful_shutdown_timeout_s: 0
  max_constructor_retry_count: 9
  rolling_update_percentage: 1
";
    let given = ApplicationConfig::from_yaml(yaml).unwrap();
    let read = settled().with_config(&given).unwrap().config().unwrap();
    assert_eq!(read.deployments[0], given.deployments[0]);
    let written = serde_json::to_value(&given.deployments[0]).unwrap();
    // All but `autoscaling_config`, in place of `num_replicas`, and `user_config`.
    assert_eq!(written.as_object().unwrap().len(), 14);
}

#[test]
fn null_removes_a_bound_option_and_is_written_as_null() {
    let limited_to = |yaml: &str| {
        configured(yaml)
            .unwrap()
            .config()
            .unwrap()
            .deployments
            .swap_remove(2)
    };
    let bound = limited_to("{}");
    assert_eq!(
        (&*bound.name, bound.max_ongoing_requests),
        ("limited", Setting::Set(2))
    );
    let yaml = "
deployments:
- name: limited
  max_ongoing_requests: null
  budget_ms: ~
  autoscaling_config: null
  num_cpus: null
  resources: null
";
    let none = configured(yaml).unwrap().config().unwrap();
    let none = Config::from(none).to_yaml().unwrap();
    let again = limited_to(&none);
    assert_eq!(
        (again.max_ongoing_requests, again.budget_ms),
        (Setting::Clear, Setting::Clear)
    );
    assert_eq!(
        (again.num_cpus, again.resources),
        (Some(0.0), Some([].into()))
    );
    assert_eq!(
        (again.num_replicas, again.autoscaling_config),
        (Some(1), Setting::Keep)
    );
    for (option, must) in [
        ("num_replicas", "must be a whole number from 1 to 10000"),
        ("health_check_period_s", "must be a number"),
    ] {
        let yaml = format!("deployments: [{{ name: limited, {option}: null }}]");
        let error = ApplicationConfig::from_yaml(&yaml).unwrap_err().to_string();
        assert!(
            error.ends_with(&format!("`deployments[0].{option}` {must}")),
            "{error}"
        );
    }
}

#[test]
fn autoscaling_and_a_number_of_replicas_replace_each_other() {
    let scaled = "deployments: [{ name: echo, autoscaling_config: { max_replicas: 4 } }]";
    let scaled = configured(scaled).unwrap();
    let config = &scaled.config().unwrap().deployments[0];
    let expected = AutoscalingConfig::new().max_replicas(4);
    assert_eq!(config.autoscaling_config, Setting::Set(expected));
    assert_eq!(config.num_replicas, None);
    let fixed = "deployments: [{ name: echo, num_replicas: 2 }]";
    let fixed = scaled
        .with_config(&ApplicationConfig::from_yaml(fixed).unwrap())
        .unwrap();
    let config = &fixed.config().unwrap().deployments[0];
    assert_eq!(
        (config.num_replicas, config.autoscaling_config),
        (Some(2), Setting::Keep)
    );
}

#[tokio::test]
async fn a_file_counts_against_the_limits_of_a_graph_and_of_graphs_in_it() {
    #[deployment(budget_ms = 10)]
    async fn slow(text: String) -> String {
        text
    }
    #[graph(slo_ms = 50)]
    fn strict() -> String {
        input(|text: String| slow(text))
    }
    #[graph]
    fn around() -> String {
        let strict = strict::bind();
        input(|text: String| strict.call(text))
    }
    let with = |ms: u32| {
        let yaml = format!("deployments: [{{ name: strict/slow, budget_ms: {ms} }}]");
        around()
            .with_config(&ApplicationConfig::from_yaml(&yaml).unwrap())
            .unwrap()
    };
    drop(deploy(with(50)).await.unwrap());
    let error = deploy(with(51)).await.unwrap_err().to_string();
    assert!(
        error.contains("the longest path takes 51 ms, but `slo_ms` is 50"),
        "{error}"
    );
}

#[tokio::test]
async fn variables_of_the_same_name_are_numbered() {
    #[graph]
    fn shadowing() -> String {
        let echo = Echo::bind();
        let echo_1 = Echo::bind();
        let by = Handed::bind(echo);
        let echo = Echo::bind();
        input(|text: String| by.show(echo_1.show(echo.show(text))))
    }
    #[deployment]
    struct Handed(Handle<Echo>);
    #[deployment]
    impl Handed {
        fn new(echo: Handle<Echo>) -> Self {
            Handed(echo)
        }
        async fn show(&self, text: String) -> Result<String> {
            self.0.show(text).await
        }
    }
    let config = shadowing().config().unwrap();
    let names: Vec<&str> = config.deployments.iter().map(|it| &it.name[..]).collect();
    assert_eq!(names, ["echo", "echo_1", "by", "echo_2"]);
    let third = "deployments: [{ name: echo_2, num_replicas: 3 }]";
    let third = shadowing()
        .with_config(&ApplicationConfig::from_yaml(third).unwrap())
        .unwrap();
    let app = deploy(third).await.unwrap();
    let replicas: Vec<usize> = Deployed::control(&app)
        .status()
        .iter()
        .map(|it| it.replicas.len())
        .collect();
    assert_eq!(replicas, [1, 1, 1, 3]);
}

#[tokio::test]
async fn a_file_leaves_out_deployments_with_a_fake() {
    let faked = || settled().with("echo", Echo::fake().show(|name| name));
    let names = |config: ApplicationConfig| config.deployments.into_iter().map(|it| it.name);
    let config = faked().config().unwrap();
    assert!(names(config).eq(["inside/closed", "limited", "trim"]));
    let config =
        ApplicationConfig::from_yaml("deployments: [{ name: echo, num_replicas: 5 }]").unwrap();
    let app = deploy(faked().with_config(&config).unwrap()).await.unwrap();
    assert_eq!(app.call("x".into()).await.unwrap(), "x");
}
