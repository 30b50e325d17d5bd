//! The regions of steps, and how a value enters the calls that are made for each item.

use syn::Ident;

use super::expr::Lowering;
use crate::ir::graph::{Action, Arm, Capture, Edge, Operand, Origin, Step};
use crate::ir::id::{EdgeId, Id, RegionId};

/// A region that is being built.
pub(super) struct OpenRegion {
    id: RegionId,
    steps: Vec<Step>,
    captures: Vec<Capture>,
    /// The arm of a choice that is being lowered.
    when: Option<Arm>,
}

impl Lowering<'_> {
    /// From here on, steps and edges go into a new region.
    pub(super) fn open_region(&mut self) -> RegionId {
        let id = self.region_ids.next();
        self.regions.push(OpenRegion {
            id,
            steps: Vec::new(),
            captures: Vec::new(),
            when: None,
        });
        id
    }

    /// The steps of the innermost region, and the values that it uses from outside.
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

    /// Lowers the steps of one arm of a choice.
    pub(super) fn in_arm<T>(&mut self, arm: Arm, lower: impl FnOnce(&mut Self) -> T) -> T {
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
    pub(super) fn edge(&mut self, ident: Ident) -> EdgeId {
        self.edge_from(ident, Origin::Made)
    }

    fn edge_from(&mut self, ident: Ident, origin: Origin) -> EdgeId {
        let innermost = self.regions.last();
        let (region, when) = innermost.map_or((RegionId::new(0), None), |it| (it.id, it.when));
        self.edges.push(Edge {
            when,
            ..Edge::new(ident, region, origin)
        })
    }

    /// An edge for a name of a pattern.
    pub(super) fn part(&mut self, name: Ident) -> EdgeId {
        self.edge_from(name, Origin::Part)
    }

    /// From here on the names of a pattern mean its edges.
    pub(super) fn define_parts(&mut self, parts: &[EdgeId]) {
        for part in parts {
            let name = self.edges[*part].ident.clone();
            self.scope.define(&name, *part);
        }
    }

    /// A value as a separate edge.
    pub(super) fn edge_of(&mut self, value: Operand, at: Ident) -> (EdgeId, Ident) {
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
    pub(super) fn excused_edge(&mut self, ident: Ident) -> EdgeId {
        let edge = self.edge(ident);
        self.edges[edge].excused = true;
        edge
    }

    /// An edge as the innermost region knows it: a value from outside enters with each item.
    pub(super) fn here(&mut self, edge: EdgeId) -> EdgeId {
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

    fn capture(&mut self, outer: EdgeId, inside: usize) -> EdgeId {
        let captured = self.regions[inside].captures.iter();
        if let Some(known) = captured.clone().find(|capture| capture.outer == outer) {
            return known.inner;
        }
        let ident = self.edges[outer].ident.clone();
        let inner = self.edges.push(Edge {
            excused: self.edges[outer].excused,
            ..Edge::new(ident, self.regions[inside].id, Origin::Captured)
        });
        self.regions[inside].captures.push(Capture { outer, inner });
        inner
    }
}
