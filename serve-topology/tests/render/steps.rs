//! Graphs of any size.

use serve_topology::{Endpoint, Execution, Options, Topology};

use crate::fixture::{deployment, edge, node};

/// A graph of steps that are called `step0`, `step1`, .., with these values between them.
///
/// It owns nothing: a topology borrows all of its parts, so the test leaks them.
pub(crate) fn steps(count: usize, values: &[(usize, usize)]) -> Topology<'static> {
    let name = |index: usize| -> &'static str { format!("step{index}").leak() };
    let deployments: Vec<_> = (0..count)
        .map(|index| deployment(name(index), name(index), "Step", Options::DEFAULT))
        .collect();
    let nodes: Vec<_> = (0..count)
        .map(|index| node(name(index), index, Execution::Compute, "Value"))
        .collect();
    let edges: Vec<_> = values
        .iter()
        .map(|&(from, to)| edge(Endpoint::Node(from), Endpoint::Node(to), "Value"))
        .collect();
    Topology::new("steps")
        .deployments(deployments.leak())
        .nodes(nodes.leak())
        .edges(edges.leak())
}

/// Steps that get values from one or two of the ten steps before them, the same ones each time.
pub(crate) fn woven(count: usize) -> Topology<'static> {
    let values: Vec<_> = (1..count)
        .flat_map(|to| {
            [1 + to * 7 % 10, 1 + to * to % 10].map(|back| (to.saturating_sub(back), to))
        })
        .collect();
    steps(count, &values)
}
