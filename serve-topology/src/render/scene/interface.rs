//! The places where the lines of a graph reach a graph that is bound in it.

use std::collections::HashMap;

use super::End;
use crate::{Edge, Endpoint, Topology, render::text::same_type};

/// The inputs and the answer of a bound graph. For a graph with several entries it is not known which one a
/// call uses: then there are none.
#[derive(Default)]
pub(super) struct Interface {
    /// The types of the inputs, and their figures.
    inputs: Vec<(String, End)>,
    pub(super) output: Option<End>,
}

impl Interface {
    pub(super) fn of(topology: &Topology<'_>, ends: &HashMap<Endpoint, End>) -> Self {
        let [entry] = topology.entries else {
            return Interface::default();
        };
        let inputs = entry.params.iter().enumerate().filter_map(|(param, it)| {
            let end = ends.get(&Endpoint::Input { entry: 0, param })?;
            Some((it.ty.to_owned(), *end))
        });
        Interface {
            inputs: inputs.collect(),
            output: ends.get(&Endpoint::Output(0)).copied(),
        }
    }

    /// The input that takes an edge's value, if the topology shows it.
    pub(super) fn input(&self, edge: &Edge<'_>) -> Option<End> {
        if let [(_, only)] = self.inputs[..] {
            return Some(only);
        }
        let mut fitting = self.inputs.iter().filter(|it| same_type(&it.0, edge.ty));
        match (fitting.next(), fitting.next()) {
            (Some((_, end)), None) if edge.label.is_empty() => Some(*end),
            _ => None,
        }
    }
}
