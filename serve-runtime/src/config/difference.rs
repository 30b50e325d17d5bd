//! What differs between two sets of options of one deployment.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::options;
use crate::application::bound_options::BoundOptions;
use crate::controller::Changed;

/// What differs of that which needs more than being applied from now on.
pub(super) fn changed(before: &BoundOptions, next: &BoundOptions) -> Changed {
    Changed {
        num_replicas: next.options.num_replicas != before.options.num_replicas
            || next.options.autoscaling_config != before.options.autoscaling_config,
        demand: demand(next) != demand(before),
        user_config: match (&before.user_config, &next.user_config) {
            (Some(before), Some(next)) => !Arc::ptr_eq(before, next),
            (before, next) => before.is_some() != next.is_some(),
        },
        undoes: None,
    }
}

/// Whether they are the same but for the `user_config`.
pub(super) fn is_same(one: &BoundOptions, other: &BoundOptions) -> bool {
    one.options == other.options && demand(one) == demand(other)
}

/// Each option that differs, as `num_replicas: 1 -> 2`.
pub(super) fn difference(
    before: &BoundOptions,
    after: &BoundOptions,
    user_config: bool,
) -> Vec<String> {
    let [before, after] = [before, after].map(fields);
    let names: BTreeSet<&str> = [&before, &after]
        .into_iter()
        .filter_map(|fields| fields.as_object())
        .flat_map(|fields| fields.keys().map(String::as_str))
        .collect();
    let options = names
        .into_iter()
        .filter(|name| before.get(name) != after.get(name));
    let options = options.map(|name| {
        let value = |of: &Value| of.get(name).map_or("none".to_owned(), Value::to_string);
        format!("{name}: {} -> {}", value(&before), value(&after))
    });
    let user_config = user_config.then(|| "user_config".to_owned());
    options.chain(user_config).collect()
}

fn fields(bound: &BoundOptions) -> Value {
    serde_json::to_value(options::written(String::new(), bound)).unwrap_or_default()
}

/// The machine resources that a replica needs, as they are set.
fn demand(bound: &BoundOptions) -> impl PartialEq + use<> {
    let options = &bound.options;
    let resources = bound.resources.clone();
    (
        options.num_cpus,
        options.num_gpus,
        options.memory,
        resources,
    )
}
