//! A node: starts a call when its inputs are there, and stores its result.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;

use super::fan_out;
use super::operand::{self, slot};
use super::step::{all, all_here, call_state, on_arm, type_of};
use super::{Context, generated_at};
use crate::codegen::deployment::signature::IN_GRAPH;
use crate::codegen::path::runtime_path;
use crate::ir::graph::{Arm, Call, DeploymentKind, Operand};

/// The method that a node calls on its handle.
fn method_of(call: &Call, kind: DeploymentKind) -> Ident {
    match kind {
        DeploymentKind::Bound => call.method.clone(),
        DeploymentKind::Function => Ident::new(IN_GRAPH, call.method.span()),
    }
}

/// Starts a call when its inputs are there, and stores its result.
pub(super) fn generate(context: Context<'_>, when: Option<Arm>, call: &Call) -> TokenStream {
    let rt = runtime_path();
    let Context {
        graph,
        entry,
        fields,
        each,
        ..
    } = context;
    let (index, node, result) = (call.node, call_state(call.node), slot(call.edge));
    let kind = graph.deployments[call.deployment].kind;
    let (name, method) = (&call.name, &method_of(call, kind));
    let mut field = fields[call.deployment].clone();
    field.set_span(method.span().resolved_at(field.span()));
    let waiting = std::iter::once(quote!(#node.is_waiting()));
    let ready = all(waiting.chain(on_arm(when)).chain(all_here(&call.args)));
    let (prepare, future) = future(context, call, &field, method);
    let future = match each {
        true => fan_out::limited(call.deployment, &future),
        false => future,
    };
    let ty = type_of(&entry.edges[call.edge]);
    let typed = ty.map(|ty| {
        let value = Ident::new("__value", generated_at(method.span()));
        quote!(let __value #ty = #value;)
    });
    let marks = context.marks.edge(call.edge);
    quote! {
        let __at = __watch.at(#index);
        if #ready {
            #prepare
            let __started = #future;
            #node.as_mut().start(__started);
        }
        let __polled = __at.poll(__watch, #name, #node.as_mut(), __turns, __cx)?;
        if let #rt::private::Some(__value) = __polled {
            #typed
            #result.put(__value);
            #marks
        }
    }
}

/// The call itself: the only mention of the method, at the user's tokens, so that a wrong name or number of
/// arguments is one error. The first part is the code before it.
fn future(
    context: Context<'_>,
    call: &Call,
    field: &Ident,
    method: &Ident,
) -> (TokenStream, TokenStream) {
    let is_edge = |arg: &Operand| matches!(arg, Operand::Edge { .. });
    match context.divided && call.args.iter().all(is_edge) {
        true => (quote!(), of_edges(context, call, field, method)),
        false => witnessed(context, call, field, method),
    }
}

/// `downloader.run(hand_over(edge_0.take(), Sig::new()))`: rustc knows the argument's type before the
/// parameter's. Its messages are worse than with a witness, but it need not keep a closure until the end of the
/// function, which costs time at every expression.
fn of_edges(context: Context<'_>, call: &Call, field: &Ident, method: &Ident) -> TokenStream {
    let rt = runtime_path();
    let wanted = quote!(#rt::private::Sig::new());
    let given = call.args.iter();
    let given = given.map(|arg| operand::give(arg, &wanted, context.entry));
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#(#given),*));
    arguments.set_span(call.parens);
    quote_spanned!(method.span()=> #field.#method #arguments)
}

/// `let (call, (a,)) = witness1(|a| downloader.run(a));`, and `call(give(a, 3))`.
fn witnessed(
    context: Context<'_>,
    call: &Call,
    field: &Ident,
    method: &Ident,
) -> (TokenStream, TokenStream) {
    let rt = runtime_path();
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
    let given = given.map(|(arg, wanted)| operand::give(arg, &quote!(#wanted), context.entry));
    let witness = format_ident!("witness{}", call.args.len());
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#(#params),*));
    arguments.set_span(call.parens);
    let callee = quote_spanned!(method.span()=> |#(#params),*| #field.#method #arguments);
    (
        quote!(let (__call, (#(#wanted,)*)) = #rt::private::#witness(#callee);),
        quote!(__call(#(#given),*)),
    )
}
