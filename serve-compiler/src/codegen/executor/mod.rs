//! One request as one future: a state machine that polls its nodes in topological order.
//!
//! A node starts as soon as its own inputs are there, runs exactly once, and lives in the request's future:
//! nothing is boxed or spawned for it. The first error is the answer, and dropping the future drops every call
//! in flight. The generated code has this form:
//!
//! ```text
//! nodes!(node_0, node_1);                              // one per call
//! let mut edge_0 = Once::new();                        // one per value; `Slot` if several want it
//! let turns = Turns::new();                            // no node starves the others
//! poll_fn(|cx| {
//!     turns.begin();
//!     let at = watch.at(0);                            // names the node if it panics
//!     if node_0.is_waiting() && edge_0.is_here() {
//!         let (call, (a,)) = witness1(|a| handle_0.run(a));
//!         node_0.start(call(give(a, edge_0.take())));
//!     }
//!     if let Some(value) = at.poll(watch, "downloader.run", node_0, turns, cx)? { edge_1.put(value) }
//!     ..
//!     if edge_5.is_here() { return Ready(Ok(give(Sig::new(), edge_5.take()))) }
//!     Pending
//! })
//! ```
//!
//! The user's expressions stand in the middle of it. So its names begin with `__`, and its methods are called by their
//! type, `Once::take(&mut __edge_0)`: the user may have imported a trait with methods of these names.
//!
//! `parts.rs` describes the code for a large region.

mod call;
pub(super) mod certain;
mod choice;
mod fan_out;
mod lend;
mod operand;
mod order;
mod parts;
pub(super) mod plan;
mod region;
mod step;
mod unread;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;

use self::plan::Marks;
use self::region::{Fill, region};
use crate::codegen::path;
use crate::ir::graph::{Entry, Graph};
use crate::ir::id::{DeploymentId, Table};
use crate::runtime_path::runtime_path;

/// The input for generating the steps of an entry.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) graph: &'a Graph,
    pub(super) entry: &'a Entry,
    /// The graph's fields, by deployment.
    pub(super) fields: &'a Table<DeploymentId, Ident>,
    /// Whether the steps run for each item of a fan-out.
    pub(super) each: bool,
    /// Which steps wait for which, in the current region.
    pub(super) marks: &'a Marks,
    /// Whether that region is a large one, split into parts.
    pub(super) divided: bool,
}

/// `Entry::execute`. It says that it is `Send`, so that rustc does not look into it again for each graph that calls this
/// one: what it has to prove of a graph would grow with the graphs in it.
pub(super) fn generate(context: Context<'_>, type_ident: &Ident) -> TokenStream {
    let rt = runtime_path();
    let Context {
        graph,
        entry,
        fields,
        ..
    } = context;
    let limits = fan_out::limits(context);
    let called = fields.pairs().zip(&graph.deployments);
    let called = called.filter(|(_, deployment)| deployment.called);
    let certain = certain::deployments(&entry.body);
    let called = called.map(|((id, field), _)| {
        let handle = handle(id);
        match certain.contains(&id) {
            true => quote!(let #handle = &__graph.#field;),
            false => {
                let field = certain::uncounted(id);
                quote!(let #handle = &__graph.#field;)
            }
        }
    });
    let inputs: Vec<Ident> = (0..entry.params.len())
        .map(|i| format_ident!("__input_{i}"))
        .collect();
    let fill = entry
        .params
        .iter()
        .zip(&inputs)
        .map(|(param, input)| operand::put(param.edge, entry, &quote!(#input)));
    let fill = Fill {
        captured: quote!(),
        values: entry.params.iter().map(|param| param.edge).collect(),
        store: quote!(#(#fill)*),
    };
    let alias = path::alias();
    let region = region(context, &entry.body, &fill, Some(&entry.output));
    quote! {
        #[allow(unused_mut, unused_variables, unused_assignments)]
        #[allow(unused_parens, unused_braces)]
        #[allow(clippy::all, clippy::pedantic, clippy::nursery)]
        fn execute<'__g, __W: #rt::private::Watch>(
            __graph: &'__g #type_ident,
            __input: Self::Input,
            __watch: &'__g __W,
        ) -> impl ::core::future::Future<Output = #rt::Result<Self::Output>> + ::core::marker::Send + '__g {
            async move {
                #alias
                let __checked = [(); <#type_ident as #rt::private::Part>::CHECKED];
                #(#called)*
                #limits
                let (#(#inputs,)*) = __input;
                #region
            }
        }
    }
}

/// The variable of a deployment's handle. It has not the name that the user gave the deployment: a name of the
/// block may hide that.
pub(super) fn handle(deployment: DeploymentId) -> Ident {
    format_ident!("__handle_{deployment}")
}

/// At a user's tokens, but marked as generated: rustc does not suggest how to change it.
pub(super) fn generated_at(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}
