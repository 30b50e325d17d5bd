//! How the state of applications is printed.

use std::collections::BTreeMap;
use std::fmt::Write;

use clap::ValueEnum;
use serde::Serialize;
use serde_json::Value;

use crate::{Error, Result};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    Table,
    Yaml,
    Json,
}

/// What `serve status` of Ray prints.
#[derive(Serialize)]
pub(super) struct Shown {
    proxies: BTreeMap<String, Value>,
    applications: BTreeMap<String, Application>,
}

#[derive(Serialize)]
struct Application {
    status: Value,
    message: Value,
    last_deployed_time_s: Value,
    #[serde(skip)]
    route_prefix: Value,
    deployments: BTreeMap<String, Deployment>,
}

#[derive(Serialize)]
struct Deployment {
    status: Value,
    status_trigger: Value,
    /// How many replicas are in each state.
    replica_states: BTreeMap<String, usize>,
    #[serde(skip)]
    target: u64,
    message: Value,
}

impl Shown {
    pub(super) fn of(details: &Value, wanted: Option<&str>) -> Result<Self> {
        let proxies = entries(&details["proxies"]);
        let proxies = proxies.map(|(node, proxy)| (node.clone(), proxy["status"].clone()));
        let applications = entries(&details["applications"])
            .filter(|(name, _)| wanted.is_none_or(|wanted| wanted == *name))
            .map(|(name, application)| (name.clone(), Application::of(application)));
        let shown = Shown {
            proxies: proxies.collect(),
            applications: applications.collect(),
        };
        match wanted {
            Some(name) if shown.applications.is_empty() => {
                let message = format!("no application is named `{name}`");
                Err(Error::invalid_input(message))
            }
            _ => Ok(shown),
        }
    }

    pub(super) fn text(&self, form: Form) -> Result<String> {
        let wrong = |error: String| Error::failed(error);
        match form {
            Form::Table => Ok(self.table()),
            Form::Yaml => serde_saphyr::to_string(self).map_err(|error| wrong(error.to_string())),
            Form::Json => {
                serde_json::to_string_pretty(self).map_err(|error| wrong(error.to_string()))
            }
        }
    }

    fn table(&self) -> String {
        if self.applications.is_empty() {
            return "no application is deployed".to_owned();
        }
        let mut rows =
            vec![["APPLICATION", "DEPLOYMENT", "STATUS", "REPLICAS", "MESSAGE"].map(str::to_owned)];
        for (name, application) in &self.applications {
            let message = match text(&application.message) {
                "" => format!("at {}", text(&application.route_prefix)),
                message => message.to_owned(),
            };
            let status = text(&application.status).to_owned();
            rows.push([name.clone(), String::new(), status, String::new(), message]);
            for (name, deployment) in &application.deployments {
                let running = deployment.replica_states.get("RUNNING").unwrap_or(&0);
                rows.push([
                    String::new(),
                    name.clone(),
                    text(&deployment.status).to_owned(),
                    format!("{running}/{}", deployment.target),
                    text(&deployment.message).to_owned(),
                ]);
            }
        }
        let mut widths = [0; 5];
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        let mut table = String::new();
        for row in &rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(widths) {
                // A message may have several lines.
                let cell = cell.lines().next().unwrap_or_default();
                let _ = write!(line, "{cell:width$}  ");
            }
            table.push_str(line.trim_end());
            table.push('\n');
        }
        table
    }
}

impl Application {
    fn of(application: &Value) -> Self {
        let deployments = entries(&application["deployments"]);
        let deployments =
            deployments.map(|(name, deployment)| (name.clone(), Deployment::of(deployment)));
        Application {
            status: application["status"].clone(),
            message: application["message"].clone(),
            last_deployed_time_s: application["last_deployed_time_s"].clone(),
            route_prefix: application["route_prefix"].clone(),
            deployments: deployments.collect(),
        }
    }
}

impl Deployment {
    fn of(deployment: &Value) -> Self {
        let mut replica_states = BTreeMap::new();
        for replica in deployment["replicas"].as_array().into_iter().flatten() {
            *replica_states
                .entry(text(&replica["state"]).to_owned())
                .or_insert(0) += 1;
        }
        Deployment {
            status: deployment["status"].clone(),
            status_trigger: deployment["status_trigger"].clone(),
            replica_states,
            target: deployment["target_num_replicas"].as_u64().unwrap_or(0),
            message: deployment["message"].clone(),
        }
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn details() -> Value {
        json!({
            "proxies": { "local": { "status": "HEALTHY" } },
            "applications": {
                "shop": {
                    "status": "UNHEALTHY",
                    "message": "the deployments `till` miss replicas",
                    "last_deployed_time_s": 1.5,
                    "route_prefix": "/shop",
                    "deployments": {
                        "till": {
                            "status": "UNHEALTHY",
                            "status_trigger": "HEALTH_CHECK_FAILED",
                            "target_num_replicas": 3,
                            "replicas": [
                                { "state": "RUNNING" },
                                { "state": "STARTING" },
                                { "state": "RUNNING" },
                            ],
                            "message": "it is broken\nand more",
                        },
                    },
                },
                "hello": { "status": "RUNNING", "route_prefix": "/", "message": "" },
            },
        })
    }

    #[test]
    fn a_table_has_a_line_for_each_application_and_deployment() {
        let table = Shown::of(&details(), None).unwrap().table();
        let expected = [
            "APPLICATION  DEPLOYMENT  STATUS     REPLICAS  MESSAGE",
            "hello                    RUNNING              at /",
            "shop                     UNHEALTHY            the deployments `till` miss replicas",
            "             till        UNHEALTHY  2/3       it is broken",
        ];
        assert_eq!(table.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn yaml_is_as_rays_and_one_application_can_be_chosen() {
        let shown = Shown::of(&details(), Some("shop")).unwrap();
        let yaml = shown.text(Form::Yaml).unwrap();
        assert!(yaml.contains("replica_states:"), "{yaml}");
        assert!(!yaml.contains("hello"), "{yaml}");
        assert!(!yaml.contains("target"), "{yaml}");
        let unknown = Shown::of(&details(), Some("shopp")).err().unwrap();
        assert_eq!(unknown.to_string(), "no application is named `shopp`");
    }
}
