//! Which nodes call a deployment, for the message that says that its calls do not move on.

use serve_topology::Topology;

use crate::application::services::{Placed, Services};
use crate::request::admission::holds::holds;

impl Services {
    /// A line with the nodes that call it, one for each deployment that has its handle, and one for each entry whose streams keep its places.
    pub(super) fn callers(&self, placed: &Placed) -> Vec<String> {
        let (Some(topology), Some((index, path))) =
            (self.topology.compiled(), placed.path.split_last())
        else {
            return Vec::new();
        };
        let inside =
            |graph: &Topology<'static>, index: &usize| graph.deployments.get(*index)?.graph;
        let Some(graph) = path.iter().try_fold(topology, inside) else {
            return Vec::new();
        };
        let nodes = graph.nodes.iter().filter(|node| node.deployment == *index);
        let nodes: Vec<_> = nodes.map(|node| format!("`{}`", node.name)).collect();
        let called = match &nodes[..] {
            [] => None,
            [node] => Some(format!("its calls are of the node {node}")),
            nodes => Some(format!("its calls are of the nodes {}", nodes.join(", "))),
        };
        let holders = graph.handles.iter().filter(|edge| edge.to == *index);
        let holders = holders.map(|edge| {
            let holder = graph.deployments[edge.from].name;
            format!("its calls are of the deployment `{holder}`, which has its handle")
        });
        let kept = (0..graph.entries.len()).flat_map(|entry| {
            let rooms = holds(graph, entry).rooms.into_iter();
            let of_this = rooms.filter(|(room, _)| room.0 == *index);
            let name = |stream: &str| {
                let node = graph.nodes.iter().find(|node| node.name == stream)?;
                (node.deployment != *index).then(|| graph.deployments[node.deployment].name)
            };
            of_this.map(move |(_, hold)| {
                let keeper = name(hold.stream).unwrap_or(&placed.name);
                hold.told(keeper).as_str().to_owned()
            })
        });
        called.into_iter().chain(holders).chain(kept).collect()
    }
}
