//! One graph in a scene, and the graphs that are bound in it.

use std::collections::{HashMap, HashSet};

use super::{
    End, Link, LinkKind, Scene,
    interface::{Call, Interface},
};
use crate::{
    BoundDeployment, Edge, Endpoint, Entry, Node, Topology,
    render::{
        cluster::Cluster,
        figure::{Figure, Reach},
        text::one_line,
    },
};

/// Adds a graph's figures, clusters and links to the scene; of a graph that is called, those of the entry that the
/// call uses.
pub(super) fn draw(
    scene: &mut Scene,
    topology: &Topology<'_>,
    call: Option<Call<'_>>,
    prefix: &str,
    within: Option<usize>,
) -> Interface {
    let mut graph = Graph {
        topology,
        scene,
        call,
        prefix,
        within,
        ends: HashMap::new(),
        calls: HashMap::new(),
        each: HashMap::new(),
        starts: HashMap::new(),
        deployments: HashMap::new(),
    };
    graph.inputs();
    graph.nodes();
    graph.choices();
    graph.deployments();
    graph.outputs();
    graph.values();
    graph.starts();
    graph.handles();
    call.map_or_else(Interface::default, |call| {
        Interface::of(&call, topology, &graph.ends)
    })
}

struct Graph<'a, 's> {
    topology: &'a Topology<'a>,
    scene: &'s mut Scene,
    /// The call of a bound graph, if it is known which entry it uses.
    call: Option<Call<'s>>,
    /// The prefix of the ids of a bound graph.
    prefix: &'s str,
    /// The cluster of a bound graph.
    within: Option<usize>,
    /// Where the ends of edges are drawn.
    ends: HashMap<Endpoint, End>,
    /// Inside of the nodes that call a bound graph.
    calls: HashMap<usize, Interface>,
    /// The clusters of the fan-outs.
    each: HashMap<usize, usize>,
    /// The figure of an entry without parameters, by entry.
    starts: HashMap<usize, End>,
    /// The figure of a deployment: that of its first node, or its own.
    deployments: HashMap<usize, End>,
}

impl<'a> Graph<'a, '_> {
    fn add(&mut self, figure: Figure, within: Option<usize>) -> End {
        self.scene.figures.push(Figure { within, ..figure });
        End::Figure(self.scene.figures.len() - 1)
    }

    fn frame(&mut self, cluster: Cluster) -> usize {
        self.scene.clusters.push(cluster);
        self.scene.clusters.len() - 1
    }

    fn link(&mut self, from: End, to: End, kind: LinkKind) {
        self.scene.links.push(Link { from, to, kind });
    }

    fn id(&self, rest: impl std::fmt::Display) -> String {
        format!("{}{rest}", self.prefix)
    }

    /// Whether an entry is shown.
    fn shows(&self, entry: usize) -> bool {
        self.call.is_none_or(|call| call.entry == entry)
    }

    fn entries(&self) -> impl Iterator<Item = (usize, &'a Entry<'a>)> + use<'a> {
        let entries = self.topology.entries.iter().enumerate();
        let call = self.call.map(|call| call.entry);
        entries.filter(move |(index, _)| call.is_none_or(|entry| entry == *index))
    }

    fn inputs(&mut self) {
        for (index, entry) in self.entries() {
            let route = self.shown_route(entry);
            for (param, it) in entry.params.iter().enumerate() {
                let id = self.id(format_args!("input_{index}_{param}"));
                let value = self.call.map_or("", |call| call.value(param));
                let figure = Figure::input(id, &format!("{}: {}", it.name, it.ty), route, value);
                let figure = self.add(figure, self.within);
                let end = Endpoint::Input {
                    entry: index,
                    param,
                };
                self.ends.insert(end, figure);
            }
            if entry.params.is_empty() {
                let id = self.id(format_args!("request_{index}"));
                let figure = self.add(Figure::input(id, "request", route, ""), self.within);
                self.starts.insert(index, figure);
            }
        }
    }

    fn outputs(&mut self) {
        for (index, entry) in self.entries() {
            let id = self.id(format_args!("output_{index}"));
            let figure = Figure::output(id, entry.output, self.shown_route(entry));
            let figure = self.add(figure, self.within);
            self.ends.insert(Endpoint::Output(index), figure);
        }
    }

    /// The entry's route, if it is worth showing: not for `/` alone, and not inside of another graph, where an
    /// entry is called and not served.
    fn shown_route(&self, entry: &Entry<'a>) -> &'a str {
        let is_served = self.within.is_none() && entry.route != "/";
        let is_one_of_several = self.call.is_none() && self.topology.entries.len() > 1;
        if is_one_of_several || is_served {
            entry.route
        } else {
            ""
        }
    }

    fn nodes(&mut self) {
        let nodes = self.topology.nodes.iter().enumerate();
        let nodes = nodes.filter(|(_, node)| self.shows(node.entry));
        let nodes: Vec<_> = nodes.collect();
        let mut calls = HashMap::new();
        for (_, node) in &nodes {
            *calls.entry(node.deployment).or_insert(0) += 1;
        }
        let held = self.topology.handles.iter().map(|handle| handle.to);
        let held: HashSet<usize> = held.collect();
        for (index, node) in nodes {
            let id = self.id(format_args!("node_{index}"));
            let within = self.cluster(node.each);
            let reach = Reach {
                calls: calls[&node.deployment],
                by_handle: held.contains(&node.deployment),
            };
            let bound = self.topology.deployments.get(node.deployment);
            let end = match bound.and_then(|bound| Some((bound, bound.graph?))) {
                Some((bound, graph)) => {
                    let call = Call::of(node, bound, graph);
                    let heading = heading(node, bound, graph);
                    let cluster =
                        Cluster::graph(id.clone(), heading, bound, graph, reach.calls, within);
                    let cluster = self.frame(cluster);
                    let inside = draw(self.scene, graph, call, &format!("{id}_"), Some(cluster));
                    self.calls.insert(index, inside);
                    End::Cluster(cluster)
                }
                None => self.add(Figure::call(id, node, bound, reach), within),
            };
            self.ends.insert(Endpoint::Node(index), end);
            self.deployments.entry(node.deployment).or_insert(end);
        }
    }

    /// The cluster of the calls for each item of a fan-out.
    fn cluster(&mut self, each: Option<usize>) -> Option<usize> {
        let fan_out = each.and_then(|index| Some((index, self.topology.fan_outs.get(index)?)));
        let Some((index, fan_out)) = fan_out else {
            return self.within;
        };
        if let Some(&cluster) = self.each.get(&index) {
            return Some(cluster);
        }
        // A fan-out comes after the one that it is in; another order would never end.
        let within = self.cluster(fan_out.each.filter(|&outer| outer < index));
        let id = self.id(format_args!("each_{index}"));
        let cluster = self.frame(Cluster::each(id, fan_out, within));
        self.each.insert(index, cluster);
        Some(cluster)
    }

    fn choices(&mut self) {
        let choices = self.topology.choices.iter().enumerate();
        for (index, choice) in choices {
            if !self.shows(choice.entry) {
                continue;
            }
            let within = self.cluster(choice.each);
            let id = self.id(format_args!("choice_{index}"));
            let figure = self.add(Figure::choice(id, choice), within);
            self.ends.insert(Endpoint::Choice(index), figure);
        }
    }

    /// The deployments that no node calls; of a call, those that it reaches through handles.
    fn deployments(&mut self) {
        let reached = self.reached();
        for (index, bound) in self.topology.deployments.iter().enumerate() {
            let is_shown = self.call.is_none() || reached.contains(&index);
            if !is_shown || self.deployments.contains_key(&index) {
                continue;
            }
            let id = self.id(format_args!("deployment_{index}"));
            let end = match bound.graph {
                Some(graph) => {
                    let heading = bound.variable;
                    let cluster = Cluster::graph(id.clone(), heading, bound, graph, 1, self.within);
                    let cluster = self.frame(cluster);
                    draw(self.scene, graph, None, &format!("{id}_"), Some(cluster));
                    End::Cluster(cluster)
                }
                None => self.add(Figure::deployment(id, bound), self.within),
            };
            self.deployments.insert(index, end);
        }
    }

    /// The deployments that nodes call, and those that these call through handles.
    fn reached(&self) -> HashSet<usize> {
        let mut reached: HashSet<usize> = self.deployments.keys().copied().collect();
        let mut open: Vec<usize> = reached.iter().copied().collect();
        while let Some(holder) = open.pop() {
            let handles = self.topology.handles.iter();
            for handle in handles.filter(|handle| handle.from == holder) {
                if reached.insert(handle.to) {
                    open.push(handle.to);
                }
            }
        }
        reached
    }

    fn values(&mut self) {
        for edge in self.topology.edges {
            if let (Some(from), Some(to)) = (self.source(edge), self.target(edge)) {
                let (ty, label) = (one_line(edge.ty), one_line(edge.label));
                let kind = match edge.from {
                    Endpoint::Choice(_) if ty.is_empty() => LinkKind::Arm { label },
                    _ => LinkKind::Value { ty, label },
                };
                self.link(from, to, kind);
            }
        }
    }

    /// The start of an edge's line: for a bound graph, its answer.
    fn source(&self, edge: &Edge<'_>) -> Option<End> {
        let answer = match edge.from {
            Endpoint::Node(node) => self.calls.get(&node).and_then(|inside| inside.output),
            _ => None,
        };
        answer.or_else(|| self.ends.get(&edge.from).copied())
    }

    /// The end of an edge's line: for a bound graph, its input; its frame, if the edge only starts the call or the
    /// entry is not known.
    fn target(&self, edge: &Edge<'_>) -> Option<End> {
        let input = match (edge.to, edge.param) {
            (Endpoint::Node(node), Some(param)) => {
                self.calls.get(&node).and_then(|inside| inside.input(param))
            }
            _ => None,
        };
        input.or_else(|| self.ends.get(&edge.to).copied())
    }

    /// Without parameters, no value comes from the request: a call that waits for nothing starts with it.
    fn starts(&mut self) {
        let waiting: HashSet<Endpoint> = self.topology.edges.iter().map(|edge| edge.to).collect();
        let nodes = self.topology.nodes.iter().enumerate();
        let nodes = nodes.map(|(index, node)| (node.entry, Endpoint::Node(index)));
        let choices = self.topology.choices.iter().enumerate();
        let choices = choices.map(|(index, choice)| (choice.entry, Endpoint::Choice(index)));
        let outputs =
            (0..self.topology.entries.len()).map(|entry| (entry, Endpoint::Output(entry)));
        for (entry, end) in nodes.chain(choices).chain(outputs) {
            if let (Some(&from), Some(&to)) = (self.starts.get(&entry), self.ends.get(&end))
                && !waiting.contains(&end)
            {
                self.link(from, to, LinkKind::Start);
            }
        }
    }

    fn handles(&mut self) {
        for handle in self.topology.handles {
            let from = self.deployments.get(&handle.from);
            if let (Some(&from), Some(&to)) = (from, self.deployments.get(&handle.to)) {
                self.link(from, to, LinkKind::Handle);
            }
        }
    }
}

/// The heading of a bound graph: of several entries, with the one that is called.
fn heading<'n>(node: &Node<'n>, bound: &BoundDeployment<'n>, graph: &Topology<'_>) -> &'n str {
    match graph.entries.len() {
        0 | 1 => bound.variable,
        _ => node.name,
    }
}
