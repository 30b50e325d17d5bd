//! What every picture shows, before a format decides how.

use std::collections::HashMap;

use super::{figure::Figure, text::one_line};
use crate::{Edge, Endpoint, Entry, Topology};

/// Boxes and the links between them.
pub(super) struct Scene {
    /// In the order that a reader expects: inputs, calls, deployments without a call, answers.
    pub(super) figures: Vec<Figure>,
    /// Values in the topology's order, then starts, then handles. Their ends are always figures
    /// of the scene.
    pub(super) links: Vec<Link>,
}

/// A line between two boxes.
pub(super) struct Link {
    /// An index into [`Scene::figures`].
    pub(super) from: usize,
    /// An index into [`Scene::figures`].
    pub(super) to: usize,
    pub(super) kind: LinkKind,
}

/// What a line stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LinkKind {
    /// A value on its way.
    Value {
        /// The type of the value as it leaves.
        ty: String,
        /// The expression that it goes through, or an empty string.
        label: String,
    },
    /// A call that starts with the request, without a value of it.
    Start,
    /// A handle that the first deployment holds to the second.
    Handle,
}

impl Scene {
    /// The scene of a topology. Edges with an index that points nowhere are left out.
    pub(super) fn of(topology: &Topology<'_>) -> Self {
        let mut builder = Builder::new(topology);
        builder.inputs();
        builder.nodes();
        builder.deployments();
        builder.outputs();
        builder.values();
        builder.starts();
        builder.handles();
        builder.scene
    }
}

struct Builder<'a> {
    topology: &'a Topology<'a>,
    scene: Scene,
    /// Where the ends of edges are drawn.
    ends: HashMap<Endpoint, usize>,
    /// The figure that stands for an entry without parameters, by entry.
    starts: HashMap<usize, usize>,
    /// The figure that stands for a deployment: its first node's, or its own.
    deployments: HashMap<usize, usize>,
}

impl<'a> Builder<'a> {
    fn new(topology: &'a Topology<'a>) -> Self {
        Builder {
            topology,
            scene: Scene {
                figures: Vec::new(),
                links: Vec::new(),
            },
            ends: HashMap::new(),
            starts: HashMap::new(),
            deployments: HashMap::new(),
        }
    }

    fn add(&mut self, figure: Figure) -> usize {
        self.scene.figures.push(figure);
        self.scene.figures.len() - 1
    }

    fn link(&mut self, from: usize, to: usize, kind: LinkKind) {
        self.scene.links.push(Link { from, to, kind });
    }

    fn inputs(&mut self) {
        for (index, entry) in self.topology.entries.iter().enumerate() {
            let route = self.shown_route(entry);
            for (param, it) in entry.params.iter().enumerate() {
                let id = format!("input_{index}_{param}");
                let figure = self.add(Figure::input(id, &format!("{}: {}", it.name, it.ty), route));
                let end = Endpoint::Input {
                    entry: index,
                    param,
                };
                self.ends.insert(end, figure);
            }
            if entry.params.is_empty() {
                let id = format!("request_{index}");
                let figure = self.add(Figure::input(id, "request", route));
                self.starts.insert(index, figure);
            }
        }
    }

    fn outputs(&mut self) {
        for (index, entry) in self.topology.entries.iter().enumerate() {
            let figure = Figure::output(index, entry.output, self.shown_route(entry));
            let figure = self.add(figure);
            self.ends.insert(Endpoint::Output(index), figure);
        }
    }

    /// The entry's route, if it says something: not the one `/`.
    fn shown_route(&self, entry: &Entry<'a>) -> &'a str {
        if self.topology.entries.len() > 1 || entry.route != "/" {
            entry.route
        } else {
            ""
        }
    }

    fn nodes(&mut self) {
        for (index, node) in self.topology.nodes.iter().enumerate() {
            let deployment = self.topology.deployments.get(node.deployment);
            let figure = self.add(Figure::call(index, node, deployment));
            self.ends.insert(Endpoint::Node(index), figure);
            self.deployments.entry(node.deployment).or_insert(figure);
        }
    }

    fn deployments(&mut self) {
        for (index, deployment) in self.topology.deployments.iter().enumerate() {
            if !self.deployments.contains_key(&index) {
                let figure = self.add(Figure::deployment(index, deployment));
                self.deployments.insert(index, figure);
            }
        }
    }

    fn values(&mut self) {
        for Edge {
            from,
            to,
            ty,
            label,
        } in self.topology.edges
        {
            if let (Some(&from), Some(&to)) = (self.ends.get(from), self.ends.get(to)) {
                let (ty, label) = (one_line(ty), one_line(label));
                self.link(from, to, LinkKind::Value { ty, label });
            }
        }
    }

    /// Without parameters there is no value to come from the request: what waits for no value
    /// starts with it.
    fn starts(&mut self) {
        let mut waiting = vec![false; self.scene.figures.len()];
        for link in &self.scene.links {
            waiting[link.to] = true;
        }
        let nodes = self.topology.nodes.iter().enumerate();
        let nodes = nodes.map(|(index, node)| (node.entry, Endpoint::Node(index)));
        let outputs =
            (0..self.topology.entries.len()).map(|entry| (entry, Endpoint::Output(entry)));
        for (entry, end) in nodes.chain(outputs) {
            if let (Some(&from), Some(&to)) = (self.starts.get(&entry), self.ends.get(&end))
                && !waiting[to]
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
