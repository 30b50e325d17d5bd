//! `items.map(|item| ..)`: a state machine for each item, as many at a time as the replicas take.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use super::executor::{self, Context, generated_at};
use super::operand::{self, slot};
use super::step::{fan_out_state, on_way, put_parts, these_here, type_of};
use crate::ir::graph::{Action, Arm, Capture, FanOut, Region};
use crate::runtime_path::{runtime_path, runtime_path_at};

/// Starts when the items, and what their calls share, are there.
pub(super) fn generate(context: Context<'_>, when: Option<Arm>, fan_out: &FanOut) -> TokenStream {
    let rt = runtime_path();
    let entry = context.entry;
    let (state, result) = (fan_out_state(fan_out.fan_out), slot(fan_out.edge));
    let mut reads = fan_out.items.edges();
    reads.extend(fan_out.captures.iter().map(|capture| capture.outer));
    let (way, ready) = (on_way(when), these_here(reads));
    let items = operand::evaluate(&fan_out.items, entry);
    let shared: Vec<Ident> = fan_out
        .captures
        .iter()
        .map(|capture| format_ident!("__shared_{}", capture.inner))
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
    let fill = quote! {
        #(#captured)*
        let #item = #given;
        #parts
    };
    let body = executor::region(context, &fan_out.body, &fill, None);
    let mut called = BTreeSet::new();
    deployments(&fan_out.body, &mut called);
    let called = called.into_iter().map(|index| &context.fields[index]);
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
    let given = Ident::new("__item", generated_at(fan_out.item.span()));
    let ty = type_of(&entry.edges[fan_out.edge]);
    quote! {
        if #state.is_waiting() #way #ready {
            let __items = #items;
            #(#share)*
            let __width = 0 #(+ #rt::private::HandleTo::width(#called))*;
            #state.as_mut().start(#each(__items, __width, move |#given| {
                #(let #shared = ::core::clone::Clone::clone(&#shared);)*
                async move { #body }
            }));
        }
        if let #rt::private::Some(__result) = #state.as_mut().poll(__cx) {
            match __result {
                #rt::private::result::Result::Ok(__value) => {
                    let __value #ty = __value;
                    #result.put(__value);
                }
                #rt::private::result::Result::Err(__error) => {
                    return #rt::private::Poll::Ready(#rt::private::result::Result::Err(__error));
                }
            }
        }
    }
}

/// The deployments that are called for each item.
fn deployments(region: &Region, called: &mut BTreeSet<usize>) {
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
