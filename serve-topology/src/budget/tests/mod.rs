//! Graphs written by hand, and their sums.

mod latency;
mod resources;
mod thousand;

use std::time::Duration;

use super::{Step, over_slo, steps};
use crate::{
    AutoscalingConfig, BoundDeployment, Choice, Edge, Endpoint, Entry, Execution, GraphLimits,
    Method, Node, Options, Topology,
};

const ENTRY: Entry<'_> = Entry {
    route: "/",
    method: "call",
    params: &[],
    output: "",
};

const CHOICE: Choice<'_> = Choice {
    name: "match kind",
    entry: 0,
    arms: &["Fruit", "Car"],
    when: None,
    each: None,
};

/// Deployments that declare a `budget_ms`; 0 for one that declares none.
fn with_budgets<'a, const N: usize>(names: [(&'a str, u64); N]) -> Vec<BoundDeployment<'a>> {
    let all = names.into_iter();
    let all = all.map(|(name, budget_ms)| BoundDeployment {
        options: Options {
            budget: (budget_ms > 0).then(|| Duration::from_millis(budget_ms)),
            ..Options::DEFAULT
        },
        ..deployment(name)
    });
    all.collect()
}

const fn deployment(name: &str) -> BoundDeployment<'_> {
    BoundDeployment::new(name, name, name)
}

/// A node for each of the deployments.
fn nodes<'a>(deployments: &[BoundDeployment<'a>]) -> Vec<Node<'a>> {
    let all = deployments.iter().enumerate();
    all.map(|(index, deployment)| node(deployment.name, index))
        .collect()
}

const fn node(name: &str, deployment: usize) -> Node<'_> {
    Node::new(name, 0, deployment, Method::new("call", Execution::InPlace))
}

const fn edge<'a>(from: Endpoint, to: Endpoint) -> Edge<'a> {
    Edge::new(from, to, "")
}

/// Edges between nodes.
fn edges<'a, const N: usize>(ends: [(usize, usize); N]) -> [Edge<'a>; N] {
    ends.map(|(from, to)| edge(Endpoint::Node(from), Endpoint::Node(to)))
}

/// The message for a graph with the given `slo_ms`, without the help that every message has.
fn said(topology: &Topology<'_>, slo_ms: u64) -> Option<String> {
    let topology = Topology {
        limits: GraphLimits {
            slo: Some(Duration::from_millis(slo_ms)),
            ..GraphLimits::NONE
        },
        ..*topology
    };
    let mut work = vec![Step::NEW; steps(&topology)];
    over_slo(&topology, &mut work).map(|text| without_help(text.as_str()))
}

fn without_help(text: &str) -> String {
    let (text, _) = text.split_once("\nhelp: ").unwrap_or((text, ""));
    text.to_owned()
}
