//! The graphs in the sources.

use std::path::Path;

use bumpalo::Bump;
use serve_topology::Topology;
use syn::spanned::Spanned;

use super::Sources;
use super::facts::Facts;
use super::module::{GraphItem, ModuleId};
use super::path::name;
use super::problem::Problem;
use super::resolve::Definition;
use super::topology::Build;
use crate::report::Report;
use crate::{check, lower, syntax};

/// A function with `#[graph]`.
#[derive(Clone, Copy)]
pub struct GraphSource<'s> {
    sources: &'s Sources,
    module: ModuleId,
    graph: &'s GraphItem,
}

/// What a graph binds.
pub(super) enum Bound<'s, 'a> {
    Deployment(Facts<'a>),
    Graph(GraphSource<'s>),
}

impl Sources {
    /// The graphs of all crates that were read, in the order of the source.
    pub fn graphs(&self) -> impl Iterator<Item = GraphSource<'_>> {
        let modules = self.modules.iter().enumerate();
        modules.flat_map(move |(module, names)| {
            let graphs = names.graphs.iter();
            graphs.map(move |graph| GraphSource {
                sources: self,
                module,
                graph,
            })
        })
    }
}

impl<'s> GraphSource<'s> {
    /// The function's name.
    pub fn name(&self) -> String {
        name(&self.graph.item.sig.ident)
    }

    /// The function's path from the crate's name on: `["hello", "graph", "greet"]`.
    pub fn path(&self) -> Vec<String> {
        let modules = &self.sources.modules;
        let up = |id: &ModuleId| modules[*id].parent;
        let mut path: Vec<String> = std::iter::successors(Some(self.module), up)
            .map(|id| modules[id].name.clone())
            .collect();
        path.reverse();
        path.push(self.name());
        path
    }

    /// The file that it is in.
    pub fn file(&self) -> &'s Path {
        &self.source_file().path
    }

    /// What a path in the graph means; `None` if it is not in these sources.
    pub(super) fn bound<'a>(&self, path: &syn::Path, bump: &'a Bump) -> Option<Bound<'s, 'a>> {
        let definition = self.sources.definition(self.module, &path.into())?;
        Some(match definition {
            Definition::Deployment { deployment, module } => {
                Bound::Deployment(self.sources.facts(deployment, module, bump))
            }
            Definition::Graph { graph, module } => Bound::Graph(GraphSource {
                sources: self.sources,
                module,
                graph,
            }),
        })
    }

    /// The graph's shape, as its `TOPOLOGY` will be, put together in `bump`.
    ///
    /// What is not in these sources stays empty: a method of another crate's deployment is drawn
    /// without types, as one that runs in place.
    ///
    /// # Errors
    ///
    /// What `#[graph]` says of a wrong graph: every mistake that it sees.
    pub fn topology<'a>(&self, bump: &'a Bump) -> Result<Topology<'a>, Vec<Problem>> {
        self.topology_in(Vec::new(), bump)
    }

    /// The shape of a graph that is bound in others, the outermost first.
    pub(super) fn topology_in<'a>(
        &self,
        mut open: Vec<GraphSource<'s>>,
        bump: &'a Bump,
    ) -> Result<Topology<'a>, Vec<Problem>> {
        open.push(*self);
        let report = &mut Report::default();
        let item = &self.graph.item;
        let options = syntax::options::parse(self.graph.options.clone(), report);
        let route = check::options::graph(options, report);
        let signature = lower::graph::signature(item, route, report);
        let graph = syntax::graph::split(item, report)
            .and_then(|(config, block)| lower::graph::body(item, config, block, report));
        if let Some(graph) = &graph {
            let in_cycle = check::cycles::check(graph, report);
            check::unused::check(graph, &in_cycle, report);
        }
        match graph.filter(|_| report.is_empty()) {
            Some(graph) => {
                let build = Build {
                    source: self,
                    bump,
                    open,
                };
                Ok(build.topology(&signature, &graph))
            }
            None => Err(self.problems(std::mem::take(report))),
        }
    }

    fn problems(&self, report: Report) -> Vec<Problem> {
        let attribute = self.graph.attribute.span();
        let errors = report.into_errors();
        let problems = errors
            .iter()
            .flat_map(|error| Problem::of(error, self.source_file(), Some(attribute)));
        problems.collect()
    }

    fn source_file(&self) -> &'s super::File {
        &self.sources.files[self.sources.modules[self.module].file]
    }
}

impl PartialEq for GraphSource<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.graph, other.graph)
    }
}
