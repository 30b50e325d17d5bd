//! The state of everything, as Ray's `ServeInstanceDetails`.
//!
//! Ray's own client refuses unknown keys in some of these objects (`ray/serve/schema.py`: those that forbid extra ones), so
//! nothing is added to them.

use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};
use serve_topology::Topology;

use crate::controller::{DeadReplica, DeploymentStatus, ReplicaState, ReplicaStatus};
use crate::ingress::applications::{ApplicationStatus, Hosting};

/// This process, where Ray names a machine of its cluster: its command line does nothing for a controller without one.
const NODE: &str = "local";

pub(super) fn details(hosting: &Hosting) -> Value {
    let served_at = hosting.served_at();
    let address = served_at.map(|address| address.ip().to_string());
    let mut applications = Map::new();
    for status in hosting.status() {
        applications.insert(status.name.clone(), application(hosting, &status));
    }
    let mut proxy = actor(address.as_deref());
    proxy["status"] = hosting.health().map_or("UNHEALTHY", |_| "HEALTHY").into();
    json!({
        "controller_info": actor(address.as_deref()),
        "proxy_location": "HeadOnly",
        "http_options": http_options(served_at),
        "grpc_options": null,
        "proxies": { NODE: proxy },
        "applications": applications,
        "target_capacity": null,
        "target_groups": [],
        "restores_unset_config_options": true,
    })
}

fn http_options(served_at: Option<SocketAddr>) -> Value {
    served_at.map_or(
        Value::Null,
        |address| json!({ "host": address.ip().to_string(), "port": address.port() }),
    )
}

/// Ray's actors are this process.
fn actor(address: Option<&str>) -> Value {
    json!({
        "node_id": NODE,
        "node_ip": address,
        "node_instance_id": null,
        "actor_id": null,
        "actor_name": null,
        "worker_id": null,
        "log_file_path": null,
    })
}

fn application(hosting: &Hosting, status: &ApplicationStatus) -> Value {
    let topology = hosting.topology(&status.name);
    let options = hosting.options_of(&status.name);
    let deployments: Map<String, Value> = status
        .deployments
        .iter()
        .map(|deployment| {
            (
                deployment.name.clone(),
                self::deployment(&options, status, deployment),
            )
        })
        .collect();
    json!({
        "name": status.name,
        "route_prefix": status.route_prefix,
        "docs_path": null,
        "status": status.status.name(),
        "message": status.message,
        "last_deployed_time_s": seconds(status.last_deployed),
        "deployed_app_config": hosting.config_of(status),
        "source": if hosting.is_declared(&status.name) { "declarative" } else { "imperative" },
        "deployments": deployments,
        "external_scaler_enabled": hosting.may_be_scaled(&status.name).unwrap_or(false),
        "deployment_topology": topology.map(|it| deployment_topology(&status.name, it)),
    })
}

fn seconds(time: SystemTime) -> f64 {
    let since = time.duration_since(UNIX_EPOCH);
    since.map_or(0.0, |since| since.as_secs_f64())
}

fn deployment(
    options: &Map<String, Value>,
    application: &ApplicationStatus,
    status: &DeploymentStatus,
) -> Value {
    let config = options.get(&status.name).cloned();
    let config = config.unwrap_or_else(|| json!({ "name": status.name }));
    let resources = required(&config);
    let replicas = status.replicas.iter();
    let replicas = replicas.filter(|replica| replica.state != ReplicaState::Failed);
    let replicas: Vec<Value> = replicas
        .map(|it| replica(&application.name, &status.name, it))
        .collect();
    let dead = status.recent_dead_replicas.iter();
    let dead: Vec<Value> = dead
        .map(|it| dead_replica(&application.name, &status.name, it))
        .collect();
    json!({
        "name": status.name,
        "status": status.status.name(),
        "status_trigger": status.status_trigger.name(),
        "message": status.message,
        "deployment_config": config,
        "target_num_replicas": status.target_num_replicas,
        "required_resources": resources,
        "replicas": replicas,
        "recent_dead_replicas": dead,
    })
}

/// The resources that a replica needs, by Ray's names.
fn required(config: &Value) -> Value {
    let mut required = Map::new();
    for (option, name) in [
        ("num_cpus", "CPU"),
        ("num_gpus", "GPU"),
        ("memory", "memory"),
    ] {
        if let Some(amount) = config.get(option).filter(|it| it.as_f64() > Some(0.0)) {
            required.insert(name.to_owned(), amount.clone());
        }
    }
    if let Some(Value::Object(others)) = config.get("resources") {
        required.extend(others.clone());
    }
    Value::Object(required)
}

fn replica(application: &str, deployment: &str, status: &ReplicaStatus) -> Value {
    let state = match status.state {
        ReplicaState::Starting | ReplicaState::Failed => "STARTING",
        ReplicaState::Ready => "RUNNING",
        ReplicaState::Updating => "UPDATING",
        ReplicaState::Draining => "STOPPING",
    };
    replica_actor(application, deployment, status.id, state, status.started)
}

/// With why and when it has ended: unknown keys are ignored there.
fn dead_replica(application: &str, deployment: &str, dead: &DeadReplica) -> Value {
    let mut replica = replica_actor(application, deployment, dead.id, "STOPPED", dead.started);
    replica["message"] = dead.cause.as_str().into();
    replica["end_time_s"] = seconds(dead.ended).into();
    replica
}

fn replica_actor(
    application: &str,
    deployment: &str,
    id: u64,
    state: &str,
    started: SystemTime,
) -> Value {
    let mut replica = actor(None);
    replica["actor_name"] = format!("SERVE_REPLICA::{application}#{deployment}#{id}").into();
    replica["replica_id"] = id.to_string().into();
    replica["state"] = state.into();
    replica["pid"] = std::process::id().into();
    replica["start_time_s"] = seconds(started).into();
    replica
}

/// Which deployment calls which.
fn deployment_topology(application: &str, topology: &Topology<'_>) -> Value {
    let named = |index: usize| topology.deployments[index].name;
    let nodes: Map<String, Value> = topology
        .deployments
        .iter()
        .enumerate()
        .map(|(index, deployment)| {
            let handles = topology.handles.iter().filter(|it| it.from == index);
            let outbound =
                handles.map(|it| json!({ "name": named(it.to), "app_name": application }));
            let node = json!({
                "name": deployment.name,
                "app_name": application,
                "outbound_deployments": outbound.collect::<Vec<_>>(),
                "is_ingress": false,
            });
            (deployment.name.to_owned(), node)
        })
        .collect();
    json!({ "app_name": application, "nodes": nodes, "ingress_deployment": null })
}
