//! The longest path of a request, by the declared budgets of its deployments.

use super::step::{NONE, Step, reverse, wait};
use super::{declares_budget, is_set_at_build, nanoseconds};
use crate::entry_called;
use crate::text::Text;
use crate::{BoundDeployment, Node, Topology};

/// The path to the step of a graph that finishes last.
pub(super) struct Path<'t> {
    topology: &'t Topology<'t>,
    first: usize,
    last: usize,
    /// In nanoseconds.
    takes: u64,
}

impl<'t> Path<'t> {
    /// The longest path of an entry, or of all entries.
    pub(super) const fn longest(
        topology: &'t Topology<'t>,
        entry: Option<usize>,
        work: &mut [Step],
    ) -> Self {
        let (own, inner) = work.split_at_mut(topology.nodes.len() + topology.choices.len());
        let mut i = 0;
        while i < own.len() {
            let takes = if i < topology.nodes.len() {
                takes(topology, &topology.nodes[i], inner)
            } else {
                0
            };
            own[i] = Step {
                takes,
                done: takes,
                link: NONE,
            };
            i += 1;
        }
        // One pass is enough for steps in topological order; only a value from a choice may need more. No path
        // is longer than the number of steps.
        let mut rounds = 0;
        while rounds < own.len() && wait(topology, own) {
            rounds += 1;
        }
        let last = last(topology, entry, own);
        Path {
            topology,
            first: reverse(own, last),
            last,
            takes: if last == NONE { 0 } else { own[last].done },
        }
    }

    pub(super) const fn takes(&self) -> u64 {
        self.takes
    }

    /// The entry that the path belongs to.
    pub(super) const fn entry(&self) -> usize {
        match self.last {
            NONE => 0,
            last => self.topology.nodes[last].entry,
        }
    }

    /// Writes the sum, and the nodes on the path that count as 0.
    pub(super) const fn write(&self, work: &mut [Step], text: &mut Text) {
        self.write_sum(work, text);
        let mut at = self.first;
        let mut silent = 0;
        while at != NONE {
            if at < self.topology.nodes.len() && is_silent(self.topology, at) {
                text.push(if silent == 0 { "\nnote: `" } else { ", `" });
                text.push(self.topology.nodes[at].name);
                text.push("`");
                silent += 1;
            }
            at = work[at].link;
        }
        match silent {
            0 => {}
            1 => text.push(" has no `budget_ms` and counts as 0"),
            _ => text.push(" have no `budget_ms` and count as 0"),
        }
    }

    const fn write_sum(&self, work: &mut [Step], text: &mut Text) {
        let own = self.topology.nodes.len() + self.topology.choices.len();
        let mut at = self.first;
        let mut is_first = true;
        while at != NONE {
            let Step { takes, link, .. } = work[at];
            if takes > 0 {
                let node = &self.topology.nodes[at];
                if !is_first {
                    text.push(" + ");
                }
                is_first = false;
                text.push("`");
                text.push(node.name);
                text.push("` ");
                // Milliseconds: a million nanoseconds each.
                text.push_millionths(takes);
                if let Some(graph) = self.topology.deployments[node.deployment].graph {
                    let inner = work.split_at_mut(own).1;
                    let path = Path::longest(graph, entry_called(graph, node.method.name), inner);
                    text.push(" (");
                    path.write_sum(inner, text);
                    text.push(")");
                }
            }
            at = link;
        }
    }
}

/// The time of a node itself.
const fn takes(topology: &Topology<'_>, node: &Node<'_>, work: &mut [Step]) -> u64 {
    let deployment = &topology.deployments[node.deployment];
    match (deployment.graph, deployment.options.budget) {
        (Some(graph), _) => Path::longest(graph, entry_called(graph, node.method.name), work).takes,
        (None, Some(budget)) if !is_set_at_build(deployment, "budget_ms") => nanoseconds(budget),
        (None, _) => 0,
    }
}

/// Whether a node counts as 0 because it declares no budget.
const fn is_silent(topology: &Topology<'_>, node: usize) -> bool {
    let deployment: &BoundDeployment<'_> = &topology.deployments[topology.nodes[node].deployment];
    deployment.graph.is_none() && !declares_budget(deployment)
}

/// The node that finishes last. The answer waits for every node.
const fn last(topology: &Topology<'_>, entry: Option<usize>, own: &[Step]) -> usize {
    let mut last = NONE;
    let mut i = 0;
    while i < topology.nodes.len() {
        let counts = match entry {
            Some(entry) => topology.nodes[i].entry == entry,
            None => true,
        };
        // Of two that finish at the same time, the later one has the longer path.
        if counts && (last == NONE || own[i].done >= own[last].done) {
            last = i;
        }
        i += 1;
    }
    last
}
