//! Calls that an answer does not come from: what they give is read only on ways that a request may
//! not go. They run all the same, so an answer waits for them: otherwise it would depend on the
//! order of completion whether they come to their end, and whether their errors are seen.

use std::collections::{HashMap, HashSet};

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use super::step::{call_state, choice_state, fan_out_state};
use crate::ir::graph::{Action, Arm, Edge, Region, Step};
use crate::runtime_path::runtime_path;

/// `&& call_0.is_over() && ..`, for the answer of a region.
pub(super) fn all_over(region: &Region, edges: &[Edge]) -> TokenStream {
    let rt = runtime_path();
    let conditions = loose(region, edges).into_iter().map(|(when, state)| {
        let over = quote!(#state.as_mut().is_over());
        match when {
            None => quote!(&& #over),
            Some(Arm { choice, arm }) => {
                let choice = choice_state(choice);
                quote!(&& (#choice != #rt::private::Some(#arm) || #over))
            }
        }
    });
    conditions.collect()
}

/// The calls and fan-outs that may be under way when the output is there, and when they are made.
fn loose(region: &Region, edges: &[Edge]) -> Vec<(Option<Arm>, Ident)> {
    let mut loose = Vec::new();
    // What has to be there before the output, if the request goes that way.
    let mut needed: HashMap<Option<Arm>, HashSet<usize>> = HashMap::new();
    needed
        .entry(None)
        .or_default()
        .extend(region.output.edges());
    for Step { when, action } in region.steps.iter().rev() {
        let is_needed = |edge: &usize| {
            let there = needed.get(&edges[*edge].when);
            there.is_some_and(|there| there.contains(edge))
        };
        let reads = match action {
            Action::Call(call) => {
                if !is_needed(&call.edge) {
                    loose.push((*when, call_state(call.node)));
                }
                action.reads()
            }
            Action::FanOut(fan_out) => {
                if !is_needed(&fan_out.edge) {
                    loose.push((*when, fan_out_state(fan_out.fan_out)));
                }
                action.reads()
            }
            Action::Value { edge, .. } if is_needed(edge) => action.reads(),
            Action::TakeApart { parts, .. } if parts.iter().any(is_needed) => action.reads(),
            Action::Value { .. } | Action::TakeApart { .. } => continue,
            Action::Choose(choose) => {
                let mut reads = action.reads();
                let arms = 0..choose.ways.len();
                let mut arms = arms.map(|arm| {
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
