//! From a path in a module to its meaning.
//!
//! The rules are those of rustc for names alone: an item has priority over an import, an import over a glob.
//! Names of other crates, and those that macros make, have no meaning here.

use std::collections::HashSet;

use super::Sources;
use super::module::{Deployment, GraphItem, ModuleId};
use super::path::Written;
use crate::syntax::graph::type_name;
use crate::text::name_text;

/// A deployment or graph that a graph can bind.
#[derive(Clone, Copy)]
pub(super) enum Definition<'s> {
    Deployment {
        deployment: &'s Deployment,
        module: ModuleId,
    },
    Graph {
        graph: &'s GraphItem,
        module: ModuleId,
    },
}

impl Sources {
    /// The meaning of a path in a module; `None` if it is not in these sources.
    pub(super) fn definition(&self, from: ModuleId, path: &Written) -> Option<Definition<'_>> {
        let mut search = Search {
            sources: self,
            seen: HashSet::new(),
        };
        search.definition(from, path)
    }
}

struct Search<'s> {
    sources: &'s Sources,
    /// Re-exports may form cycles: a lookup is not repeated inside itself.
    seen: HashSet<(ModuleId, String, Wanted)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Wanted {
    Module,
    Definition,
}

impl<'s> Search<'s> {
    fn definition(&mut self, from: ModuleId, path: &Written) -> Option<Definition<'s>> {
        let (last, prefix) = path.segments.split_last()?;
        if prefix.is_empty() && !path.global {
            return self.definition_named(from, last);
        }
        let module = self.module(from, path.global, prefix)?;
        self.definition_named(module, last)
    }

    fn definition_named(&mut self, at: ModuleId, wanted: &str) -> Option<Definition<'s>> {
        if !self
            .seen
            .insert((at, wanted.to_owned(), Wanted::Definition))
        {
            return None;
        }
        let module = &self.sources.modules[at];
        if let Some(deployment) = module.deployments.get(wanted) {
            return Some(Definition::Deployment {
                deployment,
                module: at,
            });
        }
        if let Some(graph) = module.graphs.iter().find(|graph| is_named(graph, wanted)) {
            return Some(Definition::Graph { graph, module: at });
        }
        if let Some(path) = module.aliases.get(wanted) {
            return self.definition(at, path);
        }
        if module.others.contains(wanted) {
            return None;
        }
        if let Some(paths) = module.imports.get(wanted) {
            return paths.iter().find_map(|path| self.definition(at, path));
        }
        module.globs.iter().find_map(|glob| {
            let module = self.module(at, glob.global, &glob.segments)?;
            self.definition_named(module, wanted)
        })
    }

    /// The module that a path leads to.
    fn module(&mut self, from: ModuleId, global: bool, path: &[String]) -> Option<ModuleId> {
        let Some((first, rest)) = path.split_first() else {
            return (!global).then_some(from);
        };
        let root = self.sources.modules[from].root;
        let start = match first.as_str() {
            _ if global => self.sources.library(from, first),
            "crate" => Some(root),
            "self" => Some(from),
            "super" => self.sources.modules[from].parent,
            name => {
                let module = self.module_named(from, name);
                module.or_else(|| self.sources.library(from, name))
            }
        };
        rest.iter()
            .try_fold(start?, |module, name| match name.as_str() {
                "super" => self.sources.modules[module].parent,
                name => self.module_named(module, name),
            })
    }

    fn module_named(&mut self, at: ModuleId, wanted: &str) -> Option<ModuleId> {
        if !self.seen.insert((at, wanted.to_owned(), Wanted::Module)) {
            return None;
        }
        let module = &self.sources.modules[at];
        let found = module.children.get(wanted).copied();
        let found = found.or_else(|| {
            let paths = module.imports.get(wanted)?;
            let mut modules = paths.iter();
            modules.find_map(|path| self.module(at, path.global, &path.segments))
        });
        let found = found.or_else(|| {
            module.globs.iter().find_map(|glob| {
                let module = self.module(at, glob.global, &glob.segments)?;
                self.module_named(module, wanted)
            })
        });
        // Another path may look it up again: only a lookup inside itself is a cycle.
        self.seen.remove(&(at, wanted.to_owned(), Wanted::Module));
        found
    }
}

/// A graph is bound by its function's name or by its type's.
fn is_named(graph: &GraphItem, wanted: &str) -> bool {
    let function = &graph.item.sig.ident;
    name_text(function) == wanted || type_name(function) == wanted
}
