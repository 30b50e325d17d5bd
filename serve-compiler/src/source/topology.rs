//! A graph's shape with what the definitions tell: what the pictures are drawn from.

use bumpalo::Bump;
use serve_topology::{
    BoundDeployment, Edge, Endpoint, Entry, HandleEdge, Limits, Method, Node, Options, Param,
    Topology,
};

use super::graphs::{Bound, GraphSource};
use super::options::Read;
use crate::codegen::handle::type_text;
use crate::codegen::text::tidy;
use crate::codegen::topology::doc_text;
use crate::ir::deployment::{GivenOption, Options as Given};
use crate::ir::graph::{self, Call, Deployment, Graph, Operand, Signature, Step};

/// Puts the parts of a topology into an arena.
pub(super) struct Build<'a, 's> {
    pub(super) source: &'s GraphSource<'s>,
    pub(super) bump: &'a Bump,
    /// The graphs that this one is bound in, and itself: none can be bound in itself.
    pub(super) open: Vec<GraphSource<'s>>,
}

impl<'a, 's> Build<'a, 's> {
    pub(super) fn topology(&self, signature: &Signature, graph: &Graph) -> Topology<'a> {
        let bound: Vec<_> = graph
            .deployments
            .iter()
            .map(|it| self.source.bound(&it.path, self.bump))
            .collect();
        let deployments = graph.deployments.iter().zip(&bound);
        let deployments = deployments.map(|(it, bound)| self.deployment(it, bound.as_ref()));
        let nodes: Vec<_> = graph
            .entry
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::Call(call) => Some(self.node(call, bound[call.deployment].as_ref())),
                Step::Value { .. } | Step::TakeApart { .. } => None,
            })
            .collect();
        let edges = self.edges(&graph.entry, &nodes);
        Topology {
            name: self.text(&signature.ident.to_string()),
            doc: self.text(&doc_text(&signature.attrs)),
            entries: self.all(vec![self.entry(signature, &graph.entry)]),
            deployments: self.all(deployments.collect()),
            nodes: self.all(nodes),
            choices: &[],
            fan_outs: &[],
            edges: self.all(edges),
            handles: self.all(handles(&graph.deployments)),
            limits: Limits::NONE,
        }
    }

    fn deployment(
        &self,
        deployment: &Deployment,
        bound: Option<&Bound<'s, 'a>>,
    ) -> BoundDeployment<'a> {
        let (options, computed) = match bound {
            Some(Bound::Deployment(facts)) => (facts.options, facts.computed),
            _ => (Options::DEFAULT, &[][..]),
        };
        let mut read = Read {
            values: options,
            ..Read::default()
        };
        let overrides = deployment.overrides.iter().map(|given| GivenOption {
            key: given.key.clone(),
            value: given.value.clone(),
        });
        read.set_all(&Given(overrides.collect()));
        let named = deployment.overrides.iter().any(|given| given.key == "name");
        let own_name = options.name.filter(|_| !named);
        let computed = computed
            .iter()
            .copied()
            .filter(|key| !deployment.overrides.iter().any(|given| given.key == *key));
        let computed = computed.chain(read.computed.iter().map(|key| self.text(key)));
        BoundDeployment {
            name: own_name.unwrap_or_else(|| self.text(&deployment.name)),
            variable: self.text(&deployment.variable.to_string()),
            ty: self.text(&type_text(&deployment.path)),
            options: read.values,
            set_at_build: self.all(computed.collect()),
            graph: bound.and_then(|bound| self.graph(bound)),
        }
    }

    /// The graph that is bound. One with an error is reported where it is written.
    fn graph(&self, bound: &Bound<'s, 'a>) -> Option<&'a Topology<'a>> {
        let Bound::Graph(graph) = bound else {
            return None;
        };
        if self.open.contains(graph) {
            return None;
        }
        let topology = graph.topology_in(self.open.clone(), self.bump).ok()?;
        Some(self.bump.alloc(topology))
    }

    fn node(&self, call: &Call, bound: Option<&Bound<'s, 'a>>) -> Node<'a> {
        let name = self.text(&call.method.to_string());
        let methods: &'a [Method<'a>] = match bound {
            Some(Bound::Deployment(facts)) => facts.methods,
            _ => &[],
        };
        Node {
            name: self.text(&call.name),
            entry: 0,
            deployment: call.deployment,
            method: serve_topology::method(methods, name),
            when: None,
            each: None,
        }
    }

    fn all<T: Copy>(&self, items: Vec<T>) -> &'a [T] {
        self.bump.alloc_slice_copy(&items)
    }

    fn text(&self, text: &str) -> &'a str {
        self.bump.alloc_str(text)
    }
}

fn handles(deployments: &[Deployment]) -> Vec<HandleEdge> {
    let mut handles = Vec::new();
    for (from, deployment) in deployments.iter().enumerate() {
        let mut held: Vec<usize> = deployment.holds.iter().map(|(to, _)| *to).collect();
        held.sort_unstable();
        held.dedup();
        handles.extend(held.into_iter().map(|to| HandleEdge { from, to }));
    }
    handles
}

/// Where a value comes from, and what it went through.
#[derive(Clone, Copy)]
struct Source<'a> {
    from: Endpoint,
    ty: &'a str,
    label: &'a str,
}

impl<'a> Build<'a, '_> {
    fn entry(&self, signature: &Signature, entry: &graph::Entry) -> Entry<'a> {
        let params = entry.params.iter().map(|param| Param {
            name: self.text(&entry.edges[param.edge].ident.to_string()),
            ty: self.text(&type_text(&param.ty)),
        });
        Entry {
            route: self.text(&signature.route),
            params: self.all(params.collect()),
            output: self.text(&type_text(&signature.output)),
        }
    }

    /// A plain value is no node: its readers are joined to what it is made of.
    fn edges(&self, entry: &graph::Entry, nodes: &[Node<'a>]) -> Vec<Edge<'a>> {
        let mut sources: Vec<Vec<Source<'a>>> = vec![Vec::new(); entry.edges.len()];
        for (index, param) in entry.params.iter().enumerate() {
            sources[param.edge].push(Source {
                from: Endpoint::Input {
                    entry: 0,
                    param: index,
                },
                ty: self.text(&type_text(&param.ty)),
                label: "",
            });
        }
        let (mut edges, mut node) = (Vec::new(), 0);
        for step in &entry.steps {
            match step {
                Step::Value { edge, value } => sources[*edge] = self.sources(value, &sources),
                Step::TakeApart { parts, value, .. } => {
                    for part in parts {
                        sources[*part] = self.sources(value, &sources);
                    }
                }
                Step::Call(call) => {
                    for arg in &call.args {
                        join(
                            &mut edges,
                            self.sources(arg, &sources),
                            Endpoint::Node(node),
                        );
                    }
                    sources[call.edge].push(Source {
                        from: Endpoint::Node(node),
                        ty: nodes[node].method.output,
                        label: "",
                    });
                    node += 1;
                }
            }
        }
        let answer = self.sources(&entry.output, &sources);
        join(&mut edges, answer, Endpoint::Output(0));
        edges
    }

    fn sources(&self, operand: &Operand, known: &[Vec<Source<'a>>]) -> Vec<Source<'a>> {
        let of = |edge: usize| known[edge].iter().copied();
        match operand {
            Operand::Edge { edge, .. } => of(*edge).collect(),
            Operand::Plain { reads, text, .. } => {
                let label = self.text(&tidy(text));
                let sources = reads.iter().flat_map(|read| of(read.edge));
                sources.map(|source| Source { label, ..source }).collect()
            }
        }
    }
}

fn join<'a>(edges: &mut Vec<Edge<'a>>, sources: Vec<Source<'a>>, to: Endpoint) {
    let joined = sources.into_iter().map(|Source { from, ty, label }| Edge {
        from,
        to,
        ty,
        label,
    });
    edges.extend(joined);
}
