//! The content of every picture, before a format is chosen.

mod graph;
mod interface;

use super::{badges, cluster::Cluster, figure::Figure};
use crate::Topology;

/// Boxes, the frames around them and the links between them.
pub(super) struct Scene {
    /// In the order that a reader expects: inputs, calls, choices, deployments without a call, answers. The
    /// boxes of a bound graph are in the place of its call.
    pub(super) figures: Vec<Figure>,
    /// Each has a figure in it, and comes after the one that it is in.
    pub(super) clusters: Vec<Cluster>,
    /// Values in the topology's order, then starts, then handles.
    pub(super) links: Vec<Link>,
    /// The limits of the graph, or an empty string.
    pub(super) limits: String,
}

/// A line between two boxes.
pub(super) struct Link {
    pub(super) from: End,
    pub(super) to: End,
    pub(super) kind: LinkKind,
}

/// Where a line starts or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum End {
    /// A box: an index into [`Scene::figures`].
    Figure(usize),
    /// A bound graph as a whole: an index into [`Scene::clusters`].
    Cluster(usize),
}

/// The kind of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LinkKind {
    /// A value between two boxes.
    Value {
        /// The type of the value at its start.
        ty: String,
        /// The expression that is applied to it, or an empty string.
        label: String,
    },
    /// One arm of a choice: its target runs if the choice selects that arm.
    Arm {
        /// The pattern.
        label: String,
    },
    /// A call that starts with the request, without a value from it.
    Start,
    /// A handle that the first deployment holds to the second.
    Handle,
}

impl Scene {
    /// The scene of a topology. Edges with an index out of range are left out.
    pub(super) fn of(topology: &Topology<'_>) -> Self {
        let mut scene = Scene {
            figures: Vec::new(),
            clusters: Vec::new(),
            links: Vec::new(),
            limits: badges::limits(&topology.limits),
        };
        graph::draw(&mut scene, topology, None, "", None);
        scene
    }
}

/// Lookups for a layout.
#[cfg(feature = "svg")]
impl Scene {
    /// The cluster that an end is in.
    pub(super) fn within(&self, end: End) -> Option<usize> {
        match end {
            End::Figure(figure) => self.figures[figure].within,
            End::Cluster(cluster) => self.clusters[cluster].within,
        }
    }

    /// The name of an end, for people.
    pub(super) fn heading(&self, end: End) -> &str {
        match end {
            End::Figure(figure) => &self.figures[figure].heading,
            End::Cluster(cluster) => &self.clusters[cluster].heading,
        }
    }
}
