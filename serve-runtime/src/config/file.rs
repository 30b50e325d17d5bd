//! The contents of the file: the server, and its applications.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::deployment::DeploymentConfig;
use super::http::HttpOptions;
use super::origin::Origin;
use super::{Setting, deployment};

/// The options of a server and of its applications, with the names of Ray Serve's `ServeDeploySchema`.
///
/// [`Config::read`], [`Config::from_yaml`] and [`Config::from_value`] return one. A value that a file has from a
/// [variable](crate::config#variables) is written and shown as that variable.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// Where Ray Serve's HTTP server is: `EveryNode` and `HeadOnly` are this process. `Disabled` has no meaning here.
    #[serde(default)]
    pub proxy_location: Option<String>,
    /// Where HTTP is served.
    #[serde(default, deserialize_with = "http_options")]
    pub http_options: HttpOptions,
    /// Has no meaning here.
    #[serde(default)]
    pub grpc_options: Option<Map<String, Value>>,
    /// Has no meaning here.
    #[serde(default)]
    pub controller_options: Option<Map<String, Value>>,
    /// Has no meaning here: `RUST_LOG` sets what is logged.
    #[serde(default)]
    pub logging_config: Option<Map<String, Value>>,
    /// Has no meaning here.
    #[serde(default)]
    pub tracing_config: Option<Map<String, Value>>,
    /// Has no meaning here.
    #[serde(default)]
    pub target_capacity: Option<f64>,
    /// The applications; those that are left out are as the program binds them.
    #[serde(skip)]
    pub applications: Vec<ApplicationConfig>,
    #[serde(skip)]
    pub(super) origin: Origin,
    #[serde(skip)]
    pub(super) warnings: Vec<String>,
    #[serde(skip)]
    pub(super) is_strict: bool,
}

/// The options of one application, with the names of Ray Serve's `ServeApplicationSchema`.
///
/// [`Application::config`](crate::Application::config) returns one.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
#[non_exhaustive]
pub struct ApplicationConfig {
    /// The application's name, which is its graph's unless [`Application::name`](crate::Application::name) says otherwise.
    /// Without one it is for the only application of a server.
    #[serde(default, deserialize_with = "deployment::given")]
    pub name: Option<String>,
    /// The path below which it is served; `null` means that it is not served over HTTP.
    #[serde(default)]
    pub route_prefix: Setting<String>,
    /// The graph, as `crate:graph`.
    #[serde(default)]
    pub import_path: Option<String>,
    /// The arguments of the graph's function. An application that is bound in code takes none.
    #[serde(default)]
    pub args: Map<String, Value>,
    /// The deployments, each at most once and in any order; deployments that are left out stay as they are bound.
    #[serde(default, deserialize_with = "deployments")]
    pub deployments: Vec<DeploymentConfig>,
    /// Whether numbers of replicas may be set from outside. Not beside an `autoscaling_config`.
    #[serde(default)]
    pub external_scaler_enabled: Option<bool>,
    /// Has no meaning here: `RUST_LOG` sets what is logged.
    #[serde(default)]
    pub logging_config: Option<Map<String, Value>>,
    #[serde(skip)]
    pub(super) origin: Origin,
}

impl Config {
    /// A configuration that sets nothing.
    pub fn new() -> Self {
        Config::default()
    }

    /// Sets where HTTP is served.
    #[must_use]
    pub fn http_options(mut self, http_options: HttpOptions) -> Self {
        self.http_options = http_options;
        self
    }

    /// Adds the options of one more application.
    #[must_use]
    pub fn application(mut self, application: ApplicationConfig) -> Self {
        self.applications.push(application);
        self
    }

    /// What has no meaning here and is ignored: a message for each, with its place. They are logged when the
    /// configuration is applied.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

impl From<ApplicationConfig> for Config {
    fn from(application: ApplicationConfig) -> Self {
        Config::new().application(application)
    }
}

impl ApplicationConfig {
    /// A configuration that keeps everything as it is bound.
    pub fn new() -> Self {
        ApplicationConfig::default()
    }

    /// Sets the name of the application that it is for.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the path below which it is served; `None` if it is not served over HTTP.
    #[must_use]
    pub fn route_prefix(mut self, route_prefix: impl Into<Setting<String>>) -> Self {
        self.route_prefix = route_prefix.into();
        self
    }

    /// Adds the options of one more deployment.
    #[must_use]
    pub fn deployment(mut self, deployment: DeploymentConfig) -> Self {
        self.deployments.push(deployment);
        self
    }
}

#[cfg(feature = "http")]
impl ApplicationConfig {
    /// The same for an application that has been made with the arguments.
    pub(crate) fn without_arguments(&self) -> Self {
        let mut config = self.clone();
        config.args = Map::new();
        config
    }
}

/// Without the public implementation of [`Deserialize`], which would lose the places of errors.
fn deployments<'de, D: Deserializer<'de>>(file: D) -> Result<Vec<DeploymentConfig>, D::Error> {
    struct Read(DeploymentConfig);

    impl<'de> Deserialize<'de> for Read {
        fn deserialize<D: Deserializer<'de>>(file: D) -> Result<Self, D::Error> {
            DeploymentConfig::deserialize(file).map(Read)
        }
    }

    let read = Vec::<Read>::deserialize(file)?;
    Ok(read
        .into_iter()
        .map(|Read(deployment)| deployment)
        .collect())
}

/// As [`deployments`].
fn http_options<'de, D: Deserializer<'de>>(file: D) -> Result<HttpOptions, D::Error> {
    HttpOptions::deserialize(file)
}
