//! The maximum number of calls that one request makes at each deployment, from the topology.

use std::collections::HashMap;

use serve_topology::{Arm, Topology};

/// The calls that one request may have in flight at a deployment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct CallsPerRequest {
    /// The number of calls that the graph fixes.
    pub(crate) calls: usize,
    /// Whether there are also calls for each item of a value.
    pub(crate) per_item: bool,
}

impl CallsPerRequest {
    fn and(self, other: CallsPerRequest) -> CallsPerRequest {
        CallsPerRequest {
            calls: self.calls + other.calls,
            per_item: self.per_item || other.per_item,
        }
    }

    fn or(self, other: CallsPerRequest) -> CallsPerRequest {
        CallsPerRequest {
            calls: self.calls.max(other.calls),
            per_item: self.per_item || other.per_item,
        }
    }

    /// The calls of `inner`, once for each of these calls.
    fn times(self, inner: CallsPerRequest) -> CallsPerRequest {
        CallsPerRequest {
            calls: self.calls * inner.calls,
            per_item: (self.per_item && inner != CallsPerRequest::default())
                || (self.calls > 0 && inner.per_item),
        }
    }
}

/// The calls at each deployment, by its path of indices: one in the topology, and then those in
/// the graphs that are bound in it.
pub(crate) fn calls_per_request(topology: &Topology<'_>) -> HashMap<Vec<usize>, CallsPerRequest> {
    let mut calls = vec![CallsPerRequest::default(); topology.deployments.len()];
    for entry in 0..topology.entries.len() {
        for (deployment, of_entry) in calls_of_entry(topology, entry).into_iter().enumerate() {
            calls[deployment] = calls[deployment].or(of_entry);
        }
    }
    // A deployment that holds handles is assumed to make one call to each of them for each call that it gets.
    for holder in (0..calls.len()).rev() {
        for handle in topology
            .handles
            .iter()
            .filter(|handle| handle.from == holder)
        {
            calls[handle.to] = calls[handle.to].and(calls[holder]);
        }
    }
    let mut all = HashMap::new();
    for (index, deployment) in topology.deployments.iter().enumerate() {
        let outer = calls[index];
        match deployment.graph {
            None => drop(all.insert(vec![index], outer)),
            Some(graph) => {
                for (mut path, inner) in calls_per_request(graph) {
                    path.insert(0, index);
                    all.insert(path, outer.times(inner));
                }
            }
        }
    }
    all
}

/// One request takes one arm of each choice.
fn calls_of_entry(topology: &Topology<'_>, entry: usize) -> Vec<CallsPerRequest> {
    let mut by_arm: HashMap<(Option<Arm>, usize), CallsPerRequest> = HashMap::new();
    for node in topology.nodes.iter().filter(|node| node.entry == entry) {
        let call = CallsPerRequest {
            calls: usize::from(node.each.is_none()),
            per_item: node.each.is_some(),
        };
        let so_far = by_arm.entry((node.when, node.deployment)).or_default();
        *so_far = so_far.and(call);
    }
    let deployments = 0..topology.deployments.len();
    let mut total: Vec<CallsPerRequest> = deployments
        .map(|deployment| by_arm.get(&(None, deployment)).copied().unwrap_or_default())
        .collect();
    if topology.choices.is_empty() {
        return total;
    }
    let mut choices: Vec<usize> = (0..topology.choices.len()).collect();
    // Inner choices before the outer choices whose arms they are in.
    choices.sort_by_key(|choice| std::cmp::Reverse(depth(topology, *choice)));
    for choice in choices {
        let of_choice = &topology.choices[choice];
        let mut largest: HashMap<usize, CallsPerRequest> = HashMap::new();
        for arm in 0..of_choice.arms.len() {
            let when = Some(Arm::new(choice, arm));
            for ((_, deployment), calls) in by_arm.iter().filter(|((at, _), _)| *at == when) {
                let so_far = largest.entry(*deployment).or_default();
                *so_far = so_far.or(*calls);
            }
        }
        for (deployment, calls) in largest {
            let so_far = by_arm.entry((of_choice.when, deployment)).or_default();
            *so_far = so_far.and(calls);
            if of_choice.when.is_none() {
                total[deployment] = total[deployment].and(calls);
            }
        }
    }
    total
}

/// The number of choices that this one is nested in.
fn depth(topology: &Topology<'_>, choice: usize) -> usize {
    let outer = |choice: &usize| topology.choices[*choice].when.map(|arm| arm.choice);
    std::iter::successors(Some(choice), outer).count()
}

#[cfg(test)]
mod tests {
    use serve_topology::{
        BoundDeployment, Choice, Entry, Execution, HandleEdge, Method, Node, Options,
    };

    use super::*;

    fn deployment<'a>(graph: Option<&'a Topology<'a>>) -> BoundDeployment<'a> {
        BoundDeployment::new("D", "d", "D")
            .options(Options::DEFAULT)
            .graph(graph)
    }

    const ENTRY: Entry<'static> = Entry::new("/", "()");

    fn node(deployment: usize, when: Option<Arm>, each: Option<usize>) -> Node<'static> {
        let method = Method::new("run", Execution::Compute).output("()");
        let mut node = Node::new("d.run", 0, deployment, method);
        (node.when, node.each) = (when, each);
        node
    }

    fn calls(of: &HashMap<Vec<usize>, CallsPerRequest>, path: &[usize]) -> (usize, bool) {
        let of = of[path];
        (of.calls, of.per_item)
    }

    #[test]
    fn the_arm_of_a_choice_with_the_largest_number_of_calls_counts() {
        let choice = |arms| Choice::new("match x", 0, arms);
        let arm = |choice, arm| Some(Arm::new(choice, arm));
        let of = calls_per_request(
            &Topology::new("g")
                .entries(&[ENTRY])
                .deployments(&[deployment(None), deployment(None)])
                .choices(&[
                    choice(&["a", "b"]),
                    choice(&["c", "d"]).when(Arm::new(0, 1)),
                ])
                .nodes(&[
                    node(0, None, None),
                    node(0, arm(0, 0), None),
                    node(0, arm(0, 1), None),
                    node(0, arm(1, 0), None),
                    node(1, arm(1, 1), None),
                ]),
        );
        assert_eq!(calls(&of, &[0]), (3, false));
        assert_eq!(calls(&of, &[1]), (1, false));
    }

    #[test]
    fn handles_and_items_and_graphs_in_graphs_count() {
        let of = calls_per_request(
            &Topology::new("g")
                .entries(&[ENTRY])
                .deployments(&[
                    deployment(None),
                    deployment(None),
                    deployment(Some(
                        &Topology::new("inner")
                            .entries(&[ENTRY])
                            .deployments(&[deployment(None)])
                            .nodes(&[node(0, None, None), node(0, None, None)]),
                    )),
                ])
                .handles(&[HandleEdge::new(1, 0)])
                .nodes(&[
                    node(1, None, None),
                    node(0, None, Some(0)),
                    node(2, None, None),
                ]),
        );
        assert_eq!(calls(&of, &[0]), (1, true));
        assert_eq!(calls(&of, &[1]), (1, false));
        assert_eq!(calls(&of, &[2, 0]), (2, false));
    }

    #[test]
    fn the_entry_with_the_largest_number_of_calls_counts() {
        let of_second = |node: Node<'static>| node.entry(1);
        let choice = |entry| Choice::new("match x", entry, &["a", "b"]);
        let arm = |choice| Some(Arm::new(choice, 0));
        let of = calls_per_request(
            &Topology::new("g")
                .entries(&[ENTRY, ENTRY])
                .deployments(&[deployment(None), deployment(None)])
                .choices(&[choice(0), choice(1)])
                .nodes(&[
                    node(0, None, None),
                    node(0, arm(0), None),
                    of_second(node(0, None, None)),
                    of_second(node(0, arm(1), None)),
                    of_second(node(0, arm(1), None)),
                    of_second(node(1, None, None)),
                ]),
        );
        assert_eq!(calls(&of, &[0]), (3, false));
        assert_eq!(calls(&of, &[1]), (1, false));
    }

    #[test]
    fn handles_of_handles_count() {
        let of = calls_per_request(
            &Topology::new("g")
                .entries(&[ENTRY])
                .deployments(&[deployment(None), deployment(None), deployment(None)])
                .handles(&[HandleEdge::new(1, 0), HandleEdge::new(2, 1)])
                .nodes(&[node(2, None, None)]),
        );
        assert_eq!([0, 1, 2].map(|at| calls(&of, &[at])), [(1, false); 3]);
    }

    /// The calls of an inner graph, which an outer graph calls.
    fn within(outer: &[Node<'_>], inner: &[Node<'_>]) -> (usize, bool) {
        let deployments = [deployment(None)];
        let inner = Topology::new("inner")
            .entries(&[ENTRY])
            .deployments(&deployments)
            .nodes(inner);
        let deployments = [deployment(Some(&inner))];
        let outer = Topology::new("outer")
            .entries(&[ENTRY])
            .deployments(&deployments)
            .nodes(outer);
        calls(&calls_per_request(&outer), &[0, 0])
    }

    #[test]
    fn the_calls_of_an_inner_graph_are_multiplied_by_the_calls_to_it() {
        let (once, each) = (node(0, None, None), node(0, None, Some(0)));
        assert_eq!(within(&[once, once], &[once, once, once]), (6, false));
        assert_eq!(within(&[each], &[once]), (0, true));
        assert_eq!(within(&[once], &[each]), (0, true));
        assert_eq!(within(&[], &[each]), (0, false));
        assert_eq!(within(&[each], &[]), (0, false));
    }
}
