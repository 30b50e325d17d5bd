//! Where steps go, and how a value gets into the calls that are made for each item.

use syn::Ident;

use super::expr::Lowering;
use crate::ir::graph::{Action, Arm, Capture, Edge, Operand, Step};

/// A region on its way.
pub(super) struct OpenRegion {
    id: usize,
    steps: Vec<Step>,
    captures: Vec<Capture>,
    /// The way of a choice that is being lowered.
    when: Option<Arm>,
}

impl Lowering<'_> {
    /// Steps and edges go into a new region from here on.
    pub(super) fn open_region(&mut self) -> usize {
        let id = self.next_region;
        self.next_region += 1;
        self.regions.push(OpenRegion {
            id,
            steps: Vec::new(),
            captures: Vec::new(),
            when: None,
        });
        id
    }

    /// The steps of the innermost region, and the values that it takes from outside.
    pub(super) fn close_region(&mut self) -> (Vec<Step>, Vec<Capture>) {
        let region = self.regions.pop();
        region.map_or_else(Default::default, |region| (region.steps, region.captures))
    }

    /// Adds a step.
    pub(super) fn push(&mut self, action: Action) {
        if let Some(region) = self.regions.last_mut() {
            let when = region.when;
            region.steps.push(Step { when, action });
        }
    }

    /// Lowers what happens only on one way of a choice.
    pub(super) fn on_way<T>(&mut self, arm: Arm, lower: impl FnOnce(&mut Self) -> T) -> T {
        let outside = self.set_when(Some(arm));
        let names = self.scope.clone();
        let lowered = lower(self);
        self.scope = std::mem::take(&mut self.scope).back_to(names);
        self.set_when(outside);
        lowered
    }

    fn set_when(&mut self, when: Option<Arm>) -> Option<Arm> {
        let region = self.regions.last_mut()?;
        std::mem::replace(&mut region.when, when)
    }

    /// A new edge.
    pub(super) fn edge(&mut self, ident: Ident) -> usize {
        let region = self.regions.last();
        self.edges.push(Edge {
            ident,
            ty: None,
            region: region.map_or(0, |region| region.id),
            when: region.and_then(|region| region.when),
            captured: false,
            part: false,
            looked_at: false,
            consumers: 0,
            most: 0,
            excused: false,
        });
        self.edges.len() - 1
    }

    /// An edge for a name of a pattern.
    pub(super) fn part(&mut self, name: Ident) -> usize {
        let edge = self.edge(name);
        self.edges[edge].part = true;
        edge
    }

    /// From here on the names of a pattern mean its edges.
    pub(super) fn define_parts(&mut self, parts: &[usize]) {
        for part in parts {
            let name = self.edges[*part].ident.clone();
            self.scope.define(&name, *part);
        }
    }

    /// A value as an edge of its own.
    pub(super) fn edge_of(&mut self, value: Operand, at: Ident) -> (usize, Ident) {
        match value {
            Operand::Edge { edge, at } => (edge, at),
            value => {
                let edge = self.edge(Ident::new("_", at.span()));
                self.push(Action::Value { edge, value });
                (edge, at)
            }
        }
    }

    /// The edge of a name whose value has an error.
    pub(super) fn excused_edge(&mut self, ident: Ident) -> usize {
        let edge = self.edge(ident);
        self.edges[edge].excused = true;
        edge
    }

    /// An edge as the innermost region knows it: a value from outside comes in with each item.
    pub(super) fn here(&mut self, edge: usize) -> usize {
        let home = self.edges[edge].region;
        let Some(depth) = self.regions.iter().position(|region| region.id == home) else {
            return edge;
        };
        let mut here = edge;
        for inside in depth + 1..self.regions.len() {
            here = self.capture(here, inside);
        }
        here
    }

    fn capture(&mut self, outer: usize, inside: usize) -> usize {
        let captured = self.regions[inside].captures.iter();
        if let Some(known) = captured.clone().find(|capture| capture.outer == outer) {
            return known.inner;
        }
        let inner = self.edges.len();
        self.edges.push(Edge {
            ident: self.edges[outer].ident.clone(),
            ty: None,
            region: self.regions[inside].id,
            when: None,
            captured: true,
            part: false,
            looked_at: false,
            consumers: 0,
            most: 0,
            excused: self.edges[outer].excused,
        });
        self.regions[inside].captures.push(Capture { outer, inner });
        inner
    }
}
