//! Calls that the answer may not need: their results are read only in arms that a request may not take. They
//! run in any case, so the answer waits for them. Otherwise the order of completion would decide whether they
//! finish and whether their errors are reported.

use std::collections::{HashMap, HashSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::operand::slot;
use super::step::choice_state;
use crate::ir::graph::{Action, Arm, Edge, Region, Step};
use crate::ir::id::{EdgeId, Table};

/// `!edge_0.is_awaited()`, .., for the answer of a region.
pub(super) fn all_over(region: &Region, edges: &Table<EdgeId, Edge>) -> Vec<TokenStream> {
    let conditions = loose(region, edges).into_iter().map(|(when, edge)| {
        let slot = slot(edge);
        match when {
            None => quote!(!#slot.is_awaited()),
            Some(Arm { choice, arm }) => {
                let choice = choice_state(choice);
                quote!((!#choice.is(#arm) || !#slot.is_awaited()))
            }
        }
    });
    conditions.collect()
}

/// The results of calls and fan-outs that may be in flight when the output is there, and the arms in which they
/// are made.
pub(super) fn loose(region: &Region, edges: &Table<EdgeId, Edge>) -> Vec<(Option<Arm>, EdgeId)> {
    let mut loose = Vec::new();
    // The results that are there before the output in any case, if the request takes that arm.
    let mut needed: HashMap<Option<Arm>, HashSet<EdgeId>> = HashMap::new();
    needed
        .entry(None)
        .or_default()
        .extend(region.output.edges());
    for Step { when, action } in region.steps.iter().rev() {
        let is_needed = |edge: &EdgeId| {
            let there = needed.get(&edges[*edge].when);
            there.is_some_and(|there| there.contains(edge))
        };
        let reads = match action {
            Action::Call(call) => {
                if !is_needed(&call.edge) {
                    loose.push((*when, call.edge));
                }
                action.reads()
            }
            Action::FanOut(fan_out) => {
                if !is_needed(&fan_out.edge) {
                    loose.push((*when, fan_out.edge));
                }
                action.reads()
            }
            Action::Value { edge, .. } if is_needed(edge) => action.reads(),
            Action::TakeApart { parts, .. } if parts.iter().any(is_needed) => action.reads(),
            Action::Value { .. } | Action::TakeApart { .. } => continue,
            Action::Choose(choose) => {
                let mut reads = action.reads();
                let mut arms = choose.branches.ids().map(|arm| {
                    let choice = choose.choice;
                    needed
                        .remove(&Some(Arm { choice, arm }))
                        .unwrap_or_default()
                });
                let first = arms.next().unwrap_or_default();
                let on_all = arms.fold(first, |all, arm| &all & &arm);
                reads.extend(on_all);
                reads
            }
        };
        needed.entry(*when).or_default().extend(reads);
    }
    loose.reverse();
    loose
}
