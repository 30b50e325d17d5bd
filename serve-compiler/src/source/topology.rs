//! A graph's shape with what the definitions tell: what the pictures are drawn from.

use bumpalo::Bump;
use serve_topology::{
    Arm, BoundDeployment, Choice, Edge, Endpoint, Entry, FanOut, HandleEdge, Node, Options, Param,
    Topology,
};

use super::facts::Facts;
use super::options::{self, Read};
use crate::ir::deployment::{GivenOption, Options as Given};
use crate::ir::graph::GraphOptions;
use crate::ir::id::Id;
use crate::text::type_text;
use crate::topology_data::{
    ChoiceShape, DeploymentShape, EdgeShape, End, EntryShape, FanOutShape, NodeShape, Shape,
    TypeShape,
};

/// Puts the parts of a topology into an arena.
pub(super) struct Build<'a> {
    pub(super) bump: &'a Bump,
    /// What is known of the deployments that the graph binds.
    pub(super) facts: Vec<Facts<'a>>,
}

impl<'a> Build<'a> {
    pub(super) fn topology(&self, shape: &Shape, options: &GraphOptions) -> Topology<'a> {
        let nodes = self.all(&shape.nodes, |node| self.node(node));
        let deployments = shape.deployments.iter().zip(&self.facts);
        let deployments = deployments.map(|(it, facts)| self.deployment(it, facts));
        Topology {
            name: self.text(&shape.name),
            doc: self.text(&shape.doc),
            entries: self.all(&shape.entries, |entry| self.entry(entry)),
            deployments: self.bump.alloc_slice_fill_iter(deployments),
            nodes,
            choices: self.all(&shape.choices, |choice| self.choice(choice)),
            fan_outs: self.all(&shape.fan_outs, |fan_out| self.fan_out(fan_out)),
            edges: self.all(&shape.edges, |edge| self.edge(edge, nodes)),
            handles: self.all(&shape.handles, |&(from, to)| HandleEdge { from, to }),
            limits: options::limits(options),
        }
    }

    fn entry(&self, entry: &EntryShape) -> Entry<'a> {
        Entry {
            route: self.text(&entry.route),
            params: self.all(&entry.params, |(name, ty)| Param {
                name: self.text(name),
                ty: self.text(ty),
            }),
            output: self.text(&entry.output),
        }
    }

    fn deployment(&self, deployment: &DeploymentShape, facts: &Facts<'a>) -> BoundDeployment<'a> {
        let mut read = Read {
            values: facts.options,
            ..Read::default()
        };
        let overrides = deployment.overrides.iter().map(|given| GivenOption {
            key: given.key.clone(),
            value: given.value.clone(),
        });
        read.set_all(&Given(overrides.collect()));
        let is_set = |key: &str| {
            let set = deployment.overrides.iter().map(|given| &given.key);
            let mut set = set.filter(|given| *given == key);
            set.next().is_some() || deployment.set_at_build.iter().any(|it| it == key)
        };
        // What the definition computes is not known here, either.
        let computed = facts.computed.iter().copied().filter(|key| {
            let replaced = *key == "autoscaling_config" && is_set("num_replicas");
            !replaced && !is_set(key)
        });
        let at_build = deployment.set_at_build.iter().map(|key| self.text(key));
        let set_at_build: Vec<&str> = computed.chain(at_build).collect();
        let own_name = facts.options.name.filter(|_| !deployment.is_named);
        BoundDeployment {
            name: own_name.unwrap_or_else(|| self.text(&deployment.name)),
            variable: self.text(&deployment.variable),
            ty: self.text(&type_text(&deployment.path)),
            options: Options {
                resources: read.resources(self.bump),
                ..read.values
            },
            set_at_build: self.bump.alloc_slice_copy(&set_at_build),
            graph: facts.graph,
        }
    }

    fn node(&self, node: &NodeShape) -> Node<'a> {
        let methods = self.facts[node.deployment].methods;
        Node {
            name: self.text(&node.name),
            entry: node.place.entry,
            deployment: node.deployment,
            method: serve_topology::method(methods, self.text(&node.method)),
            when: node.place.when.map(arm),
            each: node.place.each,
        }
    }

    fn choice(&self, choice: &ChoiceShape) -> Choice<'a> {
        Choice {
            name: self.text(&choice.name),
            entry: choice.place.entry,
            arms: self.all(&choice.arms, |arm| self.text(arm)),
            when: choice.place.when.map(arm),
            each: choice.place.each,
        }
    }

    fn fan_out(&self, fan_out: &FanOutShape) -> FanOut<'a> {
        FanOut {
            items: self.text(&fan_out.items),
            item: self.text(&fan_out.item),
            entry: fan_out.place.entry,
            when: fan_out.place.when.map(arm),
            each: fan_out.place.each,
        }
    }

    fn edge(&self, edge: &EdgeShape, nodes: &[Node<'a>]) -> Edge<'a> {
        Edge {
            from: end(edge.from),
            to: end(edge.to),
            ty: match &edge.ty {
                TypeShape::Written(ty) => self.text(ty),
                TypeShape::OutputOf(node) => nodes[*node].method.output,
            },
            label: self.text(&edge.label),
        }
    }

    fn all<T, U: Copy>(&self, items: &[T], of: impl Fn(&T) -> U) -> &'a [U] {
        self.bump.alloc_slice_fill_iter(items.iter().map(of))
    }

    fn text(&self, text: &str) -> &'a str {
        self.bump.alloc_str(text)
    }
}

fn arm(arm: crate::ir::graph::Arm) -> Arm {
    Arm {
        choice: arm.choice.index(),
        arm: arm.arm.index(),
    }
}

fn end(end: End) -> Endpoint {
    match end {
        End::Input { entry, param } => Endpoint::Input { entry, param },
        End::Node(node) => Endpoint::Node(node),
        End::Choice(choice) => Endpoint::Choice(choice),
        End::Output(entry) => Endpoint::Output(entry),
    }
}
