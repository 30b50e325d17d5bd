//! Options, if they are literals.

use std::fmt::Display;
use std::str::FromStr;

use bumpalo::Bump;
use serve_topology::options::{BatchOption, DeploymentOption, GraphOption};
use serve_topology::{GraphLimits, Options as Values, milliseconds, seconds};
use syn::{Expr, ExprLit, Lit};

use super::autoscaling;
use crate::ir::deployment::{Batch, GivenOption, Options};
use crate::ir::graph::GraphOptions;

/// The options, and the names of those with computed values.
#[derive(Default)]
pub(super) struct Read<'a> {
    pub(super) values: Values<'a>,
    /// Separate, because it is text: the topology borrows it.
    pub(super) name: Option<String>,
    /// Separate for the same reason.
    pub(super) resources: Option<Vec<(String, f64)>>,
    pub(super) computed: Vec<String>,
}

impl<'a> Read<'a> {
    /// Reads the options that were given; a wrong one is left out, because the macro reports it.
    pub(super) fn set_all(&mut self, options: &Options) {
        for option in &options.0 {
            if self.set(option).is_none() {
                self.computed.push(option.key.to_string());
            }
        }
    }

    /// The resources that were set, in the arena; otherwise the earlier ones.
    pub(super) fn resources(&self, bump: &'a Bump) -> &'a [(&'a str, f64)] {
        let Some(resources) = &self.resources else {
            return self.values.resources;
        };
        let pairs = resources.iter();
        bump.alloc_slice_fill_iter(pairs.map(|(name, amount)| (&*bump.alloc_str(name), *amount)))
    }

    fn set(&mut self, GivenOption { key, value }: &GivenOption) -> Option<()> {
        let values = &mut self.values;
        let Some(option) = DeploymentOption::named(&key.to_string()) else {
            return Some(()); // the macro reports it
        };
        match option {
            DeploymentOption::Name => self.name = Some(text(value)?),
            DeploymentOption::NumReplicas => {
                values.autoscaling_config = None;
                values.num_replicas = whole(value)?;
            }
            DeploymentOption::AutoscalingConfig => {
                values.autoscaling_config = Some(autoscaling::read(value)?);
            }
            DeploymentOption::MaxOngoingRequests => {
                values.max_ongoing_requests = Some(whole(value)?);
            }
            DeploymentOption::MaxQueuedRequests => {
                values.max_queued_requests = Some(whole(value)?);
            }
            DeploymentOption::NumCpus => values.num_cpus = Some(number(value)?),
            DeploymentOption::NumGpus => values.num_gpus = Some(number(value)?),
            DeploymentOption::Memory => values.memory = Some(whole(value)?),
            DeploymentOption::Resources => self.resources = Some(amounts(value)?),
            DeploymentOption::BudgetMs => values.budget = Some(milliseconds(whole(value)?)),
            DeploymentOption::HealthCheckPeriodS => {
                values.health_check_period = seconds(number(value)?);
            }
            DeploymentOption::HealthCheckTimeoutS => {
                values.health_check_timeout = seconds(number(value)?);
            }
            DeploymentOption::GracefulShutdownTimeoutS => {
                values.graceful_shutdown_timeout = seconds(number(value)?);
            }
            DeploymentOption::MaxConstructorRetryCount => {
                values.max_constructor_retry_count = whole(value)?;
            }
            DeploymentOption::RollingUpdatePercentage => {
                values.rolling_update_percentage = number(value)?;
            }
        }
        Some(())
    }
}

/// The limits of a graph; a computed one is not known here.
pub(super) fn limits(options: &GraphOptions) -> GraphLimits {
    let mut limits = GraphLimits::NONE;
    for GivenOption { key, value } in &options.limits {
        match GraphOption::named(&key.to_string()) {
            Some(GraphOption::SloMs) => limits.slo = whole(value).map(milliseconds),
            Some(GraphOption::RequestTimeoutS) => {
                limits.request_timeout = number(value).map(seconds);
            }
            Some(GraphOption::MaxOngoingRequests) => limits.max_ongoing_requests = whole(value),
            Some(GraphOption::MaxCpus) => limits.max_cpus = number(value),
            Some(GraphOption::MaxGpus) => limits.max_gpus = number(value),
            // The route is not a limit; the macro reports unknown options.
            Some(GraphOption::RoutePrefix) | None => {}
        }
    }
    limits
}

/// The batching of a method; a computed size is 0, which no valid size is.
pub(super) fn batch(batch: &Batch) -> serve_topology::Batch {
    let mut read = serve_topology::Batch::DEFAULT.grouped(batch.group_by.is_some());
    for GivenOption { key, value } in &batch.options.0 {
        match BatchOption::named(&key.to_string()) {
            Some(BatchOption::MaxBatchSize) => read.max_batch_size = whole(value).unwrap_or(0),
            Some(BatchOption::BatchWaitTimeoutS) => {
                let known = number(value).map(seconds);
                read.batch_wait_timeout = known.unwrap_or(read.batch_wait_timeout);
            }
            Some(BatchOption::MaxBatchCost) => read.max_batch_cost = whole(value),
            // Functions are not constants; the macro reports unknown options.
            Some(BatchOption::Cost | BatchOption::GroupBy) | None => {}
        }
    }
    read
}

fn literal(value: &Expr) -> Option<&Lit> {
    match value {
        Expr::Lit(ExprLit { lit, .. }) => Some(lit),
        Expr::Paren(inner) => literal(&inner.expr),
        Expr::Group(inner) => literal(&inner.expr),
        _ => None,
    }
}

fn text(value: &Expr) -> Option<String> {
    match literal(value)? {
        Lit::Str(text) => Some(text.value()),
        _ => None,
    }
}

/// Names and amounts, if each is a literal.
fn amounts(value: &Expr) -> Option<Vec<(String, f64)>> {
    let Expr::Array(list) = value else {
        return None;
    };
    let pair = |pair: &Expr| match pair {
        Expr::Tuple(pair) => Some((text(pair.elems.first()?)?, number(pair.elems.last()?)?)),
        _ => None,
    };
    list.elems.iter().map(pair).collect()
}

pub(super) fn whole<T: FromStr<Err: Display>>(value: &Expr) -> Option<T> {
    match literal(value)? {
        Lit::Int(int) => int.base10_parse().ok(),
        _ => None,
    }
}

pub(super) fn number(value: &Expr) -> Option<f64> {
    match literal(value)? {
        Lit::Int(int) => int.base10_parse().ok(),
        Lit::Float(float) => float.base10_parse().ok(),
        _ => None,
    }
}
