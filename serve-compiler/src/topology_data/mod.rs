//! The shape of a graph: the plain data of its topology and its pictures.
//!
//! It holds the facts in the tokens of the graph. Facts that only a deployment's definition has - where a
//! method runs, what it returns - are left open: rustc fills them in for generated code, and a build script
//! looks them up in the sources.

mod edges;

use syn::{Attribute, Expr, ExprLit, Lit, Meta, Path};

use crate::ir::graph::{Action, Arm, Deployment, Entry, Graph, Override, Region, Signature};
use crate::ir::id::{DeploymentId, Id, Table};
use crate::text::{name_text, tidy, type_text};

/// A graph; indices point into the vectors of the same shape.
pub(crate) struct Shape {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) entries: Vec<EntryShape>,
    pub(crate) deployments: Vec<DeploymentShape>,
    pub(crate) nodes: Vec<NodeShape>,
    pub(crate) choices: Vec<ChoiceShape>,
    pub(crate) fan_outs: Vec<FanOutShape>,
    pub(crate) edges: Vec<EdgeShape>,
    /// The deployments that hold handles, and of which.
    pub(crate) handles: Vec<(usize, usize)>,
}

/// The entries for requests.
pub(crate) struct EntryShape {
    pub(crate) route: String,
    pub(crate) method: String,
    /// Names and types.
    pub(crate) params: Vec<(String, String)>,
    pub(crate) output: String,
}

/// A deployment, or a graph, as the graph binds it.
pub(crate) struct DeploymentShape {
    /// Its variable, or the name that it is given by `.name("..")`; unique in the graph.
    pub(crate) name: String,
    pub(crate) variable: String,
    pub(crate) path: Path,
    /// Options with a literal value.
    pub(crate) overrides: Vec<Override>,
    /// The names of the options with a computed value.
    pub(crate) set_at_build: Vec<String>,
}

/// A call.
pub(crate) struct NodeShape {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) deployment: usize,
    pub(crate) method: String,
    /// The arguments that are the same in every request: positions and texts.
    pub(crate) constants: Vec<(usize, String)>,
}

/// A `match` or an `if`.
pub(crate) struct ChoiceShape {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) arms: Vec<String>,
}

/// A `map`.
pub(crate) struct FanOutShape {
    pub(crate) items: String,
    pub(crate) item: String,
    pub(crate) place: Place,
}

/// The arm and the fan-out in which a step runs.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) entry: usize,
    pub(crate) when: Option<Arm>,
    pub(crate) each: Option<usize>,
}

/// A value between nodes.
#[derive(Clone)]
pub(crate) struct EdgeShape {
    pub(crate) from: End,
    pub(crate) to: End,
    pub(crate) ty: TypeShape,
    pub(crate) label: String,
    /// The position of the argument that it is, or is in.
    pub(crate) param: Option<usize>,
}

/// One end of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum End {
    Input { entry: usize, param: usize },
    Node(usize),
    Choice(usize),
    Output(usize),
}

/// The type of a value.
#[derive(Clone)]
pub(crate) enum TypeShape {
    /// As written in the graph.
    Written(String),
    /// The type that the node's method returns.
    OutputOf(usize),
}

impl Shape {
    /// The shape of a graph.
    pub(crate) fn of(signature: &Signature, graph: &Graph) -> Self {
        let mut shape = Shape {
            name: name_text(&signature.ident),
            doc: doc_text(&signature.attrs),
            entries: graph.entries.iter().map(entry).collect(),
            deployments: graph.deployments.iter().map(deployment).collect(),
            nodes: Vec::new(),
            choices: Vec::new(),
            fan_outs: Vec::new(),
            edges: Vec::new(),
            handles: handles(&graph.deployments),
        };
        for (index, entry) in graph.entries.iter().enumerate() {
            let place = Place {
                entry: index,
                when: None,
                each: None,
            };
            shape.region(&entry.body, place);
            edges::add(&mut shape, index, entry);
        }
        shape
    }

    /// Adds the parts of a region, in the order of the indices.
    fn region(&mut self, region: &Region, outside: Place) {
        for step in &region.steps {
            let place = Place {
                when: step.when.or(outside.when),
                ..outside
            };
            match &step.action {
                Action::Call(call) => self.nodes.push(NodeShape {
                    name: call.name.clone(),
                    place,
                    deployment: call.deployment.index(),
                    method: name_text(&call.method),
                    constants: Vec::new(), // the edges tell which arguments have none
                }),
                Action::Choose(choose) => {
                    let arms = choose.branches.iter().map(|branch| tidy(&branch.text));
                    let choice = ChoiceShape {
                        name: tidy(&choose.name),
                        place,
                        arms: arms.collect(),
                    };
                    self.choices.push(choice);
                }
                Action::FanOut(fan_out) => {
                    let shape = FanOutShape {
                        items: tidy(&fan_out.text),
                        item: type_text(&fan_out.item),
                        place,
                    };
                    self.fan_outs.push(shape);
                    let each = Some(fan_out.fan_out.index());
                    self.region(&fan_out.body, Place { each, ..place });
                }
                Action::Value { .. } | Action::TakeApart { .. } => {}
            }
        }
    }
}

fn entry(entry: &Entry) -> EntryShape {
    let params = entry.params.iter().map(|param| {
        let name = name_text(&entry.edges[param.edge].ident);
        (name, type_text(&param.ty))
    });
    EntryShape {
        route: entry.route.clone(),
        method: name_text(&entry.ident),
        params: params.collect(),
        output: type_text(&entry.output),
    }
}

fn deployment(deployment: &Deployment) -> DeploymentShape {
    let is_name = |given: &&Override| given.key == "name";
    let literal = deployment.overrides.iter().filter(|given| given.literal);
    let computed = deployment.overrides.iter().filter(|given| !given.literal);
    DeploymentShape {
        name: deployment.name.clone(),
        variable: name_text(&deployment.variable),
        path: deployment.path.clone(),
        overrides: literal.filter(|given| !is_name(given)).cloned().collect(),
        set_at_build: computed.map(|given| given.key.to_string()).collect(),
    }
}

fn handles(deployments: &Table<DeploymentId, Deployment>) -> Vec<(usize, usize)> {
    let mut handles = Vec::new();
    for (from, deployment) in deployments.iter().enumerate() {
        let mut held: Vec<usize> = deployment.holds.iter().map(|(to, _)| to.index()).collect();
        held.sort_unstable();
        held.dedup();
        handles.extend(held.into_iter().map(|to| (from, to)));
    }
    handles
}

fn doc_text(attrs: &[Attribute]) -> String {
    let lines = attrs.iter().filter_map(|attr| match &attr.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(line),
                ..
            }) => Some(line.value()),
            _ => None,
        },
        _ => None,
    });
    let lines: Vec<String> = lines.map(|line| line.trim().to_owned()).collect();
    lines.join("\n")
}
