//! The time of the work after each node: the longest path that every request has to take.

use serve_topology::{Arm, Endpoint, Topology};

/// The paths of a graph. Its steps are the nodes, followed by the choices.
pub(crate) struct Paths {
    /// By step: the time of the work after it.
    after: Vec<u64>,
    /// By choice and arm: the time of the longest path within that arm.
    arms: Vec<Vec<u64>>,
    /// Edges from a step to one that every request reaches after it.
    certain: Vec<(usize, usize)>,
    /// Edges from a choice and one of its arms to a step in that arm.
    in_arm: Vec<(Arm, usize)>,
}

impl Paths {
    pub(crate) fn new(topology: &Topology<'_>) -> Self {
        let nodes = topology.nodes.len();
        let steps = nodes + topology.choices.len();
        let edges = topology.edges.iter();
        let edges = edges.filter_map(|edge| Some((step(edge.from, nodes)?, step(edge.to, nodes)?)));
        let certain = edges.filter(|(from, to)| {
            let arm = arm_of(topology, *to);
            arm.is_none_or(|arm| is_in(topology, *from, arm))
        });
        let mut certain: Vec<_> = certain.collect();
        // The last steps are handled first, so that one round is enough for most graphs.
        certain.sort_by_key(|(from, _)| std::cmp::Reverse(*from));
        Paths {
            after: vec![0; steps],
            arms: topology
                .choices
                .iter()
                .map(|it| vec![0; it.arms.len()])
                .collect(),
            in_arm: (0..steps)
                .filter_map(|step| Some((arm_of(topology, step)?, step)))
                .collect(),
            certain,
        }
    }

    /// The time of the work after each node, given the time of each node.
    pub(crate) fn after(
        &mut self,
        topology: &Topology<'_>,
        takes: impl Fn(usize) -> u64,
    ) -> &[u64] {
        let nodes = topology.nodes.len();
        let takes: Vec<u64> = (0..nodes).map(takes).collect();
        let whole = |after: &[u64], step: usize| {
            takes
                .get(step)
                .copied()
                .unwrap_or(0)
                .saturating_add(after[step])
        };
        self.after.fill(0);
        self.arms.iter_mut().for_each(|arms| arms.fill(0));
        // No path has more edges than there are steps.
        for _ in 0..self.after.len() {
            let mut moved = false;
            for (from, to) in &self.certain {
                let after = whole(&self.after, *to);
                moved |= raise(&mut self.after[*from], after);
            }
            for (arm, step) in &self.in_arm {
                let after = whole(&self.after, *step);
                raise(&mut self.arms[arm.choice][arm.arm], after);
            }
            for (choice, arms) in self.arms.iter().enumerate() {
                // A request takes one of the arms, so only the time of the shortest one is certain.
                let least = arms.iter().copied().min().unwrap_or(0);
                moved |= raise(&mut self.after[nodes + choice], least);
            }
            if !moved {
                break;
            }
        }
        &self.after[..nodes]
    }
}

fn raise(value: &mut u64, to: u64) -> bool {
    let raised = *value < to;
    *value = to.max(*value);
    raised
}

fn step(end: Endpoint, nodes: usize) -> Option<usize> {
    match end {
        Endpoint::Node(node) => Some(node),
        Endpoint::Choice(choice) => Some(nodes + choice),
        Endpoint::Input { .. } | Endpoint::Output(_) => None,
    }
}

/// The arm that a step is in.
fn arm_of(topology: &Topology<'_>, step: usize) -> Option<Arm> {
    let nodes = topology.nodes.len();
    match topology.nodes.get(step) {
        Some(node) => node.when,
        None => topology.choices.get(step - nodes)?.when,
    }
}

/// Whether every request that reaches a step has taken that arm.
fn is_in(topology: &Topology<'_>, step: usize, wanted: Arm) -> bool {
    match arm_of(topology, step) {
        None => false,
        Some(arm) if arm == wanted => true,
        Some(arm) => is_in(topology, topology.nodes.len() + arm.choice, wanted),
    }
}
