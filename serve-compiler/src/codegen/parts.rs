//! A large region as several state machines, so that no function grows with the graph: what rustc
//! does with one grows faster than its size, and a wake would look at every step.
//!
//! ```text
//! let mut shared_2 = (Once::new(), Choice::new());     // what part 2 shares with those after it
//! let mut nodes_2 = pin!(Nodes::before(Nodes::before(())));
//! let mut part_2 = part((Sig::of(&shared_0), (Sig::of(&shared_2), ())), &due,
//!     move |(shared_0, (shared_2, ())), due, cx| {
//!         let (edge_3, edge_7) = (&mut shared_0.5, &mut shared_2.0);
//!         let (call_9, rest) = nodes_2.as_mut().split();
//!         ..                                           // the steps, as in `executor.rs`, but that
//!         edge_7.put(value); due.add(4);               // whoever waits in another part is due
//!         if call_9.is_under_way() || .. { due.add(2) }
//!         Pending
//!     });
//! ..
//! poll_fn(|cx| {
//!     while let Some(next) = due.take(from) {
//!         match next {
//!             2 => poll_part(&mut part_2, (&mut shared_0, (&mut shared_2, ())), &mut due, cx),
//!             ..
//!         }
//!     }
//! })
//! ```
//!
//! What is shared is declared just before the part that gives it, so that its types are known when
//! rustc comes to the next part: it goes through all that it does not know yet at every expression.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Ident, Type};

use super::executor::{self, Context};
use super::loose;
use super::operand::slot;
use super::step::{call_state, choice_state, fan_out_state};
use crate::ir::graph::{Action, Edge, Region, Step};
use crate::runtime_path::runtime_path;

/// The most steps of a region that is left in one piece.
pub(super) const UNDIVIDED: usize = 32;
/// The most steps of a part.
const STEPS: usize = 16;

/// The parts that have to be polled when a value comes, or a choice is made, in another one.
#[derive(Default)]
pub(super) struct Marks(BTreeMap<Slot, Vec<usize>>);

impl Marks {
    /// `due.add(3);` for the readers of an edge.
    pub(super) fn edge(&self, edge: usize) -> TokenStream {
        self.of(Slot::Edge(edge))
    }

    /// `due.add(3);` for those who wait for a choice.
    pub(super) fn choice(&self, choice: usize) -> TokenStream {
        self.of(Slot::Choice(choice))
    }

    fn of(&self, slot: Slot) -> TokenStream {
        let parts = self.0.get(&slot).into_iter().flatten();
        quote!(#(__due.add(#parts);)*)
    }
}

/// What steps read and write.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Slot {
    Edge(usize),
    Choice(usize),
}

impl Slot {
    fn ident(self) -> Ident {
        match self {
            Slot::Edge(edge) => slot(edge),
            Slot::Choice(choice) => choice_state(choice),
        }
    }
}

/// What a step reads or releases, and what it writes.
fn touched(step: &Step) -> (Vec<Slot>, Vec<Slot>) {
    let mut reads: Vec<Slot> = step.action.reads().into_iter().map(Slot::Edge).collect();
    reads.extend(step.when.map(|arm| Slot::Choice(arm.choice)));
    let mut writes = Vec::new();
    match &step.action {
        Action::Call(call) => writes.push(Slot::Edge(call.edge)),
        Action::FanOut(fan_out) => writes.push(Slot::Edge(fan_out.edge)),
        Action::Value { edge, .. } => writes.push(Slot::Edge(*edge)),
        Action::TakeApart { parts, .. } => writes.extend(parts.iter().copied().map(Slot::Edge)),
        Action::Choose(choose) => {
            writes.push(Slot::Choice(choose.choice));
            for way in &choose.ways {
                writes.extend(way.parts.iter().copied().map(Slot::Edge));
                let released = way.releases.iter().map(|(edge, _)| Slot::Edge(*edge));
                reads.extend(released);
            }
        }
    }
    (reads, writes)
}

/// What the answer waits for.
fn answer_reads(region: &Region, edges: &[Edge]) -> Vec<Slot> {
    let output = region.output.edges().into_iter().map(Slot::Edge);
    let loose = loose::loose(region, edges).into_iter();
    let loose = loose.flat_map(|(when, edge)| {
        let choice = when.map(|arm| Slot::Choice(arm.choice));
        choice.into_iter().chain([Slot::Edge(edge)])
    });
    output.chain(loose).collect()
}

/// Slots that several parts touch, by who declares them: the part that touches them first, or nobody
/// if they are there before any of them.
type Group = Option<usize>;

/// `__shared_3`
fn group_ident(group: Group) -> Ident {
    match group {
        Some(part) => format_ident!("__shared_{part}"),
        None => format_ident!("__given"),
    }
}

/// Which part touches what.
struct Plan {
    /// By part: what it shares with others. The answer is a part of its own, the last one.
    touches: Vec<BTreeSet<(Group, usize)>>,
    /// By part: what it has to itself, and makes itself.
    own: Vec<BTreeSet<Slot>>,
    shared: BTreeMap<Group, Vec<Slot>>,
    marks: Marks,
}

impl Plan {
    fn new(parts: &[&[Step]], region: &Region, edges: &[Edge]) -> Self {
        let mut touching: BTreeMap<Slot, BTreeSet<usize>> = BTreeMap::new();
        let mut reading: BTreeMap<Slot, BTreeSet<usize>> = BTreeMap::new();
        let mut written: BTreeSet<Slot> = BTreeSet::new();
        for (part, steps) in parts.iter().enumerate() {
            for (reads, writes) in steps.iter().map(touched) {
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
            // Steps are in topological order: a reader is in the part of the writer, or in a later one.
            let later = readers.into_iter().filter(|part| Some(*part) > first);
            plan.marks.0.insert(slot, later.collect());
        }
        plan
    }

    /// `let mut __shared_3 = (Once::new(), Choice::new());`
    fn declare(&self, context: Context<'_>, group: Group) -> Option<TokenStream> {
        let slots = self.shared.get(&group)?;
        let name = group_ident(group);
        let values = slots.iter().map(|slot| match group {
            Some(_) => new(context, *slot),
            None => slot.ident().to_token_stream(),
        });
        Some(quote!(let mut #name = (#(#values,)*);))
    }

    /// The groups that a part touches, as nested pairs.
    fn lent(&self, part: usize, each: impl Fn(Ident) -> TokenStream) -> TokenStream {
        let groups = self.touches[part].iter().map(|(group, _)| *group);
        let groups: BTreeSet<Group> = groups.collect();
        groups.into_iter().rev().fold(quote!(()), |rest, group| {
            let group = each(group_ident(group));
            quote!((#group, #rest))
        })
    }

    /// `let __edge_3 = &mut __shared_0.5;`
    fn borrow(&self, part: usize) -> TokenStream {
        let borrowed = self.touches[part].iter().map(|(group, place)| {
            let slot = self.shared[group][*place].ident();
            let (group, place) = (group_ident(*group), syn::Index::from(*place));
            quote!(let mut #slot = &mut #group.#place;)
        });
        borrowed.collect()
    }
}

/// As [`executor::region`].
pub(super) fn generate(
    context: Context<'_>,
    region: &Region,
    fill: &TokenStream,
    wanted: Option<&Type>,
) -> TokenStream {
    let rt = runtime_path();
    let count = region.steps.len().div_ceil(STEPS);
    let steps: Vec<&[Step]> = region
        .steps
        .chunks(region.steps.len().div_ceil(count))
        .collect();
    let plan = Plan::new(&steps, region, &context.entry.edges);
    let marks = &plan.marks;
    let context = Context {
        marks,
        divided: true,
        ..context
    };
    let entry = context.entry;
    let given = plan.declare(context, None);
    let slots = plan.shared.get(&None).into_iter().flatten();
    let slots = slots.filter_map(|slot| match slot {
        Slot::Edge(edge) if !entry.edges[*edge].captured => Some(declare(context, *slot)),
        _ => None,
    });
    let parts = (0..steps.len()).map(|part| self::part(context, &plan, part, steps[part]));
    let names = (0..steps.len()).map(name);
    let numbers = 0..steps.len();
    let lent = (0..steps.len()).map(|part| plan.lent(part, |group| quote!(&mut #group)));
    let words = steps.len().div_ceil(64);
    let output = plan.borrow(steps.len());
    let over = loose::all_over(region, &entry.edges);
    let answer = executor::answer(&region.output, &over, wanted, entry);
    quote! {
        #(#slots)*
        #fill
        #given
        let mut __due = #rt::private::Due::<#words>::new();
        #(#parts)*
        #rt::private::poll_fn(|__cx| {
            let mut __from = 0;
            while let #rt::private::Some(__next) = __due.take(__from) {
                __from = __next + 1;
                let __polled = match __next {
                    #(#numbers => #rt::private::poll_part(&mut #names, #lent, &mut __due, __cx),)*
                    _ => #rt::private::Poll::Pending,
                };
                if let #rt::private::Poll::Ready(#rt::private::result::Result::Err(__error)) = __polled {
                    return #rt::private::Poll::Ready(#rt::private::result::Result::Err(__error));
                }
            }
            #output
            #answer
            #rt::private::Poll::Pending
        })
        .await
    }
}

fn name(part: usize) -> Ident {
    format_ident!("__part_{part}")
}

/// What a step waits in.
fn new(context: Context<'_>, slot: Slot) -> TokenStream {
    let rt = runtime_path();
    match slot {
        Slot::Edge(edge) => executor::new_slot(&context.entry.edges[edge]),
        Slot::Choice(_) => quote!(#rt::private::Choice::new()),
    }
}

fn declare(context: Context<'_>, slot: Slot) -> TokenStream {
    let (ident, new) = (slot.ident(), new(context, slot));
    quote!(let mut #ident = #new;)
}

/// One part, with the calls that it makes.
fn part(context: Context<'_>, plan: &Plan, part: usize, steps: &[Step]) -> TokenStream {
    let rt = runtime_path();
    let (name, nodes) = (name(part), format_ident!("__nodes_{part}"));
    let states: Vec<Ident> = steps
        .iter()
        .filter_map(|step| match &step.action {
            Action::Call(call) => Some(call_state(call.node)),
            Action::FanOut(fan_out) => Some(fan_out_state(fan_out.fan_out)),
            _ => None,
        })
        .collect();
    let all = states.iter().fold(
        quote!(()),
        |rest, _| quote!(#rt::private::Nodes::before(#rest)),
    );
    let own = plan.own[part].iter().map(|slot| declare(context, *slot));
    let shared = plan.declare(context, Some(part));
    let of = plan.lent(part, |group| quote!(#rt::private::Sig::of(&#group)));
    let lent = plan.lent(part, ToTokens::into_token_stream);
    let borrowed = plan.borrow(part);
    let steps = steps.iter().map(|step| executor::step(context, step));
    quote! {
        #shared
        let mut #nodes = #rt::private::pin::pin!(#all);
        #(#own)*
        let mut #name = #rt::private::part(#of, &__due, move |#lent, __due, __cx| {
            #borrowed
            let __rest = #nodes.as_mut();
            #(let (mut #states, __rest) = __rest.split();)*
            #(#steps)*
            if false #(|| #states.is_under_way())* {
                __due.add(#part);
            }
            #rt::private::Poll::Pending
        });
    }
}
