//! A node: starts a call when its inputs are there, and stores its result.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;

use super::fan_out;
use super::step::{all, all_here, call_state, on_arm, type_of};
use super::{Context, generated_at, handle};
use super::{operand, order};
use crate::codegen::deployment::signature::IN_GRAPH;
use crate::codegen::path::runtime_path;
use crate::ir::graph::{Arm, Call, DeploymentKind, Operand};
use crate::ir::id::EdgeId;

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
        graph, entry, each, ..
    } = context;
    let (index, node) = (call.node, call_state(call.node));
    let kind = graph.deployments[call.deployment].kind;
    let (name, method) = (&call.name, &method_of(call, kind));
    let mut handle = handle(call.deployment);
    handle.set_span(generated_at(method.span()));
    let waiting = std::iter::once(quote!(#rt::private::Node::is_waiting(&#node)));
    let here = all_here(&call.args, entry);
    let ready = all(waiting.chain(on_arm(when)).chain(here));
    let (prepare, future) = future(context, call, &handle, method);
    let future = match each {
        true => fan_out::limited(call.deployment, &future),
        false => future,
    };
    let ty = type_of(&entry.edges[call.edge]);
    let typed = ty.map(|ty| {
        let value = Ident::new("__value", generated_at(method.span()));
        quote!(let __value #ty = #value;)
    });
    let put = operand::put(call.edge, entry, &quote!(__value));
    let marks = context.marks.edge(call.edge);
    quote! {
        let __at = #rt::private::Watch::at(__watch, #index);
        if #ready {
            #prepare
            let __started = #future;
            #rt::private::Node::start(#rt::private::Pin::as_mut(&mut #node), __started);
        }
        let __polled = #rt::private::At::poll(
            __at,
            __watch,
            #name,
            #rt::private::Pin::as_mut(&mut #node),
            __turns,
            __cx,
        )?;
        if let #rt::private::Some(__value) = __polled {
            #typed
            #put
            #marks
        }
    }
}

/// The call itself: the only mention of the method, at the user's tokens, so that a wrong name or number of
/// arguments is one error. The first part is the code before it.
fn future(
    context: Context<'_>,
    call: &Call,
    handle: &Ident,
    method: &Ident,
) -> (TokenStream, TokenStream) {
    let is_edge = |arg: &Operand| matches!(arg, Operand::Edge { .. });
    match context.divided && call.args.iter().all(is_edge) {
        true => (quote!(), of_edges(context, call, handle, method)),
        false => witnessed(context, call, handle, method),
    }
}

/// `downloader.run(hand_over(edge_0.take(), Sig::new()))`: rustc knows the argument's type before the
/// parameter's. Its messages are worse than with a witness, but it need not keep a closure until the end of the
/// function, which costs time at every expression.
fn of_edges(context: Context<'_>, call: &Call, handle: &Ident, method: &Ident) -> TokenStream {
    let rt = runtime_path();
    let wanted = quote!(#rt::private::Sig::new());
    let given = call.args.iter();
    let given = given.map(|arg| operand::give(arg, &wanted, context.entry));
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#(#given),*));
    arguments.set_span(call.parens);
    quote_spanned!(method.span()=> #handle.#method #arguments)
}

/// `let (call, (a,)) = witness1(|a| downloader.run(a));`, and `call(give(a, 3))`.
fn witnessed(
    context: Context<'_>,
    call: &Call,
    handle: &Ident,
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
    let mut given: Vec<TokenStream> = given.collect();
    let first = order::looks_first(&call.args, &context.entry.edges);
    let first = first.into_iter().map(|index| {
        let name = format_ident!("__given_{index}");
        let value = std::mem::replace(&mut given[index], quote!(#name));
        quote!(let #name = #value;)
    });
    let first: Vec<TokenStream> = first.collect();
    let swapped = swapped(context, call, &wanted);
    let witness = format_ident!("witness{}", call.args.len());
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#(#params),*));
    arguments.set_span(call.parens);
    let callee = quote_spanned!(method.span()=> |#(#params),*| #handle.#method #arguments);
    (
        quote! {
            let (__call, (#(#wanted,)*)) = #rt::private::#witness(#callee);
            #swapped
            #(#first)*
        },
        quote!(__call(#(#given),*)),
    )
}

/// The maximum of values among the arguments of a call for which rustc looks for swapped ones: the number of pairs
/// grows faster than that of values.
const MAX_COMPARED: usize = 3;

/// `let (call, a, b) = (&&Order::of(a, b, edge_0.wanted(), edge_1.wanted())).__wanted(call);` for each two values.
fn swapped(context: Context<'_>, call: &Call, wanted: &[Ident]) -> TokenStream {
    let rt = runtime_path();
    let edges = call
        .args
        .iter()
        .zip(wanted)
        .filter_map(|(arg, wanted)| match arg {
            Operand::Edge { edge, at } => Some((*edge, at.span(), wanted)),
            Operand::Plain { .. } => None,
        });
    let edges: Vec<_> = edges.collect();
    if edges.len() < 2 || edges.len() > MAX_COMPARED {
        return quote!();
    }
    let type_of = |edge: EdgeId| {
        let wanted = operand::on_slot(edge, context.entry, "wanted", Span::call_site());
        let slot = operand::slot(edge);
        quote!(#wanted(&#slot))
    };
    let pairs = edges.iter().enumerate().flat_map(|(index, first)| {
        let others = edges[index + 1..].iter();
        others.map(move |second| (*first, *second))
    });
    let pairs = pairs.filter(|((first, ..), (second, ..))| first != second);
    let pairs = pairs.map(|((first, at, a), (second, _, b))| {
        let (t, u) = (type_of(first), type_of(second));
        let order = quote!(#rt::private::Order::of(&#a, &#b, #t, #u));
        let mut order = Group::new(Delimiter::Parenthesis, quote!(&&#order));
        order.set_span(at);
        quote_spanned!(at=> let (__call, #a, #b) = #order.__wanted(__call);)
    });
    let pairs = pairs.collect::<TokenStream>();
    quote! {
        use #rt::private::{InOrder as _, OutOfOrder as _, Swapped as _};
        #pairs
    }
}
