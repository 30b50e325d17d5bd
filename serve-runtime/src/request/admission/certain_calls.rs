//! The calls that every request of an entry makes, and how many of them can be in flight at one time.

use std::collections::{BTreeMap, HashMap};

use serve_topology::holds::{are_exclusive, last_reader};
use serve_topology::{Arm, Endpoint, Topology};

/// For each deployment that every request of an entry calls: the largest number of those calls that can be in flight at
/// one time. It is found by its path of indices: one in the topology, then those in the graphs that are bound in it.
///
/// A chain of calls counts one, whatever its length, and a fan-out counts one, whatever its items. Arms of a
/// choice count only what all of them call, and calls through handles do not count: whether they are made is not known.
pub(crate) fn certain_calls(topology: &Topology<'_>, entry: usize) -> HashMap<Vec<usize>, usize> {
    let mut all = HashMap::new();
    for (deployment, (calls, methods)) in of_entry(topology, entry) {
        // A bound graph may have a limit of its own.
        all.insert(vec![deployment], calls);
        let Some(graph) = topology.deployments[deployment].graph else {
            continue;
        };
        for (mut path, inner) in of_inner(graph, &methods) {
            path.insert(0, deployment);
            all.insert(path, inner);
        }
    }
    all
}

/// The number of calls at one time, and the names of the methods that are called, with how often each.
type OfDeployment<'a> = (usize, BTreeMap<&'a str, usize>);

/// The calls in a graph that is called by the names of its entries.
fn of_inner(graph: &Topology<'_>, methods: &BTreeMap<&str, usize>) -> HashMap<Vec<usize>, usize> {
    let mut all = HashMap::new();
    for (method, calls) in methods {
        let Some(entry) = serve_topology::entry_called(graph, method) else {
            continue;
        };
        for (path, inner) in certain_calls(graph, entry) {
            *all.entry(path).or_default() += calls * inner;
        }
    }
    all
}

fn of_entry<'a>(topology: &Topology<'a>, entry: usize) -> BTreeMap<usize, OfDeployment<'a>> {
    let reach = Reach::of(topology);
    let mut certain = BTreeMap::new();
    for deployment in 0..topology.deployments.len() {
        let mut calls: Vec<usize> = Vec::new();
        let mut fan_outs = Vec::new();
        let nodes = topology.nodes.iter().enumerate();
        for (index, node) in
            nodes.filter(|(_, node)| (node.entry, node.deployment) == (entry, deployment))
        {
            if node.when.is_some() {
                continue;
            }
            match node.each.map(|each| outermost(topology, each)) {
                None => calls.push(index),
                Some(fan_out) if !fan_outs.contains(&fan_out) => {
                    fan_outs.push(fan_out);
                    calls.push(index);
                }
                Some(_) => {}
            }
        }
        let at_one_time = match calls.is_empty() {
            false => reach.most_at_one_time(&calls),
            true => usize::from(in_every_arm(topology, entry, deployment, None)),
        };
        if at_one_time > 0 {
            // Only the entries of a bound graph are told apart.
            let mut by_method: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
            for call in calls
                .iter()
                .filter(|_| topology.deployments[deployment].graph.is_some())
            {
                let name = topology.nodes[*call].method.name;
                by_method.entry(name).or_default().push(*call);
            }
            let methods = by_method.into_iter();
            let methods = methods.map(|(name, calls)| (name, reach.most_at_one_time(&calls)));
            certain.insert(deployment, (at_one_time, methods.collect()));
        }
    }
    certain
}

/// Whether every way through some choice calls a deployment.
fn in_every_arm(
    topology: &Topology<'_>,
    entry: usize,
    deployment: usize,
    when: Option<Arm>,
) -> bool {
    let choices = topology.choices.iter().enumerate();
    let mut choices = choices.filter(|(_, choice)| (choice.entry, choice.when) == (entry, when));
    choices.any(|(index, choice)| {
        (0..choice.arms.len()).all(|arm| {
            let arm = Some(Arm::new(index, arm));
            let mut nodes = topology.nodes.iter();
            nodes.any(|node| (node.when, node.deployment) == (arm, deployment))
                || in_every_arm(topology, entry, deployment, arm)
        })
    })
}

fn outermost(topology: &Topology<'_>, fan_out: usize) -> usize {
    let outer = |fan_out: &usize| topology.fan_outs[*fan_out].each;
    std::iter::successors(Some(fan_out), outer)
        .last()
        .unwrap_or(fan_out)
}

/// Which calls can only be made after which others.
pub(super) struct Reach(Vec<Vec<bool>>);

impl Reach {
    pub(super) fn of(topology: &Topology<'_>) -> Self {
        let nodes = topology.nodes.len();
        let index = |end: Endpoint| match end {
            Endpoint::Node(node) => Some(node),
            Endpoint::Choice(choice) => Some(nodes + choice),
            Endpoint::Input { .. } | Endpoint::Output(_) => None,
        };
        let ends = nodes + topology.choices.len();
        let mut after = vec![Vec::new(); ends];
        for edge in topology.edges {
            if let (Some(from), Some(to)) = (index(edge.from), index(edge.to)) {
                after[from].push(to);
            }
        }
        let reached = |from: usize| {
            let (mut seen, mut open) = (vec![false; ends], vec![from]);
            while let Some(at) = open.pop() {
                for &next in &after[at] {
                    if !std::mem::replace(&mut seen[next], true) {
                        open.push(next);
                    }
                }
            }
            seen.truncate(nodes);
            seen
        };
        Reach((0..nodes).map(reached).collect())
    }

    /// Whether a request can have both of two streams, neither of which has been read.
    pub(super) fn are_at_one_time(
        &self,
        topology: &Topology<'_>,
        one: usize,
        other: usize,
    ) -> bool {
        let is_read_before = |one: usize, other: usize| {
            last_reader(topology, one).is_some_and(|reader| self.0[reader][other])
        };
        let nodes = topology.nodes;
        !are_exclusive(&nodes[one], &nodes[other])
            && !is_read_before(one, other)
            && !is_read_before(other, one)
    }

    /// The size of the largest set of calls none of which follows another: by Dilworth's theorem the number of
    /// calls without the pairs of a largest matching of earlier with later ones.
    fn most_at_one_time(&self, calls: &[usize]) -> usize {
        let mut earlier_of: Vec<Option<usize>> = vec![None; calls.len()];
        let matched = (0..calls.len())
            .filter(|call| {
                self.match_with_later(*call, calls, &mut earlier_of, &mut vec![false; calls.len()])
            })
            .count();
        calls.len() - matched
    }

    fn match_with_later(
        &self,
        earlier: usize,
        calls: &[usize],
        earlier_of: &mut [Option<usize>],
        tried: &mut [bool],
    ) -> bool {
        for later in 0..calls.len() {
            if !self.0[calls[earlier]][calls[later]] || std::mem::replace(&mut tried[later], true) {
                continue;
            }
            let free = match earlier_of[later] {
                None => true,
                Some(other) => self.match_with_later(other, calls, earlier_of, tried),
            };
            if free {
                earlier_of[later] = Some(earlier);
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use serve_topology::{
        BoundDeployment, Choice, Edge, Entry, Execution, FanOut, HandleEdge, Method, Node, Options,
    };

    use super::*;

    const ENTRY: Entry<'static> = Entry::new("/run", "()").method("run");

    fn deployment<'a>(graph: Option<&'a Topology<'a>>) -> BoundDeployment<'a> {
        BoundDeployment::new("D", "d", "D")
            .options(Options::DEFAULT)
            .graph(graph)
    }

    fn node(deployment: usize) -> Node<'static> {
        let method = Method::new("run", Execution::Compute).output("()");
        Node::new("d.run", 0, deployment, method)
    }

    fn edge(from: usize, to: usize) -> Edge<'static> {
        Edge::new(Endpoint::Node(from), Endpoint::Node(to), "")
    }

    #[test]
    fn a_chain_counts_one_and_calls_beside_each_other_count_all() {
        let deployments = [deployment(None)];
        let nodes = [node(0), node(0), node(0), node(0)];
        let topology = Topology::new("g")
            .entries(&[ENTRY])
            .deployments(&deployments)
            .nodes(&nodes);
        let calls = |edges: &[Edge<'_>]| certain_calls(&topology.edges(edges), 0)[&vec![0]];
        assert_eq!(calls(&[]), 4);
        assert_eq!(calls(&[edge(0, 1), edge(1, 2), edge(2, 3)]), 1);
        assert_eq!(calls(&[edge(0, 1), edge(0, 2), edge(1, 3), edge(2, 3)]), 2);
        assert_eq!(calls(&[edge(0, 1), edge(2, 3)]), 2);
    }

    #[test]
    fn only_what_every_way_of_an_entry_calls_counts() {
        let arm = |arm| Arm::new(0, arm);
        let certain = |nodes: &[Node<'_>]| {
            let deployments = [deployment(None), deployment(None)];
            let choices = [Choice::new("match x", 0, &["a", "b"])];
            let topology = Topology::new("g")
                .entries(&[ENTRY, ENTRY])
                .deployments(&deployments)
                .choices(&choices)
                .nodes(nodes);
            let certain = certain_calls(&topology, 0);
            [0, 1].map(|deployment| certain.get(&vec![deployment]).copied())
        };
        let in_both = [
            node(0).when(arm(0)),
            node(0).when(arm(1)),
            node(1).when(arm(1)),
        ];
        assert_eq!(certain(&in_both), [Some(1), None]);
        assert_eq!(certain(&[node(0), node(1).entry(1)]), [Some(1), None]);
    }

    #[test]
    fn a_fan_out_counts_one_and_a_handle_none() {
        let deployments = [deployment(None), deployment(None)];
        let nodes = [node(0).each(1), node(0).each(0)];
        let fan_outs = [FanOut::new("x", "y", 0), FanOut::new("y", "z", 0).each(0)];
        let handles = [HandleEdge::new(0, 1)];
        let topology = Topology::new("g")
            .entries(&[ENTRY])
            .deployments(&deployments)
            .fan_outs(&fan_outs)
            .handles(&handles)
            .nodes(&nodes);
        let certain = certain_calls(&topology, 0);
        assert_eq!(certain, HashMap::from([(vec![0], 1)]));
    }

    #[test]
    fn the_calls_of_a_graph_in_a_graph_are_multiplied() {
        let of_inner = [deployment(None)];
        let inner_nodes = [node(0), node(0), node(0)];
        let inner = Topology::new("inner")
            .entries(&[ENTRY])
            .deployments(&of_inner)
            .nodes(&inner_nodes);
        let deployments = [deployment(Some(&inner))];
        let nodes = [node(0), node(0)];
        let outer = Topology::new("outer")
            .entries(&[ENTRY])
            .deployments(&deployments)
            .nodes(&nodes);
        let certain = certain_calls(&outer, 0);
        assert_eq!(certain[&vec![0, 0]], 6);
    }
}
