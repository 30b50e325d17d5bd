//! The contents of the file.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serve_topology::AutoscalingConfig;

use super::Setting;
use super::places::Places;

/// The options of an application's deployments.
///
/// [`Application::config`](crate::Application::config) and [`Config::from_yaml`] return one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// The graph's name. If it is given, the configuration applies to no other graph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The deployments, each at most once and in any order; deployments that are left out stay as they are bound.
    #[serde(default)]
    pub deployments: Vec<DeploymentConfig>,
    #[serde(skip)]
    pub(super) places: Places,
}

/// The options of one deployment. An option that is `None` or [`Setting::Keep`], or that a file leaves out, stays as
/// it is bound. [`Setting::Clear`], which is `null` in a file, removes an option that may be absent.
///
/// An `async fn` without `max_ongoing_requests` on its `#[deployment]` is called in place and has no replicas:
/// options for their calls, health and replacement would have no effect, and are refused.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct DeploymentConfig {
    /// The variable that it is bound to in the graph function, or a function's own name. A deployment of a bound
    /// graph has that graph's variable before its own: `ocr/detector`. If several have the same name, the later ones
    /// are numbered: `detector_1`.
    pub name: String,
    /// How many replicas run; at least 1. Replaces an `autoscaling_config`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    pub num_replicas: Option<u32>,
    /// Makes the number of replicas follow the load, in place of `num_replicas`; `null` turns that off. Fields
    /// that it leaves out have Ray Serve's defaults.
    #[serde(default, skip_serializing_if = "Setting::is_keep")]
    pub autoscaling_config: Setting<AutoscalingConfig>,
    /// How many calls one replica works on at the same time, at least 1; `null` means no limit.
    #[serde(default, skip_serializing_if = "Setting::is_keep")]
    pub max_ongoing_requests: Setting<u32>,
    /// How many calls may wait for a replica before the next one is refused; `null` means that nothing is set: the
    /// calls of requests that have begun all wait, and of calls from outside of any request at most 100.
    #[serde(default, skip_serializing_if = "Setting::is_keep")]
    pub max_queued_requests: Setting<u32>,
    /// How many CPU cores one replica needs, fractions allowed; 0 or `null` means none.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "none_is_zero"
    )]
    pub num_cpus: Option<f64>,
    /// How many GPUs one replica needs: a fraction of one, or a whole number of them; 0 or `null`
    /// means none.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "none_is_zero"
    )]
    pub num_gpus: Option<f64>,
    /// How much memory one replica needs, in bytes; 0 or `null` means none.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "none_is_zero"
    )]
    pub memory: Option<u64>,
    /// The other resources of the machine that one replica needs, by name; the list replaces the bound one.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "none_is_zero"
    )]
    pub resources: Option<BTreeMap<String, f64>>,
    /// How long a call may take, in milliseconds, at least 1; `null` means no budget. It counts against the `slo_ms`
    /// of the graph.
    #[serde(default, skip_serializing_if = "Setting::is_keep")]
    pub budget_ms: Setting<u32>,
    /// How often `check_health` is called, in seconds.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    pub health_check_period_s: Option<f64>,
    /// How long a health check may take, in seconds.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    pub health_check_timeout_s: Option<f64>,
    /// How long a replica that is shutting down may take to finish its calls, in seconds.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    pub graceful_shutdown_timeout_s: Option<f64>,
    /// How often the construction of a replica is tried before the runtime gives up; at least 1.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    pub max_constructor_retry_count: Option<u32>,
    /// The fraction of the replicas that may be replaced or reconfigured at a time, from 0 to 1.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    pub rolling_update_percentage: Option<f64>,
    /// The argument of `reconfigure`, which is called once a replica is built. Its form depends on its type.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    pub user_config: Option<serde_json::Value>,
    #[serde(skip)]
    pub(super) places: Places,
}

impl Config {
    /// Restricts the configuration to the graph of that name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Adds the options of one more deployment.
    #[must_use]
    pub fn deployment(mut self, deployment: DeploymentConfig) -> Self {
        self.deployments.push(deployment);
        self
    }
}

/// Reads a present value. An explicit `null` differs from an option that is left out: it removes the option if that
/// may be absent, and is an error otherwise. A `user_config` may be `null`, because `reconfigure` may take an
/// `Option`.
fn given<'de, D, T>(file: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(file).map(Some)
}

/// Reads an option for which `null` means 0.
fn none_is_zero<'de, D, T>(file: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    let given = Option::<T>::deserialize(file)?;
    Ok(Some(given.unwrap_or_default()))
}
