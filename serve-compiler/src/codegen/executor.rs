//! One request as one future: a state machine that polls its nodes in topological order.
//!
//! A node starts as soon as its own inputs are there, runs exactly once, and lives in the request's
//! future: nothing is boxed or spawned for it. The first error is the answer, and dropping the
//! future drops every call that is under way. The generated code reads like this:
//!
//! ```text
//! let mut node_0 = pin!(Node::new());                  // one per call
//! let mut edge_0 = Once::new();                        // one per value; `Slot` if several want it
//! poll_fn(|cx| {
//!     let at = progress.at(0);                         // names the node if it panics
//!     if node_0.is_waiting() && edge_0.is_here() {
//!         let (call, (a,)) = witness1(|a| downloader.run(a));
//!         node_0.start(call(give(a, edge_0.take())));
//!     }
//!     let polled = node_0.poll(cx);
//!     at.passed();
//!     if let Some(result) = polled { edge_1.put(result?) }
//!     ..
//!     if edge_5.is_here() { return Ready(Ok(give(Sig::new(), edge_5.take()))) }
//!     Pending
//! })
//! ```
//!
//! `parts.rs` has what becomes of a large one.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, Type};

use super::operand::{self, slot};
use super::parts;
use super::plan::Marks;
use super::{call, choice, fan_out, loose, step};
use crate::ir::graph::{Action, Edge, Entry, Graph, Operand, Region, Step};
use crate::ir::id::{DeploymentId, EdgeId, Table};
use crate::runtime_path::{runtime_path, runtime_path_at};

/// What the steps of an entry are generated from.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) graph: &'a Graph,
    pub(super) entry: &'a Entry,
    /// The graph's fields, by deployment.
    pub(super) fields: &'a Table<DeploymentId, Ident>,
    /// Whether it is done for each item of a fan-out.
    pub(super) each: bool,
    /// Who waits for what in the region at hand.
    pub(super) marks: &'a Marks,
    /// Whether that region is a large one, in parts.
    pub(super) divided: bool,
}

/// `Entry::execute`.
pub(super) fn generate(context: Context<'_>, type_ident: &Ident) -> TokenStream {
    let rt = runtime_path();
    let Context {
        graph,
        entry,
        fields,
        ..
    } = context;
    let limits = fan_out::limits(context);
    let called = fields
        .iter()
        .zip(&graph.deployments)
        .filter(|(_, deployment)| deployment.called)
        .map(|(field, _)| field);
    let inputs: Vec<Ident> = (0..entry.params.len())
        .map(|i| format_ident!("__input_{i}"))
        .collect();
    let fill = entry.params.iter().zip(&inputs).map(|(param, input)| {
        let slot = slot(param.edge);
        quote!(#slot.put(#input);)
    });
    let fill = quote!(#(#fill)*);
    let region = region(context, &entry.body, &fill, Some(&entry.output));
    quote! {
        #[allow(unused_mut, unused_variables, unused_assignments, unused_parens, unused_braces, clippy::all, clippy::pedantic, clippy::nursery)]
        async fn execute<'g, W: #rt::private::Watch>(
            __graph: &'g #type_ident,
            __input: Self::Input,
            __watch: &'g W,
        ) -> #rt::Result<Self::Output> {
            let __checked = [(); <#type_ident as #rt::private::Part>::CHECKED];
            #(let #called = &__graph.#called;)*
            #limits
            let (#(#inputs,)*) = __input;
            #region
        }
    }
}

/// A state machine for a region: an expression that comes to its output, or to the first error.
///
/// `fill` puts in the values that it begins with. The output is given as `wanted`, or as it is.
pub(super) fn region(
    context: Context<'_>,
    region: &Region,
    fill: &TokenStream,
    wanted: Option<&Type>,
) -> TokenStream {
    if region.steps.len() > parts::UNDIVIDED {
        return parts::generate(context, region, fill, wanted);
    }
    let rt = runtime_path();
    let entry = context.entry;
    let marks = &Marks::default();
    let context = Context {
        marks,
        divided: false,
        ..context
    };
    let edges = entry.edges.pairs();
    let slots = edges
        .filter(|(_, edge)| edge.region == region.id && !edge.is_captured() && edge.consumers > 0)
        .map(|(id, edge)| declare_slot(id, edge));
    let states = region.steps.iter().map(|it| step::declare(&it.action));
    let steps = region.steps.iter().map(|it| step(context, it));
    let over = loose::all_over(region, &entry.edges);
    let answer = answer(&region.output, &over, wanted, entry);
    quote! {
        #(#slots)*
        #fill
        #(#states)*
        #rt::private::poll_fn(|__cx| {
            #(#steps)*
            #answer
            #rt::private::Poll::Pending
        })
        .await
    }
}

/// What a step does when it is polled.
pub(super) fn step(context: Context<'_>, it: &Step) -> TokenStream {
    match &it.action {
        Action::Call(call) => call::generate(context, it.when, call),
        Action::Value { edge, value } => step::value(context, it.when, *edge, value),
        Action::TakeApart {
            pattern,
            parts,
            value,
        } => step::take_apart(context, it.when, pattern, parts, value),
        Action::Choose(choose) => choice::generate(context, it.when, choose),
        Action::FanOut(fan_out) => fan_out::generate(context, it.when, fan_out),
    }
}

fn declare_slot(id: EdgeId, edge: &Edge) -> TokenStream {
    let (slot, new) = (slot(id), new_slot(edge));
    quote!(let mut #slot = #new;)
}

pub(super) fn new_slot(edge: &Edge) -> TokenStream {
    let (rt, consumers) = (runtime_path(), edge.consumers);
    match edge.is_shared() {
        true => quote!(#rt::private::Slot::new(#consumers)),
        false => quote!(#rt::private::Once::new()),
    }
}

/// At a user's tokens, but known to be generated: rustc does not suggest how to change it.
pub(super) fn generated_at(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}

/// Answers when the output is there, and `over` holds.
pub(super) fn answer(
    output: &Operand,
    over: &TokenStream,
    wanted: Option<&Type>,
    entry: &Entry,
) -> TokenStream {
    let ready = step::all_here(std::slice::from_ref(output));
    let value = match wanted {
        Some(wanted) => operand::answer(output, wanted, entry),
        None => operand::evaluate(output, entry),
    };
    let span = operand::span(output);
    let (rt, at) = (runtime_path_at(span), operand::at_users(value, span));
    let over = quote!(if true #ready #over);
    quote_spanned!(span=> #over {
        return #rt::private::Poll::Ready(#rt::private::result::Result::Ok(#at));
    })
}
