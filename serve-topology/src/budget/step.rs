//! The finish times of the steps of a request, if each starts as soon as those before it have finished.

use crate::{Endpoint, Topology};

/// No step.
pub(super) const NONE: usize = usize::MAX;

/// The finish time of a node or a choice. The functions of this module work on a list of these, the nodes
/// first.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// Its duration, in nanoseconds.
    pub(super) takes: u64,
    /// Its finish time, counted from the start of the request.
    pub(super) done: u64,
    /// The last of the steps that it waits for; after a path is chosen, the next one on it.
    pub(super) link: usize,
}

impl Step {
    /// A step of which nothing is known yet.
    pub const NEW: Step = Step {
        takes: 0,
        done: 0,
        link: NONE,
    };
}

/// Moves every step behind those that it waits for. `false` if no step had to move.
pub(super) const fn wait(topology: &Topology<'_>, own: &mut [Step]) -> bool {
    let nodes = topology.nodes.len();
    let mut moved = false;
    let mut i = 0;
    while i < topology.edges.len() {
        let edge = &topology.edges[i];
        let (from, to) = (step(edge.from, nodes), step(edge.to, nodes));
        moved |= wait_for_choice(topology, own, from);
        moved |= wait_for(own, from, to);
        i += 1;
    }
    i = 0;
    while i < own.len() {
        moved |= wait_for_choice(topology, own, i);
        i += 1;
    }
    moved
}

/// A step in an arm of a choice waits for the choice, even if no value comes from it.
const fn wait_for_choice(topology: &Topology<'_>, own: &mut [Step], step: usize) -> bool {
    let nodes = topology.nodes.len();
    let when = if step == NONE {
        None
    } else if step < nodes {
        topology.nodes[step].when
    } else {
        topology.choices[step - nodes].when
    };
    match when {
        Some(arm) => {
            let choice = nodes + arm.choice;
            wait_for_choice(topology, own, choice) | wait_for(own, choice, step)
        }
        None => false,
    }
}

const fn wait_for(own: &mut [Step], before: usize, after: usize) -> bool {
    if before == NONE || after == NONE {
        return false;
    }
    let done = own[before].done.saturating_add(own[after].takes);
    let Step {
        done: so_far, link, ..
    } = own[after];
    let later = done > so_far;
    if later || (done == so_far && link == NONE) {
        own[after].done = done;
        own[after].link = before;
    }
    later
}

const fn step(end: Endpoint, nodes: usize) -> usize {
    match end {
        Endpoint::Node(node) => node,
        Endpoint::Choice(choice) => nodes + choice,
        Endpoint::Input { .. } | Endpoint::Output(_) => NONE,
    }
}

/// Reverses the links, so that they lead to `last`; returns the first step.
pub(super) const fn reverse(own: &mut [Step], last: usize) -> usize {
    let (mut at, mut after) = (last, NONE);
    while at != NONE {
        let before = own[at].link;
        own[at].link = after;
        (after, at) = (at, before);
    }
    after
}
