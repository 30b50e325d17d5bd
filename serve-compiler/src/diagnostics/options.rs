//! What can be wrong with options.

use std::fmt::Display;

use super::{did_you_mean, list};

pub(crate) fn unknown_option(key: &str, known: &[&str]) -> String {
    let near = did_you_mean(key, known.iter().copied());
    format!(
        "unknown option `{key}`{near}\nnote: the options are {}",
        list(known)
    )
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

pub(crate) fn resources_of_wrong_type() -> &'static str {
    "`resources` must be a list of names and amounts\n\
     help: write `resources = [(\"license\", 1.0)]`"
}

pub(crate) fn resource_without_name() -> &'static str {
    "a resource needs a name, such as `\"license\"`"
}

pub(crate) fn resource_has_an_option(name: &str, option: &str) -> String {
    format!("`{name}` has an option of its own\nhelp: write `{option} = ..` beside `resources`")
}

pub(crate) fn resource_given_twice(name: &str) -> String {
    format!("resource `{name}` is given twice\nhelp: keep one of the two")
}

pub(crate) fn options_on_the_impl(ty: impl Display) -> String {
    format!(
        "options belong on the type, not on its `impl` block\n\
         help: write `#[deployment(..)]` on `{ty}` itself and plain `#[deployment]` here"
    )
}

pub(crate) fn slo_without_budgets() -> &'static str {
    "no deployment that this graph calls has a `budget_ms`, so there is nothing to add up\n\
     help: write `#[deployment(budget_ms = ..)]` on those that take time, or remove `slo_ms`"
}

pub(crate) fn replicas_without_state() -> &'static str {
    "an `async fn` has no state of which there could be replicas: its calls run on the tasks of their requests\n\
     help: remove `num_replicas`, or add `max_ongoing_requests`, which each replica has"
}

pub(crate) fn limit_of_a_compute_function() -> &'static str {
    "a `fn` runs one call at a time on each replica's thread, whatever `max_ongoing_requests` says\n\
     help: remove it; `num_replicas` says how many calls run at a time"
}

pub(crate) fn malformed_route(route: &str) -> String {
    format!(
        "`{route}` is not a route\n\
         help: a route starts with `/`, does not end with one, and has no spaces, `?`, `#`, `{{` or `}}`: what varies comes in the body"
    )
}

pub(crate) fn reserved_route() -> &'static str {
    "routes under `/-/` are the server's own\nhelp: choose another path"
}
