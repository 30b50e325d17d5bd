//! A graph's shape with the facts of the definitions: the input of the pictures.

use bumpalo::Bump;
use serve_topology::{
    Arm, BoundDeployment, Choice, Constant, Edge, Endpoint, Entry, FanOut, HandleEdge, Node, Param,
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
    /// The known facts about the deployments that the graph binds.
    pub(super) facts: Vec<Facts<'a>>,
}

impl<'a> Build<'a> {
    pub(super) fn topology(&self, shape: &Shape, options: &GraphOptions) -> Topology<'a> {
        let nodes = self.all(&shape.nodes, |node| self.node(node));
        let deployments = shape.deployments.iter().zip(&self.facts);
        let deployments = deployments.map(|(it, facts)| self.deployment(it, facts));
        Topology::new(self.text(&shape.name))
            .doc(self.text(&shape.doc))
            .route_prefix(self.text(&options.route))
            .entries(self.all(&shape.entries, |entry| self.entry(entry)))
            .deployments(self.bump.alloc_slice_fill_iter(deployments))
            .nodes(nodes)
            .choices(self.all(&shape.choices, |choice| self.choice(choice)))
            .fan_outs(self.all(&shape.fan_outs, |fan_out| self.fan_out(fan_out)))
            .edges(self.all(&shape.edges, |edge| self.edge(edge, nodes)))
            .handles(self.all(&shape.handles, |&(from, to)| HandleEdge::new(from, to)))
            .limits(options::limits(options))
    }

    fn entry(&self, entry: &EntryShape) -> Entry<'a> {
        let params = |(name, ty): &(String, String)| Param::new(self.text(name), self.text(ty));
        Entry::new(self.text(&entry.route), self.text(&entry.output))
            .method(self.text(&entry.method))
            .params(self.all(&entry.params, params))
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
        // A value that the definition computes is not known here either.
        let computed = facts.computed.iter().copied().filter(|key| {
            let replaced = *key == "autoscaling_config" && is_set("num_replicas");
            !replaced && !is_set(key)
        });
        let at_build = deployment.set_at_build.iter().map(|key| self.text(key));
        let set_at_build: Vec<&str> = computed.chain(at_build).collect();
        let name = self.text(&deployment.name);
        let ty = self.text(&type_text(&deployment.path));
        BoundDeployment::new(name, self.text(&deployment.variable), ty)
            .options(read.values.resources(read.resources(self.bump)))
            .set_at_build(self.bump.alloc_slice_copy(&set_at_build))
            .methods(facts.methods)
            .loaders(facts.loaders)
            .graph(facts.graph)
    }

    fn node(&self, node: &NodeShape) -> Node<'a> {
        let methods = self.facts[node.deployment].methods;
        let method = serve_topology::method(methods, self.text(&node.method));
        let name = self.text(&node.name);
        let constants = |(param, value): &(usize, String)| Constant::new(*param, self.text(value));
        let mut read = Node::new(name, node.place.entry, node.deployment, method)
            .constants(self.all(&node.constants, constants));
        read.when = node.place.when.map(arm);
        read.each = node.place.each;
        read
    }

    fn choice(&self, choice: &ChoiceShape) -> Choice<'a> {
        let arms = self.all(&choice.arms, |arm| self.text(arm));
        let mut read = Choice::new(self.text(&choice.name), choice.place.entry, arms);
        read.when = choice.place.when.map(arm);
        read.each = choice.place.each;
        read
    }

    fn fan_out(&self, fan_out: &FanOutShape) -> FanOut<'a> {
        let (items, item) = (self.text(&fan_out.items), self.text(&fan_out.item));
        let mut read = FanOut::new(items, item, fan_out.place.entry);
        read.when = fan_out.place.when.map(arm);
        read.each = fan_out.place.each;
        read
    }

    fn edge(&self, edge: &EdgeShape, nodes: &[Node<'a>]) -> Edge<'a> {
        let ty = match &edge.ty {
            TypeShape::Written(ty) => self.text(ty),
            TypeShape::OutputOf(node) => nodes[*node].method.output,
        };
        let mut read = Edge::new(end(edge.from), end(edge.to), ty).label(self.text(&edge.label));
        read.param = edge.param;
        read
    }

    fn all<T, U: Copy>(&self, items: &[T], of: impl Fn(&T) -> U) -> &'a [U] {
        self.bump.alloc_slice_fill_iter(items.iter().map(of))
    }

    fn text(&self, text: &str) -> &'a str {
        self.bump.alloc_str(text)
    }
}

fn arm(arm: crate::ir::graph::Arm) -> Arm {
    Arm::new(arm.choice.index(), arm.arm.index())
}

fn end(end: End) -> Endpoint {
    match end {
        End::Input { entry, param } => Endpoint::Input { entry, param },
        End::Node(node) => Endpoint::Node(node),
        End::Choice(choice) => Endpoint::Choice(choice),
        End::Output(entry) => Endpoint::Output(entry),
    }
}
