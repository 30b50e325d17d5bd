//! Refuses a stream that would keep its own request waiting for ever.
//!
//! Only rustc knows which methods return streams, and the options of their deployments, so this is a `const` that
//! fails. `deploy` checks computed options. A file could raise the constants, as it could lower what `max_gpus` adds
//! up; but without that file no request is ever answered, so the least number of places belongs in the code.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::bound::alias;
use crate::ir::graph::{Action, Call, Graph, Region, Signature};
use crate::ir::id::DeploymentId;
use crate::runtime_path::{runtime_path, runtime_path_at};

/// An assertion for each deployment that an entry calls more than once. The error is at the stream's method.
pub(super) fn generate(signature: &Signature, graph: &Graph) -> TokenStream {
    let entries = graph.entries.iter();
    let shared = entries.flat_map(|entry| several_calls(&entry.body));
    shared
        .map(|(id, calls)| assertion(signature, id, &calls))
        .collect()
}

fn assertion(signature: &Signature, id: DeploymentId, calls: &[&Call]) -> TokenStream {
    let rt = runtime_path();
    let cfg = crate::syntax::deployment::cfg(&signature.attrs);
    let (ty, alias) = (&signature.type_ident, alias(signature, id));
    let nodes = calls.iter().map(|call| call.node);
    let message = quote!(__refused);
    let refused = calls.iter().map(|call| {
        let (node, span) = (call.node, call.method.span());
        let rt = runtime_path_at(span);
        let refuse = quote_spanned!(span=> #rt::topology::budget::refuse(#message));
        quote!(#node => #refuse,)
    });
    quote! {
        #(#cfg)*
        #[allow(long_running_const_eval)] // it ends, but a large graph has many nodes
        const _: () = {
            use #rt::topology::holds;
            const __TOPOLOGY: &#rt::topology::Topology<'static> = <#ty as #rt::Graph>::TOPOLOGY;
            let mut __marks = [holds::Mark::NEW; holds::Mark::count(__TOPOLOGY)];
            let __calls = <#alias as #rt::private::Part>::CALLS;
            let (__node, __refused) =
                holds::waits_for_itself(__TOPOLOGY, &[#(#nodes),*], __calls, &mut __marks);
            match __node {
                #(#refused)*
                _ => {}
            }
        };
    }
}

/// The calls of an entry, by deployment, if there are several of it.
fn several_calls(body: &Region) -> BTreeMap<DeploymentId, Vec<&Call>> {
    let mut calls = BTreeMap::new();
    add_calls(body, &mut calls);
    calls.retain(|_, calls: &mut Vec<_>| calls.len() > 1);
    calls
}

fn add_calls<'g>(region: &'g Region, calls: &mut BTreeMap<DeploymentId, Vec<&'g Call>>) {
    for step in &region.steps {
        match &step.action {
            Action::Call(call) => calls.entry(call.deployment).or_default().push(call),
            Action::FanOut(fan_out) => add_calls(&fan_out.body, calls),
            Action::Value { .. } | Action::TakeApart { .. } | Action::Choose(_) => {}
        }
    }
}
