//! Which nodes a stream keeps its place for.

use super::is_stream;
use crate::{Endpoint, Node, Topology};

/// What is known of a node, or of a choice, beside one stream.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    /// It has ended before the stream begins.
    before_stream: bool,
    /// The stream's reader starts after it, or is it.
    before_reader: bool,
    is_waited_for: bool,
}

impl Mark {
    /// A node of which nothing is known yet.
    pub const NEW: Mark = Mark {
        before_stream: false,
        before_reader: false,
        is_waited_for: false,
    };

    /// The number of marks that the functions of this module need to work on.
    pub const fn count(topology: &Topology<'_>) -> usize {
        topology.nodes.len() + topology.choices.len()
    }

    /// Marks the nodes around a stream; there are [`Mark::count`] of them.
    pub const fn around(topology: &Topology<'_>, stream: usize, marks: &mut [Mark]) {
        let mut i = 0;
        while i < marks.len() {
            marks[i] = Mark::NEW;
            i += 1;
        }
        marks[stream].before_stream = true;
        let mut at = stream;
        // A stream that is passed on keeps its place until the last of its readers starts.
        while let Some(reader) = reader(topology, at) {
            if marks[reader].before_reader {
                break;
            }
            marks[reader].before_reader = true;
            at = reader;
            if !is_stream(&topology.nodes[reader]) {
                break;
            }
        }
        while spread(topology, marks) {}
        let own = &topology.nodes[stream];
        i = 0;
        while i < topology.nodes.len() {
            let node = &topology.nodes[i];
            marks[i].is_waited_for = marks[i].before_reader
                && !marks[i].before_stream
                && node.entry == own.entry
                && !are_exclusive(own, node);
            i += 1;
        }
    }

    /// Whether the stream keeps its place while the request waits for this node.
    pub const fn is_waited_for(&self) -> bool {
        self.is_waited_for
    }
}

/// Marks what comes directly before something that is marked. `false` if nothing new is marked. Edges are in the order
/// of their targets, so that one pass from the last to the first usually marks all.
const fn spread(topology: &Topology<'_>, marks: &mut [Mark]) -> bool {
    let mut is_new = false;
    let mut i = topology.edges.len();
    while i > 0 {
        i -= 1;
        let edge = &topology.edges[i];
        let Some(to) = index(topology, edge.to) else {
            continue;
        };
        let after = marks[to];
        // Most edges lead elsewhere: rustc warns of a constant that takes many steps.
        if !after.before_reader && !after.before_stream {
            continue;
        }
        if let Some(from) = index(topology, edge.from) {
            let before = marks[from];
            marks[from].before_stream |= after.before_stream;
            marks[from].before_reader |= after.before_reader;
            is_new |= (after.before_stream && !before.before_stream)
                || (after.before_reader && !before.before_reader);
        }
    }
    is_new
}

const fn index(topology: &Topology<'_>, end: Endpoint) -> Option<usize> {
    match end {
        Endpoint::Node(node) => Some(node),
        Endpoint::Choice(choice) => Some(topology.nodes.len() + choice),
        Endpoint::Input { .. } | Endpoint::Output(_) => None,
    }
}

/// The node that reads a stream in the end; `None` if the sender of the request does.
pub const fn last_reader(topology: &Topology<'_>, stream: usize) -> Option<usize> {
    let mut at = stream;
    let mut steps = 0;
    while let Some(reader) = reader(topology, at) {
        at = reader;
        steps += 1;
        if !is_stream(&topology.nodes[reader]) || steps > topology.nodes.len() {
            return Some(reader);
        }
    }
    None
}

/// The node that a value is passed to; a stream has one.
const fn reader(topology: &Topology<'_>, stream: usize) -> Option<usize> {
    let mut i = 0;
    while i < topology.edges.len() {
        let edge = &topology.edges[i];
        if let (Endpoint::Node(from), Endpoint::Node(to)) = (edge.from, edge.to)
            && from == stream
        {
            return Some(to);
        }
        i += 1;
    }
    None
}

/// Whether a request makes at most one of two calls.
pub const fn are_exclusive(one: &Node<'_>, other: &Node<'_>) -> bool {
    match (one.when, other.when) {
        (Some(one), Some(other)) => one.choice == other.choice && one.arm != other.arm,
        _ => false,
    }
}
