//! The slots that the parts of a large region share: which part declares which slot, and which parts are due
//! when a value is stored in it.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use super::operand::slot;
use super::region::new_slot;
use super::step::choice_state;
use super::unread::{self, Loose};
use super::{Context, fan_out};
use crate::codegen::path::runtime_path;
use crate::ir::graph::{Action, Edge, Region, Step};
use crate::ir::id::{ChoiceId, EdgeId, Table};

/// The parts that have to be polled when another part stores a value or selects an arm.
#[derive(Default)]
pub(in crate::codegen) struct Marks(BTreeMap<Slot, Vec<usize>>);

impl Marks {
    /// `due.add(3);` for the readers of an edge.
    pub(super) fn edge(&self, edge: EdgeId) -> TokenStream {
        self.of(Slot::Edge(edge))
    }

    /// `due.add(3);` for the parts that wait for a choice.
    pub(super) fn choice(&self, choice: ChoiceId) -> TokenStream {
        self.of(Slot::Choice(choice))
    }

    fn of(&self, slot: Slot) -> TokenStream {
        let parts = self.0.get(&slot).into_iter().flatten();
        let rt = runtime_path();
        quote!(#(#rt::private::Due::add(__due, #parts);)*)
    }
}

/// The slots that steps read and write.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Slot {
    Edge(EdgeId),
    Choice(ChoiceId),
}

impl Slot {
    fn ident(self) -> Ident {
        match self {
            Slot::Edge(edge) => slot(edge),
            Slot::Choice(choice) => choice_state(choice),
        }
    }

    fn empty(self, context: Context<'_>) -> TokenStream {
        let rt = runtime_path();
        match self {
            Slot::Edge(edge) => new_slot(&context.entry.edges[edge]),
            Slot::Choice(_) => quote!(#rt::private::Choice::new()),
        }
    }

    fn declare(self, context: Context<'_>) -> TokenStream {
        let (ident, empty) = (self.ident(), self.empty(context));
        quote!(let mut #ident = #empty;)
    }
}

/// The slots that a step reads or releases, and those that it writes.
fn touched(step: &Step, edges: &Table<EdgeId, Edge>) -> (Vec<Slot>, Vec<Slot>) {
    // A name that only a guard looks at is not stored.
    let is_stored = |part: &&EdgeId| edges[**part].consumers > 0;
    let stored = |parts: &[EdgeId]| -> Vec<Slot> {
        let parts = parts.iter().filter(is_stored);
        parts.copied().map(Slot::Edge).collect()
    };
    let mut reads: Vec<Slot> = step.action.reads().into_iter().map(Slot::Edge).collect();
    reads.extend(step.when.map(|arm| Slot::Choice(arm.choice)));
    let mut writes = Vec::new();
    match &step.action {
        Action::Call(call) => writes.push(Slot::Edge(call.edge)),
        Action::FanOut(fan_out) => writes.push(Slot::Edge(fan_out.edge)),
        Action::Value { edge, .. } => writes.push(Slot::Edge(*edge)),
        Action::TakeApart { parts, .. } => writes.extend(stored(parts)),
        Action::Choose(choose) => {
            writes.push(Slot::Choice(choose.choice));
            for branch in &choose.branches {
                writes.extend(stored(&branch.parts));
                let released = branch.releases.iter().map(|(edge, _)| Slot::Edge(*edge));
                reads.extend(released);
            }
        }
    }
    (reads, writes)
}

/// The slots that the answer waits for.
fn answer_reads(region: &Region, edges: &Table<EdgeId, Edge>) -> Vec<Slot> {
    let output = region.output.edges().into_iter().map(Slot::Edge);
    let loose = unread::loose(region, edges).into_iter();
    let loose = loose.flat_map(|(when, loose)| {
        let choice = when.map(|arm| Slot::Choice(arm.choice));
        choice.into_iter().chain([match loose {
            Loose::Result(edge) => Slot::Edge(edge),
            Loose::Choice(choice) => Slot::Choice(choice),
        }])
    });
    output.chain(loose).collect()
}

/// Slots that several parts use, by the part that declares them: the first part that uses them, or none if they
/// are filled before all parts.
type Group = Option<usize>;

/// `__shared_3`
fn group_ident(group: Group) -> Ident {
    match group {
        Some(part) => format_ident!("__shared_{part}"),
        None => format_ident!("__given"),
    }
}

/// Which part uses which slots.
pub(super) struct Plan {
    /// By part: the slots that it shares with others. The answer is a part of its own, the last one.
    touches: Vec<BTreeSet<(Group, usize)>>,
    /// By part: the slots that only it uses, and declares itself.
    own: Vec<BTreeSet<Slot>>,
    shared: BTreeMap<Group, Vec<Slot>>,
    pub(super) marks: Marks,
}

impl Plan {
    pub(super) fn new(parts: &[&[&Step]], region: &Region, edges: &Table<EdgeId, Edge>) -> Self {
        let mut touching: BTreeMap<Slot, BTreeSet<usize>> = BTreeMap::new();
        let mut reading: BTreeMap<Slot, BTreeSet<usize>> = BTreeMap::new();
        let mut written: BTreeSet<Slot> = BTreeSet::new();
        for (part, steps) in parts.iter().enumerate() {
            for (reads, writes) in steps.iter().map(|step| touched(step, edges)) {
                for slot in reads {
                    touching.entry(slot).or_default().insert(part);
                    reading.entry(slot).or_default().insert(part);
                }
                for slot in writes {
                    touching.entry(slot).or_default().insert(part);
                    written.insert(slot);
                }
            }
        }
        for slot in answer_reads(region, edges) {
            touching.entry(slot).or_default().insert(parts.len());
        }
        let mut plan = Plan {
            touches: vec![BTreeSet::new(); parts.len() + 1],
            own: vec![BTreeSet::new(); parts.len()],
            shared: BTreeMap::new(),
            marks: Marks::default(),
        };
        for (slot, touching) in touching {
            let first = touching.first().copied();
            let group = first.filter(|_| written.contains(&slot));
            if let (Some(part), 1) = (group, touching.len()) {
                plan.own[part].insert(slot);
                continue;
            }
            let shared = plan.shared.entry(group).or_default();
            for part in touching {
                plan.touches[part].insert((group, shared.len()));
            }
            shared.push(slot);
            let readers = reading.remove(&slot).unwrap_or_default();
            // Steps are in topological order: a reader is in the part of the writer, or in a later one. A value
            // that has no writer is there from the start, or arrives before all parts.
            let later = |part: &usize| group.is_none() || Some(*part) > first;
            plan.marks
                .0
                .insert(slot, readers.into_iter().filter(later).collect());
        }
        plan
    }

    /// Takes a value from outside that has arrived, before any part is polled.
    pub(super) fn arrival(&self, edge: EdgeId) -> Option<TokenStream> {
        let rt = runtime_path();
        let (given, slots) = (group_ident(None), self.shared.get(&None)?);
        let place = slots.iter().position(|slot| *slot == Slot::Edge(edge))?;
        let place = syn::Index::from(place);
        let arrives = fan_out::arrives(edge, &quote!(#given.#place));
        let parts = self.marks.0.get(&Slot::Edge(edge)).into_iter().flatten();
        Some(quote!(if #arrives { #(#rt::private::Due::add(&mut __due, #parts);)* }))
    }

    /// `let mut __given = { let mut __edge_0 = Once::new(); .. (__edge_0,) };`, with the code that stores the values that
    /// the region starts with.
    pub(super) fn given(&self, context: Context<'_>, store: &TokenStream) -> TokenStream {
        let Some(slots) = self.shared.get(&None) else {
            return store.clone();
        };
        let name = group_ident(None);
        let is_new = |slot: &&Slot| match slot {
            Slot::Edge(edge) => !context.entry.edges[*edge].is_captured(),
            Slot::Choice(_) => true,
        };
        let declared = slots
            .iter()
            .filter(is_new)
            .map(|slot| slot.declare(context));
        let slots = slots.iter().map(|slot| slot.ident());
        quote!(let mut #name = { #(#declared)* #store (#(#slots,)*) };)
    }

    /// `let mut __shared_3 = (Once::new(), Choice::new()); let mut __edge_7 = Once::new();`
    pub(super) fn declare(&self, context: Context<'_>, part: usize) -> TokenStream {
        let own = self.own[part].iter().map(|slot| slot.declare(context));
        let shared = self.shared.get(&Some(part)).map(|slots| {
            let name = group_ident(Some(part));
            let slots = slots.iter().map(|slot| slot.empty(context));
            quote!(let mut #name = (#(#slots,)*);)
        });
        quote!(#shared #(#own)*)
    }

    /// The groups that a part uses, as nested pairs.
    pub(super) fn shared_groups(
        &self,
        part: usize,
        each: impl Fn(Ident) -> TokenStream,
    ) -> TokenStream {
        let groups = self.touches[part].iter().map(|(group, _)| *group);
        let groups: BTreeSet<Group> = groups.collect();
        groups.into_iter().rev().fold(quote!(()), |rest, group| {
            let group = each(group_ident(group));
            quote!((#group, #rest))
        })
    }

    /// `let __edge_3 = &mut __shared_0.5;`
    pub(super) fn borrow(&self, part: usize) -> TokenStream {
        let borrowed = self.touches[part].iter().map(|(group, place)| {
            let slot = self.shared[group][*place].ident();
            let (group, place) = (group_ident(*group), syn::Index::from(*place));
            quote!(let mut #slot = &mut #group.#place;)
        });
        borrowed.collect()
    }
}
