//! What Ray Serve's files have beside what is here: it is replaced by what it is here, or has no meaning and is left out.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde_json::{Value, json};
use serve_topology::options::{AutoscalingOption, DeploymentOption};

use super::deserializer::{Wrong, read};
use crate::config::node::{Entry, Node, Tree};
use crate::config::origin::place_in;

/// Messages about keys that have no meaning, each with its place.
pub(super) struct Warnings<'f> {
    file: &'f str,
    pub(super) all: Vec<String>,
}

impl<'f> Warnings<'f> {
    pub(super) fn new(file: &'f str) -> Self {
        Warnings {
            file,
            all: Vec::new(),
        }
    }

    fn ignored(&mut self, entry: &Entry, why: &str) {
        let colon = if why.is_empty() { "" } else { ": " };
        let place = place_in(self.file, entry.place);
        let key = &entry.key;
        let message = format!("{place}`{key}` has no meaning here and is ignored{colon}{why}");
        self.all.push(message);
    }
}

/// A key without a meaning, and why it has none.
type Ignored = (&'static str, &'static str);

/// The keys of a file, beside those of an application that is alone in it.
pub(super) const TOP: &[&str] = &[
    "applications",
    "proxy_location",
    "http_options",
    "grpc_options",
    "controller_options",
    "logging_config",
    "tracing_config",
    "target_capacity",
];

const IGNORED_TOP: &[Ignored] = &[
    ("grpc_options", "there is no gRPC server"),
    ("controller_options", ""),
    ("logging_config", LOGGING),
    ("tracing_config", ""),
    ("target_capacity", ""),
];

const LOGGING: &str = "`RUST_LOG` sets what is logged";

const IGNORED_OF_HTTP: &[Ignored] = &[
    ("root_path", ""),
    (
        "request_timeout_s",
        "a graph has a `request_timeout_s` of its own",
    ),
    ("keep_alive_timeout_s", ""),
    ("ssl_certfile", PLAIN),
    ("ssl_keyfile", PLAIN),
    ("ssl_keyfile_password", PLAIN),
    ("ssl_ca_certs", PLAIN),
];

const PLAIN: &str = "the server speaks plain HTTP";

pub(super) const APPLICATION: &[&str] = &[
    "name",
    "route_prefix",
    "import_path",
    "args",
    "deployments",
    "external_scaler_enabled",
    "logging_config",
    "runtime_env",
    "autoscaling_policy",
];

const IGNORED_OF_APPLICATION: &[Ignored] = &[
    ("logging_config", LOGGING),
    ("runtime_env", ""),
    ("autoscaling_policy", ""),
];

const IGNORED_OF_DEPLOYMENT: &[Ignored] = &[
    ("backpressure_config", ""),
    ("deployment_actors", ""),
    ("gang_scheduling_config", ""),
    ("graceful_shutdown_wait_loop_s", "nothing polls here"),
    ("logging_config", LOGGING),
    ("max_replicas_per_node", "there is one node"),
    (
        "max_surge_percent",
        "a new replica is ready before an old one stops",
    ),
    ("placement_group_bundle_label_selector", ""),
    ("placement_group_bundles", ""),
    ("placement_group_strategy", ""),
    ("request_router_config", ""),
];

const IGNORED_OF_ACTORS: &[Ignored] = &[
    ("runtime_env", ""),
    ("accelerator_type", ""),
    ("label_selector", ""),
    ("fallback_strategy", ""),
];

const RESOURCES: [&str; 4] = ["num_cpus", "num_gpus", "memory", "resources"];

const DEFAULT_POLICY: &str = "ray.serve.autoscaling_policy:default_autoscaling_policy";

/// Whether a file has such a key beside `applications`.
pub(super) fn is_of_top(key: &str) -> bool {
    TOP.contains(&key)
}

/// Whether an application has such a key.
pub(super) fn is_of_application(key: &str) -> bool {
    APPLICATION.contains(&key)
}

/// Where a key belongs that is at the top of a file with several applications.
pub(super) fn belongs(key: &str) -> Option<String> {
    match key {
        "host" | "port" => Some(format!(
            "`{key}` belongs in `http_options`, at the top of the file"
        )),
        key if is_of_application(key) => Some(format!(
            "`{key}` belongs to an application, in the list `applications`"
        )),
        _ => None,
    }
}

/// What is said of the server. Its keys without a meaning are kept, as they are written again.
pub(super) fn top(node: Node, warnings: &mut Warnings<'_>) -> Result<Node, Wrong> {
    warn(&node, IGNORED_TOP, warnings);
    if let Some(http) = node.get("http_options") {
        warn(http, IGNORED_OF_HTTP, warnings);
    }
    if let Some(entry) = node.entry("proxy_location") {
        match entry.node.text() {
            Some("EveryNode" | "HeadOnly") => {}
            Some("Disabled") => warnings.ignored(entry, "HTTP is served all the same"),
            _ => {
                let message =
                    "`proxy_location` must be `Disabled`, `HeadOnly` or `EveryNode`".to_owned();
                return Err(Wrong::at(entry.node.place, message));
            }
        }
    }
    Ok(node)
}

/// An application without what has no meaning.
pub(super) fn application(mut node: Node, warnings: &mut Warnings<'_>) -> Result<Node, Wrong> {
    for key in ["host", "port"] {
        if let (Some(entry), Some(place)) = (node.entry(key), belongs(key)) {
            return Err(Wrong::at(entry.place, place));
        }
    }
    known(&node, APPLICATION, &[])?;
    warn(&node, IGNORED_OF_APPLICATION, warnings);
    for key in ["runtime_env", "autoscaling_policy"] {
        node.take(key);
    }
    Ok(node)
}

/// A deployment as it is here.
pub(super) fn deployment(mut node: Node, warnings: &mut Warnings<'_>) -> Result<Node, Wrong> {
    known_of_deployment(&node)?;
    leave_out(&mut node, IGNORED_OF_DEPLOYMENT, warnings);
    if let Some(actors) = node.take("ray_actor_options") {
        resources(&mut node, actors, warnings)?;
    }
    if let Some(autoscaling) = node.take("autoscaling_config") {
        let read = self::autoscaling(autoscaling.node, warnings);
        let autoscaling = read.map_err(|wrong| wrong.within("autoscaling_config"))?;
        node.set("autoscaling_config", autoscaling);
    }
    if node.get("num_replicas").and_then(Node::text) == Some("auto") {
        automatic(&mut node);
    }
    let no_limit = json!(-1);
    if let Some(max) = node.get("max_queued_requests")
        && max.value() == no_limit
    {
        let max = Node {
            tree: Tree::default(),
            ..max.clone()
        };
        node.set("max_queued_requests", max);
    }
    Ok(node)
}

fn known_of_deployment(node: &Node) -> Result<(), Wrong> {
    let options = DeploymentOption::ALL.iter();
    let mut fields: Vec<&str> = options.map(|option| option.spec().name).collect();
    fields.extend(["user_config", "ray_actor_options"]);
    known(node, &fields, IGNORED_OF_DEPLOYMENT)
}

/// Fails at a key that is not known.
fn known(node: &Node, fields: &[&str], ignored: &[Ignored]) -> Result<(), Wrong> {
    let ignored: Vec<&'static str> = ignored.iter().map(|(key, _)| *key).collect();
    let is_known = |key: &str| fields.contains(&key) || ignored.contains(&key);
    let unknown = node.entries().iter().find(|entry| !is_known(&entry.key));
    match unknown {
        Some(entry) => Err(Wrong::unknown(entry, fields.iter().copied(), ignored)),
        None => Ok(()),
    }
}

/// Warns of what is there and has no meaning. Nothing is lost if it is empty.
fn warn(node: &Node, ignored: &[Ignored], warnings: &mut Warnings<'_>) {
    for entry in node.entries() {
        let found = ignored.iter().find(|(key, _)| *key == entry.key);
        if let Some((_, why)) = found
            && !entry.node.is_nothing()
        {
            warnings.ignored(entry, why);
        }
    }
}

fn leave_out(node: &mut Node, ignored: &[Ignored], warnings: &mut Warnings<'_>) {
    warn(node, ignored, warnings);
    for (key, _) in ignored {
        node.take(key);
    }
}

/// A replica is an actor there: its resources are those of the deployment.
fn resources(node: &mut Node, actors: Entry, warnings: &mut Warnings<'_>) -> Result<(), Wrong> {
    let mut options = actors.node;
    read::<Option<BTreeMap<String, IgnoredAny>>>(&options)
        .map_err(|wrong| wrong.within("ray_actor_options"))?;
    leave_out(&mut options, IGNORED_OF_ACTORS, warnings);
    known(&options, &RESOURCES, IGNORED_OF_ACTORS)?;
    for Entry {
        key,
        place,
        node: value,
    } in options
        .entries_mut()
        .map(std::mem::take)
        .unwrap_or_default()
    {
        if value.is_null() {
            continue;
        }
        if node.get(&key).is_some() {
            let message = format!(
                "`{key}` is given twice: for the deployment, and in its `ray_actor_options`\nhelp: remove one of the two"
            );
            return Err(Wrong::at(place, message));
        }
        node.set(&key, whole(value));
    }
    Ok(())
}

/// Ray Serve takes numbers of bytes such as 1e9.
fn whole(mut node: Node) -> Node {
    let Tree::Scalar(Value::Number(number)) = &node.tree else {
        return node;
    };
    let number = number.is_f64().then(|| number.as_f64()).flatten();
    if let Some(number) = number
        && number.fract() == 0.0
        && (0.0..1e19).contains(&number)
    {
        let whole = format!("{number:.0}").parse::<u64>();
        node.tree = Tree::Scalar(whole.map_or(number.into(), Value::from));
    }
    node
}

/// `num_replicas: auto` is an `autoscaling_config` with other defaults.
fn automatic(node: &mut Node) {
    let Some(Entry { node: number, .. }) = node.take("num_replicas") else {
        return;
    };
    let scalar = |value: Value| Node::from(value).at(number.place);
    let mut config = Node::map([
        ("min_replicas", scalar(json!(1))),
        ("max_replicas", scalar(json!(100))),
        ("target_ongoing_requests", scalar(json!(2.0))),
    ])
    .at(number.place);
    match node.take("autoscaling_config") {
        Some(given) if given.node.is_null() => {}
        Some(Entry { node: given, .. }) => match &given.tree {
            Tree::Map(entries) => {
                for Entry { key, node, .. } in entries {
                    config.set(key, node.clone());
                }
            }
            _ => config = given,
        },
        None => {}
    }
    node.set("autoscaling_config", config);
}

fn autoscaling(mut node: Node, warnings: &mut Warnings<'_>) -> Result<Node, Wrong> {
    let options = AutoscalingOption::ALL.iter();
    let fields: Vec<&str> = options.map(|option| option.spec().name).collect();
    known(&node, &fields, OTHERS_OF_AUTOSCALING)?;
    for key in [
        "upscaling_factor",
        "downscaling_factor",
        "target_ongoing_requests",
    ] {
        if node.get(key).is_some_and(Node::is_null) {
            node.take(key);
        }
    }
    smoothing(&mut node);
    for (key, is_default) in [
        ("aggregation_function", is_mean as fn(&Node) -> bool),
        ("policy", is_default_policy),
    ] {
        if node.get(key).is_some_and(is_default) {
            node.take(key);
        }
    }
    leave_out(&mut node, OTHERS_OF_AUTOSCALING, warnings);
    Ok(node)
}

const SMOOTHING: [&str; 3] = [
    "smoothing_factor",
    "upscale_smoothing_factor",
    "downscale_smoothing_factor",
];

const OTHERS_OF_AUTOSCALING: &[Ignored] = &[
    ("smoothing_factor", ""),
    ("upscale_smoothing_factor", ""),
    ("downscale_smoothing_factor", ""),
    ("aggregation_function", "the mean is used"),
    ("policy", "there is one policy, Ray Serve's default"),
];

/// The older names of both factors: that of a direction comes before that of both.
fn smoothing(node: &mut Node) {
    let [both, up, down] = SMOOTHING.map(|key| node.take(key).map(|entry| entry.node));
    for (factor, older) in [("upscaling_factor", up), ("downscaling_factor", down)] {
        let given = |node: &Node| !node.is_null();
        let older = older.filter(given).or_else(|| both.clone().filter(given));
        if let (None, Some(older)) = (node.get(factor), older) {
            node.set(factor, older);
        }
    }
}

fn is_mean(node: &Node) -> bool {
    let name = node.text();
    name.is_some_and(|name| name.eq_ignore_ascii_case("mean"))
}

fn is_default_policy(node: &Node) -> bool {
    let function = node.get("policy_function").unwrap_or(node);
    let has_arguments = node.get("policy_kwargs").is_some_and(|it| !it.is_nothing());
    node.is_nothing() || function.text() == Some(DEFAULT_POLICY) && !has_arguments
}
