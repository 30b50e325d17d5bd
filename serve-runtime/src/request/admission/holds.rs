//! Places that a request keeps while it waits for others.
//!
//! A stream keeps its place until it has been read, and its reader starts only when all its inputs are there: until then
//! the request holds one place and waits for the next. Two rules keep it from waiting for ever:
//!
//! - What one request alone could not survive is refused, with the arithmetic: by the compiler where the options are
//!   constants, else when the graph is deployed.
//! - Requests that could wait for each other take all such places together, in one order, before they begin
//!   ([`HeldPlaces`]). Nothing else waits for a place while it holds one, so a request that has taken them comes to its end.
//!
//! Streams that a node's own code makes through handles are not known here.

use std::collections::{BTreeMap, BTreeSet};

use serve_topology::holds::{Hold, Mark, is_stream};
use serve_topology::{Execution, Node, Topology};

/// What has places: the replicas of a deployment, in place or on their threads.
pub(crate) type Room = (usize, Where);

/// Where a call runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Where {
    InPlace,
    Compute,
}

/// The rooms of an entry whose places are kept while others are waited for, and which room waits for which.
#[derive(Debug, Default)]
pub(crate) struct Holds<'a> {
    pub(crate) rooms: BTreeMap<Room, Hold<'a>>,
    pub(crate) waits: BTreeSet<(Room, Room)>,
}

pub(crate) fn holds<'a>(topology: &Topology<'a>, entry: usize) -> Holds<'a> {
    let mut holds = Holds::default();
    let mut marks = vec![Mark::NEW; Mark::count(topology)];
    let nodes = topology.nodes.iter().enumerate();
    for (stream, _) in nodes.filter(|(_, node)| node.entry == entry && is_stream(node)) {
        Mark::around(topology, stream, &mut marks);
        if let Some(hold) = Hold::of(topology, stream, &marks) {
            holds.add(topology, stream, hold, &marks);
        }
    }
    holds
}

impl<'a> Holds<'a> {
    fn add(&mut self, topology: &Topology<'a>, stream: usize, hold: Hold<'a>, marks: &[Mark]) {
        let own_room = room(&topology.nodes[stream]);
        self.at(own_room, hold);
        let others = topology.nodes.iter().zip(marks);
        for (other, _) in others.filter(|(_, mark)| mark.is_waited_for()) {
            self.waits.insert((own_room, room(other)));
            self.at(room(other), Hold { places: 1, ..hold });
        }
    }

    fn at(&mut self, room: Room, hold: Hold<'a>) {
        let most = self.rooms.entry(room).or_insert(hold);
        if most.places < hold.places {
            *most = hold;
        }
    }
}

fn room(node: &Node<'_>) -> Room {
    let execution = match node.method.execution {
        Execution::InPlace => Where::InPlace,
        Execution::Compute => Where::Compute,
    };
    (node.deployment, execution)
}

/// The rooms that wait for themselves, through whatever others.
pub(crate) fn in_circles(waits: &BTreeSet<(Room, Room)>) -> BTreeSet<Room> {
    let rooms: BTreeSet<Room> = waits.iter().map(|(from, _)| *from).collect();
    let returns = |room: &Room| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![*room]);
        while let Some(at) = open.pop() {
            for (_, next) in waits.iter().filter(|(from, _)| *from == at) {
                if next == room {
                    return true;
                }
                if seen.insert(*next) {
                    open.push(*next);
                }
            }
        }
        false
    };
    rooms.into_iter().filter(returns).collect()
}

#[cfg(test)]
mod tests {
    use serve_topology::{BoundDeployment, Edge, Endpoint, Entry, Method};

    use super::*;

    const fn node(name: &'static str, deployment: usize, output: &'static str) -> Node<'static> {
        Node::new(
            name,
            0,
            deployment,
            Method::new(name, Execution::Compute).output(output),
        )
    }

    const fn edge(from: usize, to: usize) -> Edge<'static> {
        Edge::new(Endpoint::Node(from), Endpoint::Node(to), "")
    }

    const STREAM: &str = "Streaming<u64>";

    /// The places at each deployment, and whether its requests can wait for each other.
    fn places(nodes: &[Node<'_>], edges: &[Edge<'_>]) -> Vec<(usize, usize, bool)> {
        let deployments = [0, 1, 2].map(|_| BoundDeployment::new("d", "d", "D"));
        let entries = [Entry::new("/", "u64")];
        let topology = Topology::new("g")
            .entries(&entries)
            .deployments(&deployments)
            .nodes(nodes)
            .edges(edges);
        let holds = holds(&topology, 0);
        let circles = in_circles(&holds.waits);
        let rooms = holds.rooms.iter();
        rooms
            .map(|(room, hold)| (room.0, hold.places, circles.contains(room)))
            .collect()
    }

    #[test]
    fn a_stream_and_a_value_of_one_deployment_for_one_reader_need_two_places() {
        let nodes = [
            node("words", 0, STREAM),
            node("score", 0, "u64"),
            node("join", 1, "u64"),
        ];
        let needed = places(&nodes, &[edge(0, 2), edge(1, 2)]);
        assert_eq!(needed, [(0, 2, true), (1, 1, false)]);
    }

    #[test]
    fn a_value_that_is_there_before_the_stream_begins_needs_none_beside_it() {
        let nodes = [
            node("score", 0, "u64"),
            node("words", 0, STREAM),
            node("join", 1, "u64"),
        ];
        let needed = places(&nodes, &[edge(0, 1), edge(0, 2), edge(1, 2)]);
        assert_eq!(needed, [(0, 1, false), (1, 1, false)]);
    }

    #[test]
    fn streams_of_two_deployments_for_one_reader_wait_for_each_other() {
        let nodes = [
            node("a", 0, STREAM),
            node("b", 1, STREAM),
            node("zip", 2, "u64"),
        ];
        let needed = places(&nodes, &[edge(0, 2), edge(1, 2)]);
        assert_eq!(needed, [(0, 1, true), (1, 1, true), (2, 1, false)]);
    }

    #[test]
    fn a_stream_that_is_passed_on_keeps_its_place_until_the_last_reader_starts() {
        let nodes = [
            node("words", 0, STREAM),
            node("upper", 1, STREAM),
            node("score", 0, "u64"),
            node("join", 2, "u64"),
        ];
        let needed = places(&nodes, &[edge(0, 1), edge(1, 3), edge(2, 3)]);
        assert_eq!(needed[0], (0, 2, true));
    }

    #[test]
    fn a_graph_without_streams_keeps_nothing() {
        let nodes = [node("a", 0, "u64"), node("b", 0, "u64")];
        assert_eq!(places(&nodes, &[]), []);
    }
}
