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
//!         let call = |a| downloader.run(a);
//!         let (a,) = witness1(&call);
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

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, Pat};

use super::operand::{self, slot};
use crate::ir::graph::{Call, DeploymentKind, Edge, Entry, Graph, Operand, Signature, Step};
use crate::runtime_path::runtime_path;

/// `Graph::execute`.
pub(super) fn generate(signature: &Signature, graph: &Graph, fields: &[Ident]) -> TokenStream {
    let rt = runtime_path();
    let entry = &graph.entry;
    let called: Vec<&Ident> = fields
        .iter()
        .zip(&graph.deployments)
        .filter(|(_, deployment)| deployment.called)
        .map(|(field, _)| field)
        .collect();
    let slots = entry
        .edges
        .iter()
        .enumerate()
        .map(|(i, edge)| declare_slot(i, edge));
    let inputs: Vec<Ident> = (0..entry.params.len())
        .map(|i| format_ident!("__input_{i}"))
        .collect();
    let fill = entry.params.iter().zip(&inputs).map(|(param, input)| {
        let slot = slot(param.edge);
        quote!(#slot.put(#input);)
    });
    let calls = calls(entry);
    let nodes = (0..calls).map(|i| {
        let node = node(i);
        quote!(let mut #node = #rt::private::pin::pin!(#rt::private::Node::new());)
    });
    let mut next_node = 0;
    let steps = entry.steps.iter().map(|step| match step {
        Step::Call(call) => {
            next_node += 1;
            let kind = graph.deployments[call.deployment].kind;
            self::call(call, next_node - 1, kind, entry, fields)
        }
        Step::Value { edge, value } => self::value(*edge, value, entry),
        Step::TakeApart {
            pattern,
            parts,
            value,
        } => take_apart(pattern, parts, value, entry),
    });
    let steps: TokenStream = steps.collect();
    let answer = answer(signature, entry);
    quote! {
        #[allow(unused_mut, unused_variables, clippy::all)]
        async fn execute<'g>(
            &'g self,
            __input: Self::Input,
            __progress: &'g #rt::private::Progress,
        ) -> #rt::Result<Self::Output> {
            #(let #called = &self.#called;)*
            let (#(#inputs,)*) = __input;
            #(#slots)*
            #(#fill)*
            #(#nodes)*
            #rt::private::poll_fn(|__cx| {
                #steps
                #answer
                #rt::private::Poll::Pending
            })
            .await
        }
    }
}

fn calls(entry: &Entry) -> usize {
    let is_call = |step: &&Step| matches!(step, Step::Call(_));
    entry.steps.iter().filter(is_call).count()
}

fn node(index: usize) -> Ident {
    format_ident!("__call_{index}")
}

fn declare_slot(index: usize, edge: &Edge) -> TokenStream {
    let rt = runtime_path();
    let (slot, consumers) = (slot(index), edge.consumers);
    if consumers > 1 {
        quote!(let mut #slot = #rt::private::Slot::new(#consumers);)
    } else {
        quote!(let mut #slot = #rt::private::Once::new();)
    }
}

/// `: T`, the type that a value's `let` names.
fn type_of(edge: &Edge) -> Option<TokenStream> {
    edge.ty.as_ref().map(|ty| quote!(: #ty))
}

/// At a user's tokens, but known to be generated: rustc does not suggest how to change it.
fn generated_at(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}

/// What a node calls on its handle.
fn method_of(call: &Call, kind: DeploymentKind) -> Ident {
    match kind {
        DeploymentKind::Bound => call.method.clone(),
        DeploymentKind::Function => Ident::new("in_graph", call.method.span()),
    }
}

/// Starts a call when its inputs are there, and puts its result where it goes.
fn call(
    call: &Call,
    index: usize,
    kind: DeploymentKind,
    entry: &Entry,
    fields: &[Ident],
) -> TokenStream {
    let rt = runtime_path();
    let (node, result) = (node(index), slot(call.edge));
    let (name, method) = (&call.name, method_of(call, kind));
    let mut field = fields[call.deployment].clone();
    field.set_span(method.span().resolved_at(field.span()));
    let ready = all_here(&call.args);
    let params: Vec<Ident> = (0..call.args.len())
        .map(|i| {
            Ident::new(
                &format!("__argument_{i}"),
                generated_at(operand::span(&call.args[i])),
            )
        })
        .collect();
    let wanted: Vec<Ident> = (0..call.args.len())
        .map(|i| format_ident!("__wanted_{i}", span = operand::span(&call.args[i])))
        .collect();
    let given = call.args.iter().zip(&wanted);
    let given = given.map(|(arg, wanted)| operand::give(arg, &quote!(#wanted), entry));
    let ty = type_of(&entry.edges[call.edge]);
    let value = Ident::new("__value", generated_at(method.span()));
    let witness = format_ident!("witness{}", call.args.len());
    // `|a, b| downloader.run(a, b)`: the only mention of the method, at the user's tokens, so that a
    // wrong name or number of arguments is one error.
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#(#params),*));
    arguments.set_span(call.parens);
    let callee = quote_spanned!(method.span()=> |#(#params),*| #field.#method #arguments);
    quote! {
        let __at = __progress.at(#index);
        if #node.is_waiting() #ready {
            let __call = #callee;
            let (#(#wanted,)*) = #rt::private::#witness(&__call);
            #node.as_mut().start(__call(#(#given),*));
        }
        let __polled = #node.as_mut().poll(__cx);
        __at.passed();
        if let ::core::option::Option::Some(__result) = __polled {
            match __result {
                ::core::result::Result::Ok(__value) => {
                    let __value #ty = #value;
                    #result.put(__value);
                }
                ::core::result::Result::Err(__error) => {
                    return #rt::private::Poll::Ready(::core::result::Result::Err(
                        #rt::private::at_node(__error, #name),
                    ));
                }
            }
        }
    }
}

/// Computes a plain value when what it reads is there.
fn value(edge: usize, value: &Operand, entry: &Entry) -> TokenStream {
    let ready = all_here(std::slice::from_ref(value));
    let slot = slot(edge);
    let value = operand::evaluate(value, entry);
    let ty = type_of(&entry.edges[edge]);
    quote! {
        if #slot.is_awaited() #ready {
            let __value #ty = #value;
            #slot.put(__value);
        }
    }
}

/// Takes a value apart when it is there: each name of the pattern goes to an edge of its own.
fn take_apart(pattern: &Pat, parts: &[usize], value: &Operand, entry: &Entry) -> TokenStream {
    let ready = all_here(std::slice::from_ref(value));
    let value = operand::evaluate(value, entry);
    // The parts come together, so the first one tells whether they have come.
    let first = parts.iter().take(1).map(|part| slot(*part));
    let fill = parts.iter().map(|part| {
        let (slot, name) = (slot(*part), &entry.edges[*part].ident);
        quote!(#slot.put(#name);)
    });
    quote! {
        if true #(&& #first.is_awaited())* #ready {
            let #pattern = #value;
            #(#fill)*
        }
    }
}

fn answer(signature: &Signature, entry: &Entry) -> TokenStream {
    let rt = runtime_path();
    let ready = all_here(std::slice::from_ref(&entry.output));
    let given = operand::answer(&entry.output, &signature.output, entry);
    quote! {
        if true #ready {
            return #rt::private::Poll::Ready(::core::result::Result::Ok(#given));
        }
    }
}

/// `&& edge_0.is_here() && ..`
fn all_here(operands: &[Operand]) -> TokenStream {
    let mut edges: Vec<usize> = operands.iter().flat_map(Operand::edges).collect();
    edges.sort_unstable();
    edges.dedup();
    let conditions = edges.into_iter().map(|edge| {
        let slot = slot(edge);
        quote!(&& #slot.is_here())
    });
    quote!(#(#conditions)*)
}
