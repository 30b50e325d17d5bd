//! What is in the file.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serve_topology::AutoscalingConfig;

use super::Setting;

/// The options of an application's deployments.
///
/// [`Application::config`](crate::Application::config) and [`Config::from_yaml`] make one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// The graph's name. If it is given, the configuration is applied to no other one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Each deployment once, in any order; those that are left out stay as they are bound.
    #[serde(default)]
    pub deployments: Vec<DeploymentConfig>,
}

/// The options of one deployment. What is `None` or [`Setting::Keep`], and what a file leaves out, stays as it is
/// bound. [`Setting::Clear`], which is `null` in a file, takes an option away that may be none.
///
/// An `async fn` without `max_ongoing_requests` on its `#[deployment]` is called in place and has no replicas: what
/// is about their calls, health and replacement would do nothing there, and is refused.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct DeploymentConfig {
    /// The variable that it is bound to in the graph function, a function's own name, and what a bound graph
    /// binds with that graph's variable before it: `ocr/detector`. If several have the same, the later ones
    /// are numbered: `detector_1`.
    pub name: String,
    /// How many replicas run; at least 1. It takes the place of an `autoscaling_config`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    pub num_replicas: Option<u32>,
    /// Lets the number of replicas follow the load, in place of `num_replicas`; `null`: not any more. What it
    /// leaves out has Ray Serve's defaults.
    #[serde(default, skip_serializing_if = "Setting::is_keep")]
    pub autoscaling_config: Setting<AutoscalingConfig>,
    /// How many calls one replica works on at the same time, at least 1; `null`: as many as there are.
    #[serde(default, skip_serializing_if = "Setting::is_keep")]
    pub max_ongoing_requests: Setting<u32>,
    /// How many calls may wait for a replica before the next one is refused.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    pub max_queued_requests: Option<u32>,
    /// How many CPU cores one replica needs, fractions allowed; 0 or `null`: none.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "none_is_zero"
    )]
    pub num_cpus: Option<f64>,
    /// How many GPUs one replica needs: a fraction of one, or a whole number of them; 0 or `null`:
    /// none.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "none_is_zero"
    )]
    pub num_gpus: Option<f64>,
    /// How much memory one replica needs, in bytes; 0 or `null`: none.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "none_is_zero"
    )]
    pub memory: Option<u64>,
    /// What else one replica needs of what the machine has, by name, in place of what is bound; all of it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "none_is_zero"
    )]
    pub resources: Option<BTreeMap<String, f64>>,
    /// How long a call may take, in milliseconds, at least 1; `null`: no budget. It counts against the `slo_ms` of
    /// the graph.
    #[serde(default, skip_serializing_if = "Setting::is_keep")]
    pub budget_ms: Setting<u32>,
    /// How often a replica is asked how it is, in seconds.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    pub health_check_period_s: Option<f64>,
    /// How long the answer may take, in seconds.
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
    /// How often the construction of a replica is tried before it is given up; at least 1.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    pub max_constructor_retry_count: Option<u32>,
    /// How large a part of the replicas may be replaced or reconfigured at a time, from 0 to 1.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    pub rolling_update_percentage: Option<f64>,
    /// What `reconfigure` is called with once a replica is built, of the form that its type has.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    pub user_config: Option<serde_json::Value>,
}

impl Config {
    /// The same for the graph of that name alone.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The same with the options of one more deployment.
    #[must_use]
    pub fn deployment(mut self, deployment: DeploymentConfig) -> Self {
        self.deployments.push(deployment);
        self
    }
}

/// A `null` that is written down is no option that is left out: it says that there is to be none, where there may
/// be none, and is wrong elsewhere. `reconfigure` may take an `Option`.
fn given<'de, D, T>(file: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(file).map(Some)
}

/// The same for an option of which nothing is as good as none.
fn none_is_zero<'de, D, T>(file: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    let given = Option::<T>::deserialize(file)?;
    Ok(Some(given.unwrap_or_default()))
}
