//! A frame around boxes that belong together.

use super::{badges, figure::join, text::one_line};
use crate::{BoundDeployment, FanOut, Topology};

/// One frame.
pub(super) struct Cluster {
    /// Unique in the scene, made of ASCII letters, digits and `_`.
    pub(super) id: String,
    pub(super) kind: ClusterKind,
    /// Its heading.
    pub(super) heading: String,
    /// More about it, or an empty string.
    pub(super) subtitle: String,
    /// The cluster that it is in: an index into the scene's, less than its own.
    pub(super) within: Option<usize>,
}

/// The kind of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClusterKind {
    /// The calls for each item of a value.
    Each,
    /// The inside of a graph that is bound in another one.
    Graph,
}

impl Cluster {
    pub(super) fn each(id: String, fan_out: &FanOut<'_>, within: Option<usize>) -> Self {
        let (item, items) = (one_line(fan_out.item), one_line(fan_out.items));
        Cluster {
            id,
            kind: ClusterKind::Each,
            heading: format!("for each {item} of {items}"),
            subtitle: String::new(),
            within,
        }
    }

    /// The frame of a bound graph; `calls` is the number of its calls, and `heading` names it, or one of them.
    pub(super) fn graph(
        id: String,
        heading: &str,
        bound: &BoundDeployment<'_>,
        graph: &Topology<'_>,
        calls: usize,
        within: Option<usize>,
    ) -> Self {
        let name = format!("graph {}", one_line(graph.name));
        let mut parts = vec![name];
        parts.extend(badges::badges(bound));
        parts.extend(badges::shared(calls));
        Cluster {
            id,
            kind: ClusterKind::Graph,
            heading: one_line(heading),
            subtitle: join(parts.iter().map(String::as_str)),
            within,
        }
    }

    /// All of its text, for viewers that can show more than fits on its border.
    pub(super) fn details(&self) -> String {
        join([self.heading.as_str(), &self.subtitle])
    }
}
