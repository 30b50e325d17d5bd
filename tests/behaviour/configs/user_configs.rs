//! Which `user_config`s can be in a file.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use serve_runtime::config::{ApplicationConfig, Config, DeploymentConfig};
use serve_runtime::prelude::*;

use super::{Echo, Settings, refused, settings, settled};

#[tokio::test]
async fn a_user_config_of_any_shape_survives_a_round_trip() {
    #[graph]
    fn set() -> String {
        let echo = Echo::bind().user_config(settings());
        input(|text: String| echo.show(text))
    }
    let yaml = Config::from(set().config().unwrap()).to_yaml().unwrap();
    let read = ApplicationConfig::from_yaml(&yaml).unwrap();
    assert_eq!(read, set().config().unwrap());
    let value = read.deployments[0].user_config.clone().unwrap();
    assert_eq!(
        serde_json::from_value::<Settings>(value).unwrap(),
        settings()
    );
    let value = read.deployments[0].user_config.clone().unwrap();
    let config = DeploymentConfig::new("echo").user_config(value);
    let whole = ApplicationConfig::default().deployment(config);
    let app = deploy(settled().with_config(&whole).unwrap())
        .await
        .unwrap();
    let expected = format!("x {:?}", Some(settings()));
    assert_eq!(app.call("x".into()).await.unwrap(), expected.trim());
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

/// In a generic deployment, the bounds of the `impl` block decide.
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
async fn the_bounds_of_a_generic_deployment_decide() {
    let config = generic().config().unwrap();
    assert_eq!(config.deployments[0].user_config, Some(json!(3)));
    assert_eq!(config.deployments[1].user_config, None);
    let none = "deployments: [{ name: keeper, user_config: null }]";
    let none = generic()
        .with_config(&ApplicationConfig::from_yaml(none).unwrap())
        .unwrap();
    assert_eq!(
        none.config().unwrap().deployments[0].user_config,
        Some(Value::Null)
    );
    assert_eq!(deploy(none).await.unwrap().call(10).await.unwrap(), 12);
    let blind = "deployments: [{ name: blind, user_config: 5 }]";
    let error = generic()
        .with_config(&ApplicationConfig::from_yaml(blind).unwrap())
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
fn a_number_that_is_not_finite_is_refused_and_not_lost() {
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
