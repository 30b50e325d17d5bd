//! What differs between two sets of options of one deployment.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::node::Node;
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
    let [before, after] =
        [before, after].map(|bound| options::written(String::new(), bound).node());
    let names: BTreeSet<&str> = [&before, &after]
        .into_iter()
        .flat_map(|node| node.entries().iter().map(|entry| &*entry.key))
        .collect();
    let value = |of: &Node, name: &str| of.get(name).map(Node::value);
    let options = names
        .into_iter()
        .filter(|name| value(&before, name) != value(&after, name));
    let options = options.map(|name| {
        let [before, after] = [&before, &after].map(|of| shown(of.get(name)));
        format!("{name}: {before} -> {after}")
    });
    let user_config = user_config.then(|| "user_config".to_owned());
    options.chain(user_config).collect()
}

/// Without the values of variables.
fn shown(option: Option<&Node>) -> String {
    let written = |node| serde_json::to_value(node).unwrap_or_default().to_string();
    option.map_or_else(|| "none".to_owned(), written)
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
