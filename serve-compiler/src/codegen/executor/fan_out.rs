//! `items.map(|item| ..)`: a state machine for each item, as many at a time as the replicas accept.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use super::operand::{self, slot};
use super::region::region;
use super::step::{all, fan_out_state, on_arm, put_parts, these_here, type_of};
use super::{Context, generated_at};
use crate::codegen::path::{runtime_path, runtime_path_at};
use crate::ir::graph::{Action, Arm, Capture, FanOut, Region};
use crate::ir::id::DeploymentId;

/// Starts when the items, and the values that their calls share, are there.
pub(super) fn generate(context: Context<'_>, when: Option<Arm>, fan_out: &FanOut) -> TokenStream {
    let rt = runtime_path();
    let entry = context.entry;
    let (state, result) = (fan_out_state(fan_out.fan_out), slot(fan_out.edge));
    let mut reads = fan_out.items.edges();
    reads.extend(fan_out.captures.iter().map(|capture| capture.outer));
    let waiting = std::iter::once(quote!(#state.is_waiting()));
    let ready = all(waiting.chain(on_arm(when)).chain(these_here(reads)));
    let items = operand::evaluate(&fan_out.items, entry);
    let shared: Vec<Ident> = fan_out
        .captures
        .iter()
        .map(|Capture { inner, .. }| format_ident!("__shared_{inner}"))
        .collect();
    let share = fan_out.captures.iter().zip(&shared);
    let share = share.map(|(capture, shared)| {
        let slot = slot(capture.outer);
        quote!(let #shared = #slot.share();)
    });
    let captured = fan_out.captures.iter().zip(&shared);
    let captured = captured.map(|(Capture { inner, .. }, shared)| {
        let (slot, consumers) = (slot(*inner), entry.edges[*inner].consumers);
        quote!(let mut #slot = #rt::private::Slot::shared(#shared, #consumers);)
    });
    let (item, parts) = (&fan_out.item, put_parts(context, &fan_out.parts));
    let given = Ident::new("__item", generated_at(fan_out.item.span()));
    let fill = quote! {
        #(#captured)*
        let #item = #given;
        #parts
    };
    let inside = Context {
        each: true,
        ..context
    };
    let body = region(inside, &fan_out.body, &fill, None);
    let mut called = BTreeSet::new();
    deployments(&fan_out.body, &mut called);
    let limits = called.into_iter().map(limit);
    let width = limits.map(|limit| quote!(#limit.calls()));
    let width = width.reduce(|width, calls| quote!(#width + #calls));
    let at = fan_out.at.span();
    let each = {
        let rt = runtime_path_at(at);
        quote_spanned!(at=> #rt::private::each)
    };
    let items = {
        let at = operand::span(&fan_out.items);
        let rt = runtime_path_at(at);
        quote_spanned!(at=> #rt::bounds::Items::items(#items))
    };
    let ty = type_of(&entry.edges[fan_out.edge]);
    let marks = context.marks.edge(fan_out.edge);
    let value = Ident::new("__value", generated_at(at));
    let typed = ty.map(|ty| quote!(let #value #ty = #value;));
    quote! {
        if #ready {
            let __items = #items;
            #(#share)*
            let __width = #width;
            #state.as_mut().start(#each(__items, __width, move |#given| {
                #(let #shared = ::core::clone::Clone::clone(&#shared);)*
                async move { #body }
            }));
        }
        if let #rt::private::Some(#value) = #state.as_mut().poll(__turns, __cx).transpose()? {
            #typed
            #result.put(#value);
            #marks
        }
    }
}

/// The limits of the deployments that are called for each item: the number of calls that their replicas accept,
/// for any number of items and any depth of fan-outs.
pub(super) fn limits(context: Context<'_>) -> TokenStream {
    let rt = runtime_path();
    let mut called = BTreeSet::new();
    for step in &context.entry.body.steps {
        if let Action::FanOut(fan_out) = &step.action {
            deployments(&fan_out.body, &mut called);
        }
    }
    let limits = called.into_iter().map(|id| {
        let (limit, field) = (limit(id), &context.fields[id]);
        quote!(let #limit = &#rt::private::Limit::new(#rt::private::AnyHandle::width(#field));)
    });
    limits.collect()
}

fn limit(deployment: DeploymentId) -> Ident {
    format_ident!("__limit_{deployment}")
}

/// A call that waits for a permit of its fan-out.
pub(super) fn limited(deployment: DeploymentId, call: &TokenStream) -> TokenStream {
    let (rt, limit) = (runtime_path(), limit(deployment));
    quote!(#rt::private::limited(#limit, #call))
}

/// The deployments that are called for each item.
fn deployments(region: &Region, called: &mut BTreeSet<DeploymentId>) {
    for step in &region.steps {
        match &step.action {
            Action::Call(call) => {
                called.insert(call.deployment);
            }
            Action::FanOut(fan_out) => deployments(&fan_out.body, called),
            _ => {}
        }
    }
}
