//! `items.map(|item| ..)`: a state machine for each item, as many at a time as the replicas accept.

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use super::lend::Lend;
use super::operand::{self, slot};
use super::region::{Fill, region};
use super::step::{all, all_here, fan_out_state, is_here, on_arm, put_parts, type_of};
use super::{Context, generated_at, handle};
use crate::codegen::path::{runtime_path, runtime_path_at};
use crate::ir::graph::{Action, Arm, Capture, Entry, FanOut, Region, Step};
use crate::ir::id::{DeploymentId, EdgeId};

/// Starts when the items are there. Values from outside that are not there yet are delivered later: each node of an
/// item waits for those that it takes.
pub(super) fn generate(context: Context<'_>, when: Option<Arm>, fan_out: &FanOut) -> TokenStream {
    let rt = runtime_path();
    let entry = context.entry;
    let state = fan_out_state(fan_out.fan_out);
    let waiting = std::iter::once(quote!(#rt::private::Node::is_waiting(&#state)));
    let ready = all(waiting
        .chain(on_arm(when))
        .chain(all_here(std::slice::from_ref(&fan_out.items), entry)));
    let items = operand::evaluate(&fan_out.items, entry);
    let shared: Vec<Ident> = fan_out
        .captures
        .iter()
        .map(|Capture { inner, .. }| format_ident!("__shared_{inner}"))
        .collect();
    let share = fan_out.captures.iter().zip(&shared);
    let share = share.map(|(capture, shared)| {
        let (delivery, here, value) = outside(capture, entry);
        quote! {
            let #shared = match #here {
                true => #rt::private::Some(#value),
                false => #rt::private::None,
            };
            let #shared = #rt::private::Delivery::begin(&mut #delivery, #shared);
        }
    });
    let deliver = fan_out.captures.iter().map(|capture| {
        let (delivery, here, value) = outside(capture, entry);
        quote! {
            if #rt::private::Delivery::is_due(&#delivery) && #here {
                #rt::private::Delivery::deliver(&mut #delivery, #value);
            }
        }
    });
    let captured = fan_out.captures.iter().zip(&shared);
    let captured = captured.map(|(Capture { inner, .. }, shared)| {
        let (slot, arrival) = (slot(*inner), arrival(*inner));
        let consumers = entry.edges[*inner].consumers;
        quote!(let (mut #slot, mut #arrival) = #rt::private::Capture::open(#shared, #consumers);)
    });
    let (item, parts) = (
        &fan_out.item,
        put_parts(context, &fan_out.parts, &Lend::default()),
    );
    let given = Ident::new("__item", generated_at(fan_out.item.span()));
    let stored = |part: &&EdgeId| entry.edges[**part].consumers > 0;
    let fill = Fill {
        captured: quote!(#(#captured)*),
        values: fan_out.parts.iter().filter(stored).copied().collect(),
        store: quote!(let #item = #given; #parts),
    };
    let inside = Context {
        each: true,
        ..context
    };
    let body = region(inside, &fan_out.body, &fill, None);
    let mut called = BTreeSet::new();
    deployments(&fan_out.body, &mut called);
    let limits = called.into_iter().map(limit);
    let width = limits.map(|limit| quote!(#rt::private::Limit::calls(#limit)));
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
    let put = operand::put(fan_out.edge, entry, &quote!(#value));
    quote! {
        if #ready {
            let __items = #items;
            #(#share)*
            let __width = #width;
            let __started = #each(__items, __width, move |#given| {
                #(let #shared = ::core::clone::Clone::clone(&#shared);)*
                async move { #body }
            });
            #rt::private::Node::start(#rt::private::Pin::as_mut(&mut #state), __started);
        }
        #(#deliver)*
        let __polled = #rt::private::Node::poll(#rt::private::Pin::as_mut(&mut #state), __turns, __cx);
        if let #rt::private::Some(#value) = #rt::private::Option::transpose(__polled)? {
            #typed
            #put
            #marks
        }
    }
}

/// The delivery of a captured value, whether the value is there, and the value as the items share it.
fn outside(capture: &Capture, entry: &Entry) -> (Ident, TokenStream, TokenStream) {
    let (edge, slot) = (capture.outer, slot(capture.outer));
    let share = operand::on_slot(edge, entry, "share", Span::call_site());
    (
        delivery(capture.inner),
        is_here(edge, entry),
        quote!(#share(&mut #slot)),
    )
}

/// The state, between polls, of a value that has to be delivered to the items.
fn delivery(inner: EdgeId) -> Ident {
    format_ident!("__delivery_{inner}")
}

/// The same, in an item.
fn arrival(inner: EdgeId) -> Ident {
    format_ident!("__arrival_{inner}")
}

/// The deliveries of the fan-outs among these steps.
pub(super) fn declare(steps: &[&Step]) -> TokenStream {
    let rt = runtime_path();
    let captures = steps.iter().filter_map(|step| match &step.action {
        Action::FanOut(fan_out) => Some(&fan_out.captures),
        _ => None,
    });
    let names = captures.flatten().map(|capture| delivery(capture.inner));
    quote!(#(let mut #names = #rt::private::Delivery::new();)*)
}

/// Takes a value from outside that has arrived: an expression that says whether it has.
pub(super) fn arrives(inner: EdgeId, slot: &TokenStream) -> TokenStream {
    let (rt, arrival) = (runtime_path(), arrival(inner));
    quote!(#rt::private::Arrival::poll(&mut #arrival, &mut #slot, __cx))
}

/// The values that enter a region with each item.
pub(super) fn captured(region: &Region, entry: &Entry) -> Vec<EdgeId> {
    let edges = entry.edges.pairs();
    let captured = edges.filter(|(_, edge)| edge.region == region.id && edge.is_captured());
    captured.map(|(id, _)| id).collect()
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
        let (limit, handle) = (limit(id), handle(id));
        quote!(let #limit = &#rt::private::Limit::new(#handle);)
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
