//! Simulates an autoscaling configuration: drives the policy with recorded or synthetic load.
//!
//! The deployment is a model - requests that all take the same time, replicas that all start in the same time,
//! one queue - but the [`Autoscaler`] is the one that real deployments use. The same seed gives the same
//! run on every machine.
//!
//! ```
//! use std::time::Duration;
//! use serve_runtime::autoscale::simulate::{Service, Simulation, Traffic};
//! use serve_runtime::autoscale::AutoscalingConfig;
//!
//! # fn main() -> serve_runtime::Result<()> {
//! let config = AutoscalingConfig::new().max_replicas(8);
//! let service = Service::taking(Duration::from_millis(200));
//! let traffic = Traffic::step(2.0, 20.0, 900.0);
//! let simulation = Simulation::new(config, service, traffic).every(Duration::from_secs(60));
//! let report = simulation.run()?;
//! println!("{report}");
//! let peak = report.rows.iter().map(|row| row.running).max();
//! assert_eq!(peak, Some(8));
//! # Ok(())
//! # }
//! ```

mod cluster;
mod random;
mod report;
mod trace;
mod traffic;

use std::time::Duration;

pub use report::{Report, Row, Total};
pub use trace::parse;
pub use traffic::{Rates, Traffic};

#[cfg(test)]
pub(super) use random::Random;

use self::cluster::{Answer, Cluster};
use self::report::Recorder;
use super::{Autoscaler, AutoscalingConfig};
use crate::{Error, Result};

/// The properties of a deployment that a simulation needs.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Service {
    /// How long a replica works on a request.
    pub service: Duration,
    /// How long a replica takes to start.
    pub start_up: Duration,
    /// How many requests a replica works on at the same time; `None` means no limit.
    pub max_ongoing_requests: Option<u32>,
    /// How many requests may wait before the next one is refused.
    pub max_queued_requests: u32,
}

impl Service {
    /// A compute deployment whose requests take `service` each: a replica works on one request at a time, 100
    /// may wait, and replicas start at once.
    pub const fn taking(service: Duration) -> Self {
        Service {
            service,
            start_up: Duration::ZERO,
            max_ongoing_requests: Some(1),
            max_queued_requests: 100,
        }
    }

    /// Sets how long a replica takes to start.
    #[must_use]
    pub const fn start_up(mut self, start_up: Duration) -> Self {
        self.start_up = start_up;
        self
    }

    /// Sets the limit of each replica, or none.
    #[must_use]
    pub const fn max_ongoing_requests(mut self, max_ongoing_requests: Option<u32>) -> Self {
        self.max_ongoing_requests = max_ongoing_requests;
        self
    }

    /// Sets how many requests may wait.
    #[must_use]
    pub const fn max_queued_requests(mut self, max_queued_requests: u32) -> Self {
        self.max_queued_requests = max_queued_requests;
        self
    }
}

/// The input of a simulation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Simulation {
    /// How the number of replicas follows the load.
    pub config: AutoscalingConfig,
    /// The model of the deployment.
    pub service: Service,
    /// When requests arrive.
    pub traffic: Traffic,
    /// The seed of random arrivals.
    pub seed: u64,
    /// The time that one row of the report covers.
    pub every: Duration,
}

/// Limits of a simulation: beyond them it would take too long, or too much memory.
const MAX_REQUESTS: f64 = 20_000_000.0;
const MAX_SECONDS: f64 = 40.0 * 86_400.0;
const MAX_ROWS: f64 = 100_000.0;

impl Simulation {
    /// A simulation with a seed of 0, and a row for each second.
    pub const fn new(config: AutoscalingConfig, service: Service, traffic: Traffic) -> Self {
        Simulation {
            config,
            service,
            traffic,
            seed: 0,
            every: Duration::from_secs(1),
        }
    }

    /// Sets the seed.
    #[must_use]
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the time that one row covers.
    #[must_use]
    pub const fn every(mut self, every: Duration) -> Self {
        self.every = every;
        self
    }

    /// Runs the simulation until the traffic ends and the last request is answered.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if a value is out of range.
    pub fn run(&self) -> Result<Report> {
        self.check()?;
        let mut run = Run {
            autoscaler: Autoscaler::new(self.config),
            cluster: Cluster::new(self.service, self.config.initial()),
            recorder: Recorder::default(),
        };
        let every = self.every;
        let end = Duration::from_secs_f64(self.traffic.end());
        let interval = run.autoscaler.interval();
        let mut arrivals = self.traffic.arrivals(self.seed);
        let mut next = || arrivals.next().map(Duration::from_secs_f64);
        let (mut arrival, mut look, mut row) = (next(), Duration::ZERO, every);
        loop {
            let now = [run.cluster.next_event(), arrival, Some(look), Some(row)];
            let Some(now) = now.into_iter().flatten().min() else {
                break;
            };
            run.advance(now);
            if arrival == Some(now) {
                run.arrive(now);
                arrival = next();
            } else if look == now {
                run.look(now);
                look += interval;
            } else if row == now {
                run.recorder.close(now, &run.cluster);
                row += every;
            }
            if arrival.is_none() && run.cluster.is_idle() && now >= end {
                run.recorder.close(now, &run.cluster);
                break;
            }
        }
        Ok(run.recorder.report())
    }

    fn check(&self) -> Result<()> {
        let Service {
            service,
            start_up,
            max_ongoing_requests,
            ..
        } = self.service;
        let (service_s, start_up_s) = (service.as_secs_f64(), start_up.as_secs_f64());
        let (end, every_s) = (self.traffic.end(), self.every.as_secs_f64());
        let within = |value: f64, max: f64| value.is_finite() && (0.0..=max).contains(&value);
        let wrong = if let Some(wrong) = self.config.out_of_range() {
            wrong.to_string()
        } else if service_s > 86_400.0 {
            format!("the time of a request must be from 0 to 86400 s, but is {service_s}")
        } else if start_up_s > 86_400.0 {
            format!("the time of a start must be from 0 to 86400 s, but is {start_up_s}")
        } else if max_ongoing_requests == Some(0) {
            "`max_ongoing_requests` must be a whole number of at least 1, but is 0".to_owned()
        } else if !within(end, MAX_SECONDS) {
            format!("the load must end within {MAX_SECONDS} s, but ends after {end}")
        } else if !within(self.traffic.expected(), MAX_REQUESTS) {
            let expected = self.traffic.expected();
            format!("the load may have {MAX_REQUESTS} requests, but has about {expected:.0}")
        } else if every_s < 0.001 || end / every_s > MAX_ROWS {
            format!(
                "a row must cover at least 0.001 s and at least 1/{MAX_ROWS} of the load, but covers {every_s} s"
            )
        } else {
            return Ok(());
        };
        Err(Error::invalid_input(wrong))
    }
}

struct Run {
    autoscaler: Autoscaler,
    cluster: Cluster,
    recorder: Recorder,
}

impl Run {
    /// Advances the replicas to `now`.
    fn advance(&mut self, now: Duration) {
        let (cluster, recorder) = (&mut self.cluster, &mut self.recorder);
        recorder.pass(now, cluster.replicas());
        cluster.advance(now, |latency| recorder.answered(latency));
    }

    fn arrive(&mut self, now: Duration) {
        let answer = self.cluster.arrive(now);
        self.recorder.arrived(answer == Answer::Refused);
        if self.cluster.replicas().running == 0 {
            self.look(now);
        }
    }

    fn look(&mut self, now: Duration) {
        let (load, replicas) = (self.cluster.load(), self.cluster.replicas());
        if let Some(target) = self.autoscaler.observe(now, load, replicas) {
            self.cluster.scale(now, target);
        }
    }
}

#[cfg(test)]
mod tests;
