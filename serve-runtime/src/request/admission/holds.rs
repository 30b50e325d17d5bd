//! Places that a request keeps while it waits for others.
//!
//! A stream keeps its place until it has been read, and its reader starts only when all its inputs are there: until then
//! the request holds one place and waits for the next. Two rules keep it from waiting for ever:
//!
//! - What one request alone could not survive is refused when the graph is deployed, with the arithmetic.
//! - Requests that could wait for each other take all such places together, in one order, before they begin
//!   ([`HeldPlaces`]). Nothing else waits for a place while it holds one, so a request that has taken them comes to its end.
//!
//! Streams that a node's own code makes through handles are not known here.

use std::collections::{BTreeMap, BTreeSet};

use serve_topology::{Endpoint, Execution, Node, Topology};

use super::certain_calls::Reach;

/// What has places: the replicas of a deployment, in place or on their threads.
pub(crate) type Room = (usize, Where);

/// Where a call runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Where {
    InPlace,
    Compute,
}

/// The places that a request of an entry has or waits for at one time, at one room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hold<'a> {
    /// `usize::MAX` for one for each item of a fan-out.
    pub(crate) places: usize,
    /// The stream that keeps a place, the node that it waits for, and the one that reads it; nodes' names.
    pub(crate) stream: &'a str,
    pub(crate) other: &'a str,
    pub(crate) reader: Option<&'a str>,
}

impl Hold<'_> {
    /// What keeps a place of which deployment, until when: a part of a sentence.
    pub(crate) fn told(&self, deployment: &str) -> String {
        let Hold { stream, other, .. } = self;
        let reader = match self.reader {
            Some(reader) => format!("`{reader}` reads it"),
            None => "its sender reads it".to_owned(),
        };
        format!(
            "`{stream}` keeps its place at `{deployment}` until {reader}, which waits for `{other}`"
        )
    }
}

/// The rooms of an entry whose places are kept while others are waited for, and which room waits for which.
#[derive(Debug, Default)]
pub(crate) struct Holds<'a> {
    pub(crate) rooms: BTreeMap<Room, Hold<'a>>,
    pub(crate) waits: BTreeSet<(Room, Room)>,
}

pub(crate) fn holds<'a>(topology: &Topology<'a>, entry: usize) -> Holds<'a> {
    let mut holds = Holds::default();
    let nodes = topology.nodes.iter().enumerate();
    let streams: Vec<usize> = nodes
        .filter(|(_, node)| node.entry == entry && is_stream(node))
        .map(|(index, _)| index)
        .collect();
    if streams.is_empty() {
        return holds;
    }
    let reach = Reach::of(topology);
    for stream in streams {
        let reader = readers(topology, stream);
        let waits: Vec<usize> = (0..topology.nodes.len())
            .filter(|other| topology.nodes[*other].entry == entry)
            .filter(|other| reader.waits_for(*other, stream, &reach))
            .filter(|other| !are_exclusive(topology, stream, *other))
            .collect();
        holds.add(topology, stream, &reader, &waits);
    }
    holds
}

impl<'a> Holds<'a> {
    fn add(&mut self, topology: &Topology<'a>, stream: usize, readers: &Readers, waits: &[usize]) {
        let own = &topology.nodes[stream];
        let own_room = room(own);
        for other in waits {
            let node = &topology.nodes[*other];
            self.waits.insert((own_room, room(node)));
        }
        let beside = waits.iter().map(|other| &topology.nodes[*other]);
        let beside: Vec<_> = beside.filter(|node| room(node) == own_room).collect();
        let kept = beside.iter().filter(|node| is_stream(node)).count();
        let waited_for = usize::from(beside.iter().any(|node| !is_stream(node)));
        let of_items = own.each.is_some() && !beside.is_empty();
        let places = if of_items {
            usize::MAX
        } else {
            1 + kept + waited_for
        };
        let Some(other) = beside
            .first()
            .copied()
            .or(waits.first().map(|other| &topology.nodes[*other]))
        else {
            return;
        };
        let hold = Hold {
            places,
            stream: own.name,
            other: other.name,
            reader: readers.last.map(|reader| topology.nodes[reader].name),
        };
        self.at(own_room, hold);
        for other in waits {
            self.at(room(&topology.nodes[*other]), Hold { places: 1, ..hold });
        }
    }

    fn at(&mut self, room: Room, hold: Hold<'a>) {
        let most = self.rooms.entry(room).or_insert(hold);
        if most.places < hold.places {
            *most = hold;
        }
    }
}

/// Who reads a stream: nodes that pass it on while they read it, and the last one, or the sender of the request.
struct Readers {
    through: Vec<usize>,
    last: Option<usize>,
}

fn readers(topology: &Topology<'_>, stream: usize) -> Readers {
    let mut readers = Readers {
        through: Vec::new(),
        last: None,
    };
    let mut from = stream;
    while let Some(reader) = reader(topology, from) {
        if !is_stream(&topology.nodes[reader]) || readers.through.contains(&reader) {
            readers.last = Some(reader);
            break;
        }
        readers.through.push(reader);
        from = reader;
    }
    readers
}

fn reader(topology: &Topology<'_>, stream: usize) -> Option<usize> {
    topology
        .edges
        .iter()
        .find_map(|edge| match (edge.from, edge.to) {
            (Endpoint::Node(from), Endpoint::Node(to)) if from == stream => Some(to),
            _ => None,
        })
}

impl Readers {
    /// Whether a stream keeps its place while the request waits for another node.
    fn waits_for(&self, other: usize, stream: usize, reach: &Reach) -> bool {
        if other == stream || reach.leads(other, stream) {
            return false; // it is over before the stream begins
        }
        let mut through = self.through.iter().chain(&self.last);
        through.any(|reader| other == *reader || reach.leads(other, *reader))
    }
}

fn is_stream(node: &Node<'_>) -> bool {
    node.method.output.starts_with("Streaming<")
}

fn are_exclusive(topology: &Topology<'_>, one: usize, other: usize) -> bool {
    match (topology.nodes[one].when, topology.nodes[other].when) {
        (Some(one), Some(other)) => one.choice == other.choice && one.arm != other.arm,
        _ => false,
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
    use serve_topology::{BoundDeployment, Edge, Entry, Method};

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
