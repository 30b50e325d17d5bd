//! What comes after each node: the longest path of what nodes take, where a request has to go it.

use serve_topology::{Arm, Endpoint, Topology};

/// The paths of a graph; steps are its nodes, and after them its choices.
pub(crate) struct Paths {
    /// By step: what comes after it.
    after: Vec<u64>,
    /// By choice and arm: the longest that follows on that way alone.
    ways: Vec<Vec<u64>>,
    /// From a step to one that each request comes to that comes to the first.
    certain: Vec<(usize, usize)>,
    /// From a choice, and one of its arms, to a step on that way.
    on_way: Vec<(Arm, usize)>,
}

impl Paths {
    pub(crate) fn new(topology: &Topology<'_>) -> Self {
        let nodes = topology.nodes.len();
        let steps = nodes + topology.choices.len();
        let edges = topology.edges.iter();
        let edges = edges.filter_map(|edge| Some((step(edge.from, nodes)?, step(edge.to, nodes)?)));
        let certain = edges.filter(|(from, to)| {
            let way = way(topology, *to);
            way.is_none_or(|way| is_on(topology, *from, way))
        });
        let mut certain: Vec<_> = certain.collect();
        // What comes last is looked at first, so that one round does for most graphs.
        certain.sort_by_key(|(from, _)| std::cmp::Reverse(*from));
        Paths {
            after: vec![0; steps],
            ways: topology
                .choices
                .iter()
                .map(|it| vec![0; it.arms.len()])
                .collect(),
            on_way: (0..steps)
                .filter_map(|step| Some((way(topology, step)?, step)))
                .collect(),
            certain,
        }
    }

    /// What comes after each node, given what each takes.
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
        self.ways.iter_mut().for_each(|ways| ways.fill(0));
        // No path is longer than there are steps.
        for _ in 0..self.after.len() {
            let mut moved = false;
            for (from, to) in &self.certain {
                let after = whole(&self.after, *to);
                moved |= raise(&mut self.after[*from], after);
            }
            for (arm, step) in &self.on_way {
                let after = whole(&self.after, *step);
                raise(&mut self.ways[arm.choice][arm.arm], after);
            }
            for (choice, ways) in self.ways.iter().enumerate() {
                // A request goes one of them: the shortest is certain.
                let least = ways.iter().copied().min().unwrap_or(0);
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

/// The way that a step is on.
fn way(topology: &Topology<'_>, step: usize) -> Option<Arm> {
    let nodes = topology.nodes.len();
    match topology.nodes.get(step) {
        Some(node) => node.when,
        None => topology.choices.get(step - nodes)?.when,
    }
}

/// Whether a request that comes to a step has gone that way.
fn is_on(topology: &Topology<'_>, step: usize, wanted: Arm) -> bool {
    match way(topology, step) {
        None => false,
        Some(way) if way == wanted => true,
        Some(way) => is_on(topology, topology.nodes.len() + way.choice, wanted),
    }
}
