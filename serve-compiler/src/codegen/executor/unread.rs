//! What a request reaches but its answer may not need: a call, a fan-out or a choice whose value is read only in arms
//! that the request may not take. The answer waits for it all the same, as in Rust. Otherwise the order of completion
//! would decide which nodes run, and whether their errors are reported.

use std::collections::{HashMap, HashSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::step::{choice_state, is_awaited, on_arm};
use crate::codegen::path::runtime_path;
use crate::ir::graph::{Action, Arm, Edge, Entry, Region, Step};
use crate::ir::id::{ChoiceId, EdgeId, Table};

/// What may not be over yet when the output of a region is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loose {
    /// The call or the fan-out with this result is in flight, or waits for its inputs.
    Result(EdgeId),
    /// The choice has not been made.
    Choice(ChoiceId),
}

/// `!Once::is_awaited(&edge_0)`, .., for the answer of a region.
pub(super) fn all_over(region: &Region, entry: &Entry) -> Vec<TokenStream> {
    let rt = runtime_path();
    let conditions = loose(region, &entry.edges).into_iter();
    let conditions = conditions.map(|(when, loose)| {
        let open = match loose {
            Loose::Result(edge) => is_awaited(edge, entry),
            Loose::Choice(choice) => {
                let choice = choice_state(choice);
                quote!(#rt::private::Choice::is_open(&#choice))
            }
        };
        match on_arm(when) {
            None => quote!(!#open),
            Some(taken) => quote!((!#taken || !#open)),
        }
    });
    conditions.collect()
}

/// What may not be over when the output is there, and the arm that it belongs to. An inner arm that is not taken
/// because of an outer one is not taken either, so that each condition stands for itself.
pub(super) fn loose(region: &Region, edges: &Table<EdgeId, Edge>) -> Vec<(Option<Arm>, Loose)> {
    let mut loose = Vec::new();
    let mut needed = Needed::default();
    needed.read(None, region.output.edges());
    for Step { when, action } in region.steps.iter().rev() {
        match action {
            Action::Call(call) => {
                if !needed.has(call.edge, edges) {
                    loose.push((*when, Loose::Result(call.edge)));
                }
            }
            Action::FanOut(fan_out) => {
                if !needed.has(fan_out.edge, edges) {
                    loose.push((*when, Loose::Result(fan_out.edge)));
                }
                // Its items may not need the values that they could take from outside.
                needed.read(*when, fan_out.items.edges());
                continue;
            }
            Action::Value { edge, .. } => {
                if !needed.has(*edge, edges) {
                    continue;
                }
                if let Some(Arm { choice, .. }) = when.filter(|_| edges[*edge].when != *when) {
                    needed.choices.insert(choice); // its value is there, so it was made
                }
            }
            Action::TakeApart { parts, .. } => {
                if !parts.iter().any(|part| needed.has(*part, edges)) {
                    continue;
                }
            }
            Action::Choose(choose) => {
                if !needed.choices.contains(&choose.choice) {
                    loose.push((*when, Loose::Choice(choose.choice)));
                }
                let arms = choose.branches.ids().map(|arm| Arm {
                    choice: choose.choice,
                    arm,
                });
                let on_all = needed.of_all(arms);
                needed.read(*when, on_all);
            }
        }
        // The answer waits for the step, hence for what it reads.
        needed.read(*when, action.reads());
    }
    loose.reverse();
    loose
}

/// What is there before the output in any case, if the request takes that arm.
#[derive(Default)]
struct Needed {
    values: HashMap<Option<Arm>, HashSet<EdgeId>>,
    choices: HashSet<ChoiceId>,
}

impl Needed {
    fn read(&mut self, when: Option<Arm>, edges: impl IntoIterator<Item = EdgeId>) {
        self.values.entry(when).or_default().extend(edges);
    }

    /// Whether a value is there if the request takes the arm in which it is made.
    fn has(&self, edge: EdgeId, edges: &Table<EdgeId, Edge>) -> bool {
        let there = self.values.get(&edges[edge].when);
        there.is_some_and(|there| there.contains(&edge))
    }

    /// The values that are there whichever of these arms is taken.
    fn of_all(&mut self, arms: impl Iterator<Item = Arm>) -> HashSet<EdgeId> {
        let mut arms = arms.map(|arm| self.values.remove(&Some(arm)).unwrap_or_default());
        let first = arms.next().unwrap_or_default();
        arms.fold(first, |all, arm| &all & &arm)
    }
}
