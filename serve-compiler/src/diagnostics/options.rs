//! Messages about options.

use std::fmt::Display;

use syn::{Expr, ExprLit, Ident, Lit};

use super::{did_you_mean, list};

/// Names that an option has in Ray Serve, or had in an earlier version of it, and what it is called here.
const ELSEWHERE: [(&str, &str); 8] = [
    ("max_concurrent_queries", "`max_ongoing_requests`"),
    (
        "target_num_ongoing_requests_per_replica",
        "`target_ongoing_requests`, a field of `autoscaling_config(..)`",
    ),
    (
        "graceful_shutdown_wait_loop_s",
        "`graceful_shutdown_timeout_s`",
    ),
    (
        "upscale_smoothing_factor",
        "`upscaling_factor`, a field of `autoscaling_config(..)`",
    ),
    (
        "downscale_smoothing_factor",
        "`downscaling_factor`, a field of `autoscaling_config(..)`",
    ),
    (
        "ray_actor_options",
        "`num_cpus`, `num_gpus`, `memory` and `resources`, each an option of its own",
    ),
    ("init_args", "arguments of `bind(..)`"),
    ("max_restarts", "`max_constructor_retry_count`"),
];

/// Whether an option has another name here.
pub(crate) fn is_called_otherwise(key: &Ident) -> bool {
    ELSEWHERE.iter().any(|(name, _)| key == name)
}

pub(crate) fn unknown_option(key: &str, known: &[&str]) -> String {
    let elsewhere = ELSEWHERE.iter().find(|(name, _)| *name == key);
    let near = match elsewhere {
        Some((_, here)) if known.contains(&"num_replicas") => {
            format!("\nhelp: it is called {here} here")
        }
        _ => did_you_mean(key, known.iter().copied()),
    };
    let options = match known {
        [only] => format!("the only option is `{only}`"),
        several => format!("the options are {}", list(several)),
    };
    format!("unknown option `{key}`{near}\nnote: {options}")
}

pub(crate) fn option_without_value(key: &Ident) -> String {
    format!("`{key}` has no value\nhelp: write one after the `=`, or remove the option")
}

/// Fields of `autoscaling_config` that are given as options: the first one, and all as they are written.
pub(crate) fn field_as_an_option(key: &str, fields: &str) -> String {
    format!(
        "`{key}` is a field of `autoscaling_config`, not an option of its own\n\
         help: write `autoscaling_config({fields})`"
    )
}

/// A value where `name = value` is needed.
pub(crate) fn option_without_name(value: &Expr) -> String {
    let help = match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(name),
            ..
        }) if name.value().starts_with('/') => {
            format!("write `route_prefix = {:?}` on a graph", name.value())
        }
        Expr::Lit(ExprLit {
            lit: Lit::Str(name),
            ..
        }) => format!(
            "remove it: a deployment is named after its variable in the graph; `.name({:?})` after `bind(..)` gives it another name",
            name.value()
        ),
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => format!("write `num_replicas = {number}`"),
        _ => "write `name = value`, such as `num_replicas = 2`".to_owned(),
    };
    format!("an option is written as `name = value`\nhelp: {help}")
}

pub(crate) fn option_given_twice(key: &str) -> String {
    format!("option `{key}` is given twice\nhelp: keep one of the two")
}

pub(crate) fn option_out_of_range(key: &str, wanted: &str, value: &str) -> String {
    format!("`{key}` must be {wanted}, but is {value}")
}

pub(crate) fn option_of_wrong_type(key: &str, wanted: &str) -> String {
    format!("`{key}` must be {wanted}")
}

/// A text in place of a number.
pub(crate) fn option_as_text(key: &str, wanted: &str, text: &str) -> String {
    let help = match (key, text) {
        ("num_replicas", "auto") => {
            "\nhelp: write `autoscaling_config(max_replicas = ..)` in its place".to_owned()
        }
        _ if text.parse::<f64>().is_ok() => format!("\nhelp: write `{text}`"),
        _ => String::new(),
    };
    format!("`{key}` must be {wanted}{help}")
}

pub(crate) fn option_as_a_duration(key: &str, number: impl Display) -> String {
    let unit = match key.ends_with("_ms") {
        true => "milliseconds",
        false => "seconds",
    };
    format!("`{key}` is a number of {unit}, not a `Duration`\nhelp: write `{number}`")
}

pub(crate) fn resources_of_wrong_type() -> &'static str {
    "`resources` must be a list of names and amounts\n\
     help: write `resources = [(\"license\", 1.0)]`"
}

pub(crate) fn resource_without_name() -> &'static str {
    "a resource needs a name, such as `\"license\"`"
}

pub(crate) fn resource_has_an_option(name: &str, option: &str) -> String {
    format!("`{name}` has its own option\nhelp: write `{option} = ..` next to `resources`")
}

pub(crate) fn resource_given_twice(name: &str) -> String {
    format!("resource `{name}` is given twice\nhelp: keep one of the two")
}

pub(crate) fn unknown_field(key: &str, known: &[&str]) -> String {
    let near = did_you_mean(key, known.iter().copied());
    format!(
        "`autoscaling_config` has no `{key}`{near}\nnote: it has {}",
        list(known)
    )
}

pub(crate) fn autoscaling_config_of_wrong_type() -> &'static str {
    "`autoscaling_config` must be an `AutoscalingConfig`\n\
     help: write `#[deployment(autoscaling_config(max_replicas = ..))]`, or call `.autoscaling_config(AutoscalingConfig::new().max_replicas(..))` after `bind(..)`"
}

pub(crate) fn max_below_min_replicas(min: u64, max: u64) -> String {
    format!("`max_replicas` is {max}, but must be at least `min_replicas` ({min})")
}

pub(crate) fn min_above_default_max_replicas(min: u64) -> String {
    format!(
        "`min_replicas` is {min}, but `max_replicas` is 1 by default\n\
         help: set `max_replicas` as well"
    )
}

pub(crate) fn initial_replicas_out_of_bounds(min: u64, max: u64, initial: u64) -> String {
    format!(
        "`initial_replicas` is {initial}, but must be from `min_replicas` ({min}) to `max_replicas` ({max})"
    )
}

pub(crate) fn num_replicas_and_autoscaling_config() -> &'static str {
    "`num_replicas` and `autoscaling_config` cannot both be set\n\
     help: remove `num_replicas`; `initial_replicas` in `autoscaling_config` sets how many replicas start"
}

pub(crate) fn options_on_the_impl(ty: impl Display) -> String {
    format!(
        "options belong on the type, not on its `impl` block\n\
         help: write `#[deployment(..)]` on `{ty}` itself and plain `#[deployment]` here"
    )
}

pub(crate) fn slo_without_budgets() -> &'static str {
    "no deployment that this graph calls has a `budget_ms`, so there is nothing to add up\n\
     help: write `#[deployment(budget_ms = ..)]` on the deployments that take time, or remove `slo_ms`"
}

pub(crate) fn budget_behind_a_handle(holder: &Ident, held: &Ident) -> String {
    format!(
        "`{holder}` calls `{held}` through a handle, so the `budget_ms` of `{held}` is not added up for `slo_ms`\n\
         help: give `{holder}` a `budget_ms` that contains those calls"
    )
}

pub(crate) fn function_without_replicas(option: &str) -> String {
    format!(
        "an `async fn` without `max_ongoing_requests` runs on the request's task and has no replicas\n\
         help: remove `{option}`, or add `max_ongoing_requests`, the number of calls that one replica works on at a time"
    )
}

pub(crate) fn limit_of_a_compute_function() -> &'static str {
    "a `fn` runs one call at a time on each replica's thread, so `max_ongoing_requests` has no effect\n\
     help: remove it; `num_replicas` sets how many calls run at once"
}

pub(crate) fn limit_of_one_call(ty: impl Display) -> String {
    format!(
        "a call with `&mut self` has its replica of `{ty}` for itself, and a `fn` its thread, so `max_ongoing_requests` has no effect\n\
         help: remove it; `num_replicas` sets how many calls run at once"
    )
}

pub(crate) fn malformed_route(route: &str) -> String {
    format!(
        "`{route}` is not a valid route\n\
         help: a route is `/`, or starts with `/` and does not end with it; it has no `//`, segments `.` or `..`, spaces, `?`, `#`, `{{` or `}}`; put variable parts in the request body"
    )
}

pub(crate) fn reserved_route() -> &'static str {
    "routes under `/-/` are reserved for the server\nhelp: choose another path"
}
