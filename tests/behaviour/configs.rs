//! Options from files: what they change, what they leave, and what is refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use serve_runtime::ErrorKind;
use serve_runtime::config::{Config, DeploymentConfig};
use serve_runtime::prelude::*;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Mode {
    Plain,
    Repeated(u32),
    Between { low: f32, high: f64 },
    Pair(String, bool),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Settings {
    modes: Vec<Mode>,
    by_number: BTreeMap<u32, String>,
    names: BTreeMap<String, Option<u64>>,
    text: String,
    mark: char,
    nothing: (),
}

/// What would be something else in YAML if it were written as it is.
fn settings() -> Settings {
    Settings {
        modes: vec![
            Mode::Plain,
            Mode::Repeated(3),
            Mode::Between {
                low: 0.1,
                high: 1e300,
            },
            Mode::Pair("true".into(), true),
        ],
        by_number: [(1, "~".into()), (2, " a: b # c".into())].into(),
        names: [("null".into(), None), ("yes".into(), Some(u64::MAX))].into(),
        text: "a line\n  another\n\n".to_owned() + &"and so on ".repeat(20),
        mark: '1',
        nothing: (),
    }
}

#[deployment]
struct Echo {
    settings: Option<Settings>,
}

#[deployment]
impl Echo {
    fn new() -> Self {
        Echo { settings: None }
    }

    fn reconfigure(&mut self, settings: Settings) {
        self.settings = Some(settings);
    }

    fn show(&self, name: String) -> String {
        format!("{name} {:?}", self.settings)
    }
}

/// Its configuration is of a type that is in no file.
#[derive(Clone)]
struct Opaque(f64);

#[deployment]
struct Closed;

#[deployment]
impl Closed {
    fn new() -> Self {
        Closed
    }

    fn reconfigure(&self, opaque: Opaque) {
        drop(opaque.0.to_string());
    }

    async fn pass(&self, text: String) -> String {
        text
    }
}

#[deployment]
async fn trim(text: String) -> String {
    text.trim().to_owned()
}

#[deployment(max_ongoing_requests = 2)]
async fn limited(text: String) -> String {
    text
}

#[graph]
fn inside() -> String {
    let closed = Closed::bind().user_config(Opaque(0.5));
    input(|text: String| closed.pass(text))
}

#[graph]
fn settled() -> String {
    let echo = Echo::bind();
    let inside = inside::bind();
    input(|text: String| limited(trim(inside.call(echo.show(text)))))
}

fn configured(yaml: &str) -> Result<Application<Settled>> {
    settled().with_config(&Config::from_yaml(yaml)?)
}

fn refused(yaml: &str) -> String {
    let error = configured(yaml).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    error.to_string()
}

#[tokio::test]
async fn a_user_config_of_any_shape_comes_back_as_it_was() {
    #[graph]
    fn set() -> String {
        let echo = Echo::bind().user_config(settings());
        input(|text: String| echo.show(text))
    }
    let yaml = set().config().unwrap().to_yaml().unwrap();
    let read = Config::from_yaml(&yaml).unwrap();
    assert_eq!(read, set().config().unwrap());
    let value = read.deployments[0].user_config.clone().unwrap();
    assert_eq!(
        serde_json::from_value::<Settings>(value).unwrap(),
        settings()
    );
    let mut config = DeploymentConfig::new("echo");
    config.user_config = read.deployments[0].user_config.clone();
    let mut whole = Config::default();
    whole.deployments.push(config);
    let app = deploy(settled().with_config(&whole).unwrap())
        .await
        .unwrap();
    let expected = format!("x {:?}", Some(settings()));
    assert_eq!(app.call("x".into()).await.unwrap(), expected.trim());
}

#[test]
fn json_is_yaml_and_what_is_left_out_stays() {
    let before = settled().config().unwrap();
    for nothing in [
        "",
        "{}",
        "deployments: []",
        "name: settled",
        "# all commented out\n",
    ] {
        let config = configured(nothing).unwrap().config().unwrap();
        assert_eq!(config, before, "{nothing}");
    }
    // A word, as YAML 1.2 has it.
    let no = Config::from_yaml("deployments: [{ name: echo, user_config: no }]").unwrap();
    assert_eq!(no.deployments[0].user_config, Some(json!("no")));
    let json = json!({ "deployments": [{ "name": "echo", "num_cpus": 0.5, "resources": { "license": 1 } }] });
    let after = configured(&json.to_string()).unwrap().config().unwrap();
    let mut expected = before;
    expected.deployments[0].num_cpus = Some(0.5);
    expected.deployments[0].resources = Some([("license".to_owned(), 1.0)].into());
    assert_eq!(after, expected);
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
    let given = Config::from_yaml(yaml).unwrap();
    let read = settled().with_config(&given).unwrap().config().unwrap();
    assert_eq!(read.deployments[0], given.deployments[0]);
    let written = serde_json::to_value(&given.deployments[0]).unwrap();
    // All but `autoscaling_config`, in place of `num_replicas`, and `user_config`.
    assert_eq!(written.as_object().unwrap().len(), 14);
}

#[test]
fn autoscaling_and_a_number_of_replicas_take_each_others_place() {
    let scaled = "deployments: [{ name: echo, autoscaling_config: { max_replicas: 4 } }]";
    let scaled = configured(scaled).unwrap();
    let config = &scaled.config().unwrap().deployments[0];
    let expected = AutoscalingConfig {
        max_replicas: 4,
        ..Default::default()
    };
    assert_eq!(config.autoscaling_config, Some(expected));
    assert_eq!(config.num_replicas, None);
    let fixed = "deployments: [{ name: echo, num_replicas: 2 }]";
    let fixed = scaled
        .with_config(&Config::from_yaml(fixed).unwrap())
        .unwrap();
    let config = &fixed.config().unwrap().deployments[0];
    assert_eq!(
        (config.num_replicas, config.autoscaling_config),
        (Some(2), None)
    );
}

#[tokio::test]
async fn a_file_counts_against_the_limits_of_a_graph_also_inside_of_one() {
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
            .with_config(&Config::from_yaml(&yaml).unwrap())
            .unwrap()
    };
    deploy(with(50)).await.unwrap();
    let error = deploy(with(51)).await.unwrap_err().to_string();
    assert!(
        error.contains("the longest path takes 51 ms, but `slo_ms` is 50"),
        "{error}"
    );
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let message = refused(
        "
deployments:
- name: ecko
- name: inside
- name: echo
  num_replicas: 0
- name: echo
- name: trim
  max_ongoing_requests: 3
  user_config: 1
- name: limited
  num_replicas: 1
  autoscaling_config: { max_replicas: 2 }
",
    );
    let known = "note: it has `echo`, `inside/closed`, `limited`, `trim`";
    let expected = [
        "graph `settled` has no deployment `ecko`",
        known,
        "help: did you mean `echo`?",
        "graph `settled` has no deployment `inside`",
        known,
        "help: `inside` is a graph of its own: name what it binds, as in `inside/closed`",
        "deployment `echo`: `num_replicas` must be at least 1, but is 0",
        "deployment `echo` is given twice",
        "deployment `trim` is an `async fn` without a limit, which has no replicas: \
         `max_ongoing_requests` would do nothing",
        "help: put `#[deployment(max_ongoing_requests = ..)]` on the function, or remove what does nothing",
        "deployment `trim` has no `reconfigure`, so it takes no `user_config`",
        "help: write `fn reconfigure(&mut self, config: ..)` in its `#[deployment]` impl block, or remove the \
         `user_config`",
        "deployment `limited`: `num_replicas` is given beside an `autoscaling_config`, which takes its place",
        "help: remove one of the two",
    ];
    assert_eq!(message.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_configuration_of_another_application_is_refused() {
    assert_eq!(
        refused("name: settler"),
        "the configuration is for `settler`, but this is `settled`\n\
         help: leave out its `name`, if it is meant for both"
    );
}

#[test]
fn a_wrong_user_config_is_told_by_its_field() {
    let mut value = serde_json::to_value(settings()).unwrap();
    value["modes"][2] = json!({ "Between": { "low": "deep", "high": 1 } });
    let config = json!({ "deployments": [{ "name": "echo", "user_config": value }] });
    let message = refused(&config.to_string());
    let expected = "deployment `echo`: `user_config.modes[2].Between.low`: invalid type: string \"deep\", expected f32\n\
                    note: it is a `";
    assert!(message.starts_with(expected), "{message}");
    assert!(message.ends_with("configs::Settings`"), "{message}");
    let null = refused("deployments: [{ name: echo, user_config: null }]");
    assert!(
        null.starts_with("deployment `echo`: `user_config`: invalid type: null"),
        "{null}"
    );
}

#[test]
fn a_user_config_that_serde_does_not_know_stays_as_it_is_bound() {
    let config = settled().config().unwrap();
    assert_eq!(config.deployments[1].name, "inside/closed");
    assert_eq!(config.deployments[1].user_config, None);
    let again = settled().with_config(&config).unwrap();
    assert_eq!(again.config().unwrap(), config);
    let message = refused("deployments: [{ name: inside/closed, user_config: 1 }]");
    let (first, help) = message.split_once('\n').unwrap();
    assert!(
        first.starts_with("deployment `inside/closed`: its `user_config` is a `"),
        "{first}"
    );
    assert!(
        first.ends_with("Opaque`, which cannot be read from a file"),
        "{first}"
    );
    assert_eq!(help, "help: derive `serde::Deserialize` for it");
}

/// Generic deployments know what the bounds of their `impl` block say.
#[deployment]
struct Keeper<T: Clone + Send + Sync + 'static>(Option<T>);

#[deployment]
impl<T> Keeper<T>
where
    T: Clone + Send + Sync + Serialize + for<'de> Deserialize<'de> + 'static,
{
    fn new() -> Self {
        Keeper(None)
    }

    fn reconfigure(&mut self, value: Option<T>) {
        self.0 = value;
    }

    fn keep(&self, default: T) -> T {
        self.0.clone().unwrap_or(default)
    }
}

#[deployment]
struct Blind<T: Clone + Send + Sync + 'static>(T);

#[deployment]
impl<T: Clone + Send + Sync + 'static> Blind<T> {
    fn new(value: T) -> Self {
        Blind(value)
    }

    fn reconfigure(&mut self, value: T) {
        self.0 = value;
    }

    fn keep(&self) -> T {
        self.0.clone()
    }
}

#[graph]
fn generic() -> u32 {
    let keeper = Keeper::<u32>::bind().user_config(Some(3));
    let blind = Blind::<u32>::bind(1).user_config(2);
    input(|number: u32| keeper.keep(number) + blind.keep())
}

#[tokio::test]
async fn of_a_generic_deployment_the_bounds_decide() {
    let config = generic().config().unwrap();
    assert_eq!(config.deployments[0].user_config, Some(json!(3)));
    assert_eq!(config.deployments[1].user_config, None);
    let none = "deployments: [{ name: keeper, user_config: null }]";
    let none = generic()
        .with_config(&Config::from_yaml(none).unwrap())
        .unwrap();
    assert_eq!(
        none.config().unwrap().deployments[0].user_config,
        Some(Value::Null)
    );
    assert_eq!(deploy(none).await.unwrap().call(10).await.unwrap(), 12);
    let blind = "deployments: [{ name: blind, user_config: 5 }]";
    let error = generic()
        .with_config(&Config::from_yaml(blind).unwrap())
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .contains("`u32`, which cannot be read from a file"),
        "{error}"
    );
}

#[test]
fn what_is_no_finite_number_is_not_lost() {
    #[graph]
    fn endless() -> f64 {
        let keeper = Keeper::<f64>::bind().user_config(Some(f64::INFINITY));
        input(|number: f64| keeper.keep(number))
    }
    let error = endless().config().unwrap_err().to_string();
    let expected = "deployment `keeper`: its `user_config` cannot be written to a file: ";
    assert!(error.starts_with(expected), "{error}");
    assert!(
        error.ends_with("must be a finite number, but is .inf"),
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
        .with_config(&Config::from_yaml(third).unwrap())
        .unwrap();
    let app = deploy(third).await.unwrap();
    let replicas: Vec<usize> = app.status().iter().map(|it| it.replicas.len()).collect();
    assert_eq!(replicas, [1, 1, 1, 3]);
}

#[tokio::test]
async fn a_file_says_nothing_of_what_a_fake_stands_for() {
    let faked = || settled().with("echo", Echo::fake().show(|name| name));
    let names = |config: Config| config.deployments.into_iter().map(|it| it.name);
    let config = faked().config().unwrap();
    assert!(names(config).eq(["inside/closed", "limited", "trim"]));
    let config = Config::from_yaml("deployments: [{ name: echo, num_replicas: 5 }]").unwrap();
    let app = deploy(faked().with_config(&config).unwrap()).await.unwrap();
    assert_eq!(app.call("x".into()).await.unwrap(), "x");
}
