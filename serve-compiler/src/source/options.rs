//! Options as far as they are literals.

use std::fmt::Display;
use std::str::FromStr;

use bumpalo::Bump;
use serve_topology::{Limits, Options as Values};
use syn::{Expr, ExprLit, Lit};

use super::autoscaling;
use crate::ir::deployment::{Batch, GivenOption, Options};
use crate::ir::graph::GraphOptions;

/// The options, and the names of those whose value is computed.
#[derive(Default)]
pub(super) struct Read<'a> {
    pub(super) values: Values<'a>,
    /// Apart, because it is text: the topology borrows it.
    pub(super) name: Option<String>,
    /// Apart for the same reason.
    pub(super) resources: Option<Vec<(String, f64)>>,
    pub(super) computed: Vec<String>,
}

impl<'a> Read<'a> {
    /// Reads what was given; an option that is wrong is left out, since the macro reports it.
    pub(super) fn set_all(&mut self, options: &Options) {
        for option in &options.0 {
            if self.set(option).is_none() {
                self.computed.push(option.key.to_string());
            }
        }
    }

    /// The resources that were set, in the arena; else those of before.
    pub(super) fn resources(&self, bump: &'a Bump) -> &'a [(&'a str, f64)] {
        let Some(resources) = &self.resources else {
            return self.values.resources;
        };
        let pairs = resources.iter();
        bump.alloc_slice_fill_iter(pairs.map(|(name, amount)| (&*bump.alloc_str(name), *amount)))
    }

    fn set(&mut self, GivenOption { key, value }: &GivenOption) -> Option<()> {
        let values = &mut self.values;
        match key.to_string().as_str() {
            "name" => self.name = Some(text(value)?),
            "num_replicas" => {
                values.autoscaling_config = None;
                values.num_replicas = whole(value)?;
            }
            "autoscaling_config" => values.autoscaling_config = Some(autoscaling::read(value)?),
            "max_ongoing_requests" => values.max_ongoing_requests = Some(whole(value)?),
            "max_queued_requests" => values.max_queued_requests = whole(value)?,
            "num_cpus" => values.num_cpus = Some(number(value)?),
            "num_gpus" => values.num_gpus = Some(number(value)?),
            "memory" => values.memory = Some(whole(value)?),
            "resources" => self.resources = Some(amounts(value)?),
            "budget_ms" => values.budget_ms = Some(whole(value)?),
            "health_check_period_s" => values.health_check_period_s = number(value)?,
            "health_check_timeout_s" => values.health_check_timeout_s = number(value)?,
            "graceful_shutdown_timeout_s" => values.graceful_shutdown_timeout_s = number(value)?,
            "max_constructor_retry_count" => values.max_constructor_retry_count = whole(value)?,
            "rolling_update_percentage" => values.rolling_update_percentage = number(value)?,
            _ => {}
        }
        Some(())
    }
}

/// The limits of a graph; one that is computed is not known here.
pub(super) fn limits(options: &GraphOptions) -> Limits {
    let mut limits = Limits::NONE;
    for GivenOption { key, value } in &options.limits {
        match key.to_string().as_str() {
            "slo_ms" => limits.slo_ms = whole(value),
            "request_timeout_s" => limits.request_timeout_s = number(value),
            "max_cpus" => limits.max_cpus = number(value),
            "max_gpus" => limits.max_gpus = number(value),
            _ => {}
        }
    }
    limits
}

/// How a method is batched; a size that is computed is 0, which none is.
pub(super) fn batch(batch: &Batch) -> serve_topology::Batch {
    let mut read = serve_topology::Batch {
        grouped: batch.group_by.is_some(),
        ..serve_topology::Batch::DEFAULT
    };
    for GivenOption { key, value } in &batch.options.0 {
        match key.to_string().as_str() {
            "max_batch_size" => read.max_batch_size = whole(value).unwrap_or(0),
            "batch_wait_timeout_s" => {
                read.batch_wait_timeout_s = number(value).unwrap_or(read.batch_wait_timeout_s);
            }
            "max_batch_cost" => read.max_batch_cost = whole(value),
            _ => {}
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
