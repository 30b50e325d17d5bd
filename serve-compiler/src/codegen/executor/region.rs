//! The code that runs as one state machine: the body of an entry, or of a fan-out for each item.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{Ident, Type};

use super::operand::{self, slot};
use super::plan::Marks;
use super::{Context, call, choice, fan_out, order, parts, step, unread};
use crate::codegen::path::{runtime_path, runtime_path_at};
use crate::ir::graph::{Action, Edge, Entry, Operand, Region, Step};
use crate::ir::id::EdgeId;

/// The values that a region starts with.
pub(super) struct Fill {
    /// Declares the slots of the values from outside.
    pub(super) captured: TokenStream,
    /// The other values.
    pub(super) values: Vec<EdgeId>,
    /// Stores those.
    pub(super) store: TokenStream,
}

/// A state machine for a region: an expression that resolves to its output, or to the first error.
///
/// The output has the type of `wanted`, if given.
pub(super) fn region(
    context: Context<'_>,
    region: &Region,
    fill: &Fill,
    wanted: Option<&Type>,
) -> TokenStream {
    if parts::divides(region.steps.len()) {
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
    let edges = edges
        .filter(|(_, edge)| edge.region == region.id && !edge.is_captured() && edge.consumers > 0);
    let is_filled = |(id, _): &(EdgeId, &Edge)| fill.values.contains(id);
    let (filled, empty): (Vec<_>, Vec<_>) = edges.partition(is_filled);
    let names: Vec<Ident> = filled.iter().map(|(id, _)| slot(*id)).collect();
    let filled = filled.into_iter().map(|(id, edge)| declare_slot(id, edge));
    let empty = empty.into_iter().map(|(id, edge)| declare_slot(id, edge));
    let Fill {
        captured, store, ..
    } = fill;
    let steps = order::steps(region, &entry.edges);
    let states = step::declare(&steps);
    let steps = steps.iter().map(|it| step(context, it));
    let over = unread::all_over(region, entry);
    let answer = answer(&region.output, over, wanted, entry);
    let arrivals = fan_out::captured(region, entry).into_iter();
    let arrivals = arrivals.map(|edge| fan_out::arrives(edge, &slot(edge).into_token_stream()));
    quote! {
        #captured
        // A variable that has been borrowed keeps its room in the future even after it is moved: so this block ends.
        let (#(mut #names,)*) = {
            #(#filled)*
            #store
            (#(#names,)*)
        };
        #(#empty)*
        #states
        let __turns = &#rt::private::Turns::new();
        #rt::private::poll_fn(move |__cx| -> #rt::private::Poll<#rt::Result<_>> {
            #(#arrivals;)*
            #rt::private::Turns::begin(__turns);
            #(#steps)*
            #answer
            #rt::private::Poll::Pending
        })
        .await
    }
}

/// The code of a step for each poll.
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

/// Answers when the output is there and the condition `over` holds.
pub(super) fn answer(
    output: &Operand,
    over: Vec<TokenStream>,
    wanted: Option<&Type>,
    entry: &Entry,
) -> TokenStream {
    let ready = step::all_here(std::slice::from_ref(output), entry);
    let value = match wanted {
        Some(wanted) => operand::answer(output, wanted, entry),
        None => operand::evaluate(output, entry),
    };
    let span = operand::span(output);
    let (rt, at) = (runtime_path_at(span), operand::at_users(value, span));
    let ready = step::all(ready.into_iter().chain(over));
    let ready = quote!(if #ready);
    quote_spanned!(span=> #ready {
        return #rt::private::Poll::Ready(#rt::private::result::Result::Ok(#at));
    })
}
