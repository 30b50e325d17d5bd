//! `simulate`: a deployment's `autoscaling_config` under some load.

use std::fmt::Display;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serve_topology::options::{Kind, MAX_ONGOING_BY_DEFAULT};
use serve_topology::{AutoscalingConfig, Execution, Options, Topology, seconds};

use super::config::Configured;
use crate::autoscale::simulate::{Report, Service, Simulation, Traffic, parse};
use crate::{Error, Result};

#[derive(Args)]
pub(super) struct Simulate {
    /// The deployment to simulate, by its name or variable
    deployment: String,
    /// A file with lines of `seconds,requests_per_second`, or of the `seconds` of arrivals; or
    /// `constant:N`, `step:N,M`, `spike:N,M`, `sine:N,M` with requests per second
    #[arg(long)]
    load: String,
    /// Seconds that a load lasts, if it is not from a file
    #[arg(long, default_value_t = 900.0)]
    seconds: f64,
    /// Seconds that a replica works on a request
    #[arg(long)]
    service_s: f64,
    /// Seconds that a replica takes to start
    #[arg(long, default_value_t = 0.0)]
    start_up_s: f64,
    /// Another value for a field of the `autoscaling_config`; may be repeated
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,
    /// Requests that a replica works on at a time [default: as the deployment says]
    #[arg(long)]
    max_ongoing_requests: Option<u32>,
    /// Requests that may wait [default: as the deployment says]
    #[arg(long)]
    max_queued_requests: Option<u32>,
    /// Seconds from line to line [default: a thirtieth of the load]
    #[arg(long)]
    every_s: Option<f64>,
    /// The seed of the random arrivals
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The application, if there are several
    #[arg(long)]
    pub(super) app: Option<String>,
    #[command(flatten)]
    pub(super) configured: Configured,
}

impl Simulate {
    pub(super) fn run(&self, topology: &Topology<'_>) -> Result<Report> {
        let found = find(topology, "", &self.deployment).ok_or_else(|| {
            let mut names = Vec::new();
            collect(topology, "", &mut names);
            let names = names.join("`, `");
            let wanted = &self.deployment;
            Error::invalid_input(format!(
                "no deployment `{wanted}`\nhelp: the deployments are `{names}`"
            ))
        })?;
        let traffic = self.traffic()?;
        let every_s = (traffic.end() / 30.0).ceil().max(1.0);
        let max_ongoing_requests = self.max_ongoing_requests.or(match found.is_compute {
            true => Some(1),
            false => found.options.max_ongoing_requests,
        });
        // Without a limit of its own, as many wait as are in flight at an entry.
        let max_queued_requests = self
            .max_queued_requests
            .or(found.options.max_queued_requests);
        let service = Service::taking(time("--service-s", self.service_s)?)
            .start_up(time("--start-up-s", self.start_up_s)?)
            .max_ongoing_requests(max_ongoing_requests)
            .max_queued_requests(max_queued_requests.unwrap_or(MAX_ONGOING_BY_DEFAULT));
        Simulation::new(self.config(&found.options)?, service, traffic)
            .seed(self.seed)
            .every(time("--every-s", self.every_s.unwrap_or(every_s))?)
            .run()
    }

    fn config(&self, options: &Options<'_>) -> Result<AutoscalingConfig> {
        let mut config = match options.autoscaling_config {
            Some(config) => config,
            None if self.set.is_empty() => {
                return Err(Error::invalid_input(format!(
                    "`{}` has no `autoscaling_config`\n\
                     help: give it one, or try one with `--set max_replicas=4`",
                    self.deployment
                )));
            }
            None => AutoscalingConfig::DEFAULT,
        };
        for setting in &self.set {
            let wrong =
                |wrong: &dyn Display| Error::invalid_input(format!("`--set {setting}`: {wrong}"));
            let (field, value) = setting
                .split_once('=')
                .ok_or_else(|| wrong(&"write `field=value`"))?;
            set(&mut config, field.trim(), value.trim()).map_err(|error| wrong(&error))?;
        }
        Ok(config)
    }

    fn traffic(&self) -> Result<Traffic> {
        let seconds = self.seconds;
        let synthetic = |make: fn(f64, f64, f64) -> Traffic, rates: &str| {
            let (low, high) = rates.split_once(',').unwrap_or((rates, rates));
            Ok(make(self.rate(low)?, self.rate(high)?, seconds))
        };
        if !(seconds.is_finite() && seconds > 0.0) {
            let wrong = format!("`--seconds` must be a number above 0, but is {seconds}");
            return Err(Error::invalid_input(wrong));
        }
        match self.load.split_once(':') {
            Some(("constant", rate)) => Ok(Traffic::constant(self.rate(rate)?, seconds)),
            Some(("step", rates)) => synthetic(Traffic::step, rates),
            Some(("spike", rates)) => synthetic(Traffic::spike, rates),
            Some(("sine", rates)) => synthetic(Traffic::sine, rates),
            _ => self.recorded(),
        }
    }

    fn rate(&self, text: &str) -> Result<f64> {
        let rate = text.trim().parse().ok();
        let rate = rate.filter(|rate: &f64| rate.is_finite() && *rate >= 0.0);
        rate.ok_or_else(|| {
            Error::invalid_input(format!(
                "`--load {}`: `{text}` is not a number of requests per second",
                self.load
            ))
        })
    }

    fn recorded(&self) -> Result<Traffic> {
        let path = PathBuf::from(&self.load);
        let text = std::fs::read_to_string(&path).map_err(|error| {
            Error::invalid_input(format!(
                "cannot read {}: {error}\n\
                 help: `--load` takes a file, or `constant:N`, `step:N,M`, `spike:N,M` or `sine:N,M`",
                path.display()
            ))
        })?;
        parse(&text).map_err(|error| Error::invalid_input(format!("{}: {error}", path.display())))
    }
}

/// An argument in seconds.
fn time(argument: &str, value: f64) -> Result<Duration> {
    if !Kind::Delay.admits(value) {
        let must = Kind::Delay.must();
        return Err(Error::invalid_input(format!(
            "`{argument}` must be {must}, but is {value}"
        )));
    }
    Ok(seconds(value))
}

struct Found<'t> {
    options: Options<'t>,
    /// Whether the graph calls any method of it that is a `fn`.
    is_compute: bool,
}

/// A deployment of a graph, or, as `variable/name`, of a graph that is bound in it.
fn find<'t>(topology: &Topology<'t>, prefix: &str, wanted: &str) -> Option<Found<'t>> {
    let mut deployments = topology.deployments.iter().enumerate();
    deployments.find_map(|(index, deployment)| {
        if let Some(graph) = deployment.graph {
            let prefix = format!("{prefix}{}/", deployment.variable);
            return find(graph, &prefix, wanted);
        }
        let is_it = |name: &str| wanted.strip_prefix(prefix) == Some(name);
        let mut nodes = topology.nodes.iter();
        (is_it(deployment.name) || is_it(deployment.variable)).then(|| Found {
            options: deployment.options,
            is_compute: nodes.any(|node| {
                node.deployment == index && node.method.execution == Execution::Compute
            }),
        })
    })
}

fn collect(topology: &Topology<'_>, prefix: &str, names: &mut Vec<String>) {
    for deployment in topology.deployments {
        match deployment.graph {
            Some(graph) => collect(graph, &format!("{prefix}{}/", deployment.variable), names),
            None => names.push(format!("{prefix}{}", deployment.variable)),
        }
    }
}

/// Sets a field, by its name for serde, to a JSON value.
fn set(config: &mut AutoscalingConfig, field: &str, value: &str) -> serde_json::Result<()> {
    let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
    let mut fields = serde_json::to_value(*config)?;
    if let Some(fields) = fields.as_object_mut() {
        fields.insert(field.to_owned(), value);
    }
    *config = serde_json::from_value(fields)?;
    Ok(())
}
