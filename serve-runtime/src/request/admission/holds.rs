//! Places that a request keeps while it waits for others.
//!
//! A stream keeps its place until it has been read, and its reader starts only when all its inputs are there: until then
//! the request holds one place and waits for the next. Two rules keep it from waiting for ever:
//!
//! - What one request alone could not survive is refused, with the arithmetic: by the compiler where the options are
//!   constants, else when the graph is deployed. Streams of one request that wait for each other, in whatever order they
//!   get their places, are counted when it is deployed.
//! - Requests that could wait for each other take all such places together, in one order, before they begin
//!   ([`HeldPlaces`]). Nothing else waits for a place while it holds one, so a request that has taken them comes to its end.
//!
//! Streams that a node's own code makes through handles are not known here.

use std::collections::{BTreeMap, BTreeSet};

use serve_topology::holds::{Hold, Mark, is_stream};
use serve_topology::{Execution, Node, Topology};

use super::certain_calls::Reach;

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
    /// The streams that keep places.
    streams: Vec<usize>,
    /// Rooms whose values - not streams - are waited for.
    is_waited_for: BTreeSet<Room>,
}

pub(crate) fn holds<'a>(topology: &Topology<'a>, entry: usize) -> Holds<'a> {
    let mut holds = Holds::default();
    let mut marks = vec![Mark::NEW; Mark::count(topology)];
    let nodes = topology.nodes.iter().enumerate();
    for (stream, _) in nodes.filter(|(_, node)| node.entry == entry && is_stream(node)) {
        Mark::around(topology, stream, &mut marks);
        if let Some(hold) = Hold::of(topology, stream, &marks) {
            holds.add(topology, stream, hold, &marks);
            holds.streams.push(stream);
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
            if !is_stream(other) {
                self.is_waited_for.insert(room(other));
            }
            self.at(room(other), Hold { places: 1, ..hold });
        }
    }

    /// How many places one request needs at rooms whose streams wait for each other: it may get its places in any order,
    /// so it needs all of them. `usize::MAX` for one for each item of a fan-out.
    pub(crate) fn together(&self, topology: &Topology<'_>) -> BTreeMap<Room, usize> {
        let circles = in_circles(&self.waits);
        let reach = match circles.is_empty() {
            true => return BTreeMap::new(),
            false => Reach::of(topology),
        };
        let places = circles.into_iter().map(|circle| {
            let streams = self.streams.iter().copied();
            let own = streams.filter(|stream| room(&topology.nodes[*stream]) == circle);
            let own: Vec<usize> = own.collect();
            if own
                .iter()
                .any(|stream| topology.nodes[*stream].each.is_some())
            {
                return (circle, usize::MAX);
            }
            let at_one_time = own.iter().map(|one| {
                let others = own.iter().filter(|other| {
                    one == *other || reach.are_at_one_time(topology, *one, **other)
                });
                others.count()
            });
            let waited_for = usize::from(self.is_waited_for.contains(&circle));
            (circle, at_one_time.max().unwrap_or_default() + waited_for)
        });
        places.collect()
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

    /// Does something with a graph of three deployments.
    fn with_graph<T>(
        nodes: &[Node<'_>],
        edges: &[Edge<'_>],
        then: impl FnOnce(&Topology<'_>) -> T,
    ) -> T {
        let deployments = [0, 1, 2].map(|_| BoundDeployment::new("d", "d", "D"));
        let entries = [Entry::new("/", "u64")];
        let topology = Topology::new("g");
        let topology = topology.entries(&entries).deployments(&deployments);
        then(&topology.nodes(nodes).edges(edges))
    }

    /// The places at each deployment, and whether its requests can wait for each other.
    fn places(nodes: &[Node<'_>], edges: &[Edge<'_>]) -> Vec<(usize, usize, bool)> {
        with_graph(nodes, edges, |topology| {
            let holds = holds(topology, 0);
            let circles = in_circles(&holds.waits);
            let rooms = holds.rooms.iter();
            let places = rooms.map(|(room, hold)| (room.0, hold.places, circles.contains(room)));
            places.collect()
        })
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

    /// The places that one request needs at the rooms whose streams wait for each other.
    fn together(nodes: &[Node<'_>], edges: &[Edge<'_>]) -> Vec<usize> {
        with_graph(nodes, edges, |topology| {
            holds(topology, 0)
                .together(topology)
                .into_values()
                .collect()
        })
    }

    const PAIRS: [Node<'static>; 7] = [
        node("a", 0, STREAM),
        node("b", 1, STREAM),
        node("zip", 2, "u64"),
        node("c", 0, STREAM),
        node("d", 1, STREAM),
        node("zip_1", 2, "u64"),
        node("add", 2, "u64"),
    ];

    #[test]
    fn two_pairs_of_streams_need_the_places_of_both() {
        let pairs = [edge(0, 2), edge(1, 2), edge(3, 5), edge(4, 5)];
        let added = [&pairs[..], &[edge(2, 6), edge(5, 6)]].concat();
        assert_eq!(together(&PAIRS, &added), [2, 2]);
        assert_eq!(together(&PAIRS[..3], &pairs[..2]), [1, 1]);
    }

    #[test]
    fn a_pair_that_follows_another_one_needs_no_places_beside_it() {
        let pairs = [
            edge(0, 2),
            edge(1, 2),
            edge(2, 3),
            edge(2, 4),
            edge(3, 5),
            edge(4, 5),
        ];
        assert_eq!(together(&PAIRS[..6], &pairs), [1, 1]);
    }

    #[test]
    fn a_graph_without_streams_keeps_nothing() {
        let nodes = [node("a", 0, "u64"), node("b", 0, "u64")];
        assert_eq!(places(&nodes, &[]), []);
    }
}
