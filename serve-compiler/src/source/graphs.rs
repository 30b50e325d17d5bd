//! The graphs in the sources.

use std::path::Path;

use bumpalo::Bump;
use proc_macro2::LineColumn;
use serve_topology::{Execution, Method, Topology};
use syn::Meta;
use syn::spanned::Spanned;

use super::facts::Facts;
use super::module::{GraphItem, ModuleId};
use super::problem::Problem;
use super::resolve::Definition;
use super::topology::Build;
use super::{PackageId, Sources};
use crate::ir::graph::{Graph, Signature};
use crate::report::Report;
use crate::text::name_text;
use crate::topology_data::Shape;
use crate::{pipeline, syntax};

/// A function with `#[graph]`.
#[derive(Clone, Copy)]
pub struct GraphSource<'s> {
    sources: &'s Sources,
    module: ModuleId,
    graph: &'s GraphItem,
}

/// A deployment or graph that a graph binds.
pub(super) enum Bound<'s, 'a> {
    Deployment(Box<Facts<'a>>),
    Graph(GraphSource<'s>),
}

impl std::fmt::Debug for GraphSource<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("GraphSource").field(&self.path()).finish()
    }
}

impl Sources {
    /// The graphs of the package's crates, in the order of the source.
    pub fn graphs(&self) -> impl Iterator<Item = GraphSource<'_>> {
        let modules = self.modules.iter().enumerate();
        let own = PackageId::default();
        let modules = modules.filter(move |(module, _)| self.package_of(*module) == own);
        modules.flat_map(move |(module, names)| {
            let graphs = names.graphs.iter();
            graphs.map(move |graph| GraphSource {
                sources: self,
                module,
                graph,
            })
        })
    }

    pub(super) fn last_graph_of(&self, module: ModuleId) -> Option<GraphSource<'_>> {
        Some(GraphSource {
            sources: self,
            module,
            graph: self.modules[module].graphs.last()?,
        })
    }

    /// The graph whose function's name is at that place of a file; `file` is canonical.
    pub fn graph_at(&self, file: &Path, at: LineColumn) -> Option<GraphSource<'_>> {
        let is_there = |graph: &GraphSource<'_>| graph.graph.item.sig.ident.span().start() == at;
        let is_in = |graph: &GraphSource<'_>| {
            let canonical = graph.file().canonicalize();
            canonical.is_ok_and(|canonical| canonical == file)
        };
        self.graphs().find(|graph| is_there(graph) && is_in(graph))
    }
}

impl<'s> GraphSource<'s> {
    /// The function's name.
    pub fn name(&self) -> String {
        name_text(&self.graph.item.sig.ident)
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

    /// Whether it has documentation text.
    pub fn is_documented(&self) -> bool {
        let mut attrs = self.graph.item.attrs.iter();
        attrs.any(|attr| matches!(&attr.meta, Meta::NameValue(doc) if doc.path.is_ident("doc")))
    }

    /// The file that it is in.
    pub fn file(&self) -> &'s Path {
        &self.source_file().path
    }

    /// The meaning of a path in the graph; `None` if it is not in these sources.
    pub(super) fn bound<'a>(&self, path: &syn::Path, bump: &'a Bump) -> Option<Bound<'s, 'a>> {
        let definition = self.sources.definition(self.module, &path.into())?;
        Some(match definition {
            Definition::Deployment { deployment, module } => {
                Bound::Deployment(Box::new(self.sources.facts(deployment, module, bump)))
            }
            Definition::Graph { graph, module } => Bound::Graph(GraphSource {
                sources: self.sources,
                module,
                graph,
            }),
        })
    }

    /// The graph's shape, equal to its later `TOPOLOGY`, built in `bump`.
    ///
    /// Parts that are not in these sources stay empty: a method of a registry crate's deployment is drawn
    /// without types, as one that runs in place.
    ///
    /// # Errors
    ///
    /// The messages of `#[graph]` for a wrong graph: every mistake that it finds.
    pub fn topology<'a>(&self, bump: &'a Bump) -> Result<Topology<'a>, Vec<Problem>> {
        self.topology_in(&[], bump)
    }

    /// The shape of a graph that is bound in others, the outermost first: no graph is bound in itself.
    fn topology_in<'a>(
        &self,
        outer: &[Self],
        bump: &'a Bump,
    ) -> Result<Topology<'a>, Vec<Problem>> {
        let (signature, graph) = self.understood()?;
        let shape = Shape::of(&signature, &graph);
        Ok(self.described(&shape, &signature, outer, bump))
    }

    fn described<'a>(
        &self,
        shape: &Shape,
        signature: &Signature,
        outer: &[Self],
        bump: &'a Bump,
    ) -> Topology<'a> {
        let open = [outer, &[*self]].concat();
        let facts = shape.deployments.iter();
        let facts = facts.map(|deployment| match self.bound(&deployment.path, bump) {
            Some(Bound::Deployment(facts)) => *facts,
            Some(Bound::Graph(graph)) => graph.facts(&open, bump).unwrap_or(Facts::NONE),
            None => Facts::NONE,
        });
        let facts = facts.collect();
        Build { bump, facts }.topology(shape, &signature.options)
    }

    /// A graph as a part to bind. Its errors are reported where it is written.
    fn facts<'a>(&self, outer: &[Self], bump: &'a Bump) -> Option<Facts<'a>> {
        if outer.contains(self) {
            return None;
        }
        let (signature, graph) = self.understood().ok()?;
        let shape = Shape::of(&signature, &graph);
        let topology = self.described(&shape, &signature, outer, bump);
        let entries = graph.entries.iter().zip(topology.entries);
        let methods = entries.map(|(entry, described)| {
            Method::new(bump.alloc_str(&name_text(&entry.ident)), Execution::InPlace)
                .params(described.params)
                .output(described.output)
        });
        let methods: Vec<_> = methods.collect();
        Some(Facts {
            methods: bump.alloc_slice_copy(&methods),
            graph: Some(bump.alloc(topology)),
            ..Facts::NONE
        })
    }

    /// The same graph as the macro parses.
    fn understood(&self) -> Result<(Signature, Graph), Vec<Problem>> {
        let report = &mut Report::default();
        let options = syntax::options::parse(self.graph.options.clone(), report);
        let (signature, graph) = pipeline::understand_graph(options, &self.graph.item, report);
        let graph = graph.ok_or_else(|| self.problems(std::mem::take(report)));
        Ok((signature, graph?))
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
