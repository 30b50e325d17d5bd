//! The places where the lines of a graph reach a graph that is bound in it.

use std::collections::HashMap;

use super::End;
use crate::{BoundDeployment, Constant, Endpoint, Node, Topology};

/// A call of one entry of a bound graph.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    /// An index into [`Topology::entries`].
    pub(super) entry: usize,
    pub(super) constants: &'a [Constant<'a>],
}

impl<'a> Call<'a> {
    /// The entry that a node calls; none if it is not known.
    pub(super) fn of(
        node: &Node<'a>,
        bound: &BoundDeployment<'_>,
        graph: &Topology<'_>,
    ) -> Option<Self> {
        let mut methods = bound.methods.iter();
        let entry = methods.position(|method| method.name == node.method.name);
        let is_only = graph.entries.len() == 1;
        Some(Call {
            entry: entry.or(is_only.then_some(0))?,
            constants: node.constants,
        })
    }

    /// The expression that a parameter always has, or an empty string.
    pub(super) fn value(&self, param: usize) -> &'a str {
        let mut constants = self.constants.iter();
        let constant = constants.find(|it| it.param == param);
        constant.map_or("", |it| it.value)
    }
}

/// The inputs and the answer of a call. If it is not known which entry a call means, there are none.
#[derive(Default)]
pub(super) struct Interface {
    inputs: Vec<End>,
    pub(super) output: Option<End>,
}

impl Interface {
    pub(super) fn of(
        call: &Call<'_>,
        topology: &Topology<'_>,
        ends: &HashMap<Endpoint, End>,
    ) -> Self {
        let entry = call.entry;
        let params = topology.entries.get(entry).map_or(0, |it| it.params.len());
        let inputs = (0..params).map(|param| Endpoint::Input { entry, param });
        Interface {
            inputs: inputs.filter_map(|it| ends.get(&it).copied()).collect(),
            output: ends.get(&Endpoint::Output(entry)).copied(),
        }
    }

    /// The input that is a parameter of the call.
    pub(super) fn input(&self, param: usize) -> Option<End> {
        self.inputs.get(param).copied()
    }
}
