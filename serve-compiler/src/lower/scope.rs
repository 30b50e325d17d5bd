//! The meaning of a name in an input block.

use std::collections::{HashMap, HashSet};

use syn::Ident;

use crate::ir::id::{DeploymentId, EdgeId};
use crate::text::name_text;

/// The names that can be used at one place of an input block.
#[derive(Clone, Default)]
pub(super) struct Scope {
    edges: HashMap<String, EdgeId>,
    deployments: HashMap<String, DeploymentId>,
    configuration: HashSet<String>,
    /// Names of configuration that has an error.
    broken: HashSet<String>,
    /// Functions that the graph function defines: plain ones.
    functions: HashSet<String>,
    /// Names that a later `let` of the same block, or of one around it, defines.
    later: HashSet<String>,
    /// Names of arms, blocks and closures that have ended.
    ended: HashSet<String>,
}

/// The meaning of a single-segment path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Edge(EdgeId),
    Deployment(DeploymentId),
    Configuration,
    /// Its error was reported.
    Broken,
    /// Defined further down.
    Later,
    /// Defined in an arm, a block or a closure that has ended.
    Ended,
    Unknown,
}

impl Scope {
    /// A value; from here on the name means it, and hides any earlier meaning.
    pub(super) fn define(&mut self, ident: &Ident, edge: EdgeId) {
        self.edges.insert(name_text(ident), edge);
    }

    /// A bound deployment.
    pub(super) fn bind(&mut self, ident: &Ident, deployment: DeploymentId) {
        self.deployments.insert(name_text(ident), deployment);
    }

    /// A name that has a meaning only while the graph is built.
    pub(super) fn configure(&mut self, ident: &Ident) {
        self.configuration.insert(name_text(ident));
    }

    /// A plain function.
    pub(super) fn define_function(&mut self, ident: &Ident) {
        self.functions.insert(name_text(ident));
    }

    pub(super) fn is_function(&self, ident: &Ident) -> bool {
        self.functions.contains(&name_text(ident))
    }

    /// A name of a `let` that has an error.
    pub(super) fn break_off(&mut self, ident: &Ident) {
        self.broken.insert(name_text(ident));
    }

    /// Names that will be defined.
    pub(super) fn announce(&mut self, names: impl IntoIterator<Item = String>) {
        self.later.extend(names);
    }

    pub(super) fn meaning(&self, ident: &Ident) -> Meaning {
        let name = name_text(ident);
        if let Some(&edge) = self.edges.get(&name) {
            Meaning::Edge(edge)
        } else if let Some(&deployment) = self.deployments.get(&name) {
            Meaning::Deployment(deployment)
        } else if self.broken.contains(&name) {
            Meaning::Broken
        } else if self.configuration.contains(&name) {
            Meaning::Configuration
        } else if self.later.contains(&name) {
            Meaning::Later
        } else if self.ended.contains(&name) {
            Meaning::Ended
        } else {
            Meaning::Unknown
        }
    }

    /// The scope around this one, which has ended.
    pub(super) fn back_to(self, outside: Scope) -> Scope {
        let mut scope = outside;
        let ended = self.edges.into_keys().chain(self.ended);
        scope.ended.extend(ended);
        scope
    }

    /// Every name with a meaning, for "did you mean".
    pub(super) fn names(&self) -> Vec<&str> {
        let names = self.edges.keys().chain(self.deployments.keys());
        names.map(String::as_str).collect()
    }
}
