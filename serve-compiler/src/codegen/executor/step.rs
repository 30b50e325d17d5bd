//! Steps that are not calls: plain values, and taking values apart.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Ident, Pat};

use super::lend::{self, Lend};
use super::operand::{self, Matched, slot};
use super::{Context, fan_out, generated_at};
use crate::codegen::path::{runtime_path, runtime_path_at};
use crate::ir::graph::{Action, Arm, Edge, Entry, Operand, Step};
use crate::ir::id::{ChoiceId, EdgeId, FanOutId, Id, NodeId};

/// The state that the steps keep between polls.
pub(super) fn declare(steps: &[&Step]) -> TokenStream {
    let rt = runtime_path();
    let nodes = steps.iter().filter_map(|step| node(&step.action));
    let choices = steps.iter().filter_map(|step| match &step.action {
        Action::Choose(choose) => Some(choice_state(choose.choice)),
        _ => None,
    });
    let deliveries = fan_out::declare(steps);
    quote! {
        #deliveries
        #rt::private::nodes!(#(#nodes),*);
        #(let mut #choices = #rt::private::Choice::new();)*
    }
}

/// The state of a step that stays in flight over several polls.
pub(super) fn node(action: &Action) -> Option<Ident> {
    match action {
        Action::Call(call) => Some(call_state(call.node)),
        Action::FanOut(fan_out) => Some(fan_out_state(fan_out.fan_out)),
        Action::Value { .. } | Action::TakeApart { .. } | Action::Choose(_) => None,
    }
}

pub(super) fn call_state(node: NodeId) -> Ident {
    format_ident!("__call_{node}")
}

pub(super) fn fan_out_state(fan_out: FanOutId) -> Ident {
    format_ident!("__each_{fan_out}")
}

/// The arm of a request, once it is known.
pub(super) fn choice_state(choice: ChoiceId) -> Ident {
    format_ident!("__choice_{choice}")
}

/// `Choice::is(&__choice_0, 1)`
pub(super) fn on_arm(when: Option<Arm>) -> Option<TokenStream> {
    let (rt, Arm { choice, arm }) = (runtime_path(), when?);
    let choice = choice_state(choice);
    Some(quote!(#rt::private::Choice::is(&#choice, #arm)))
}

/// Conditions, joined: `a && b`.
pub(super) fn all(conditions: impl IntoIterator<Item = TokenStream>) -> TokenStream {
    let all = conditions.into_iter().reduce(|all, it| quote!(#all && #it));
    all.unwrap_or_else(|| quote!(true))
}

/// `: T`, the type that a value's `let` names.
pub(super) fn type_of(edge: &Edge) -> Option<TokenStream> {
    edge.ty.as_ref().map(|ty| quote!(: #ty))
}

/// Computes a plain value when the values that it reads are there.
pub(super) fn value(
    context: Context<'_>,
    when: Option<Arm>,
    edge: EdgeId,
    value: &Operand,
) -> TokenStream {
    let entry = context.entry;
    let awaited = std::iter::once(is_awaited(edge, entry));
    let ready = all_here(std::slice::from_ref(value), entry);
    let ready = all(awaited.chain(on_arm(when)).chain(ready));
    let span = operand::span(value);
    let given = Ident::new("__value", generated_at(span));
    let checked = {
        let (rt, given) = (
            runtime_path_at(span),
            operand::at_users(quote!(#given), span),
        );
        quote_spanned!(span=> #rt::bounds::Value::travels(#given))
    };
    let same = match when {
        // All arms of a choice have the type of the first arm.
        Some(Arm { arm, .. }) if arm.index() > 0 && entry.edges[edge].when != when => {
            let rt = runtime_path_at(span);
            let wanted = operand::method(edge, entry, "wanted", span);
            let same = quote_spanned!(span=> #rt::bounds::SameValue::same(#given, #wanted));
            quote!(let #given = #same;)
        }
        _ => quote!(),
    };
    let put = operand::put(edge, entry, &quote!(#given));
    let value = operand::evaluate(value, entry);
    let ty = type_of(&entry.edges[edge]);
    let marks = context.marks.edge(edge);
    quote! {
        if #ready {
            let #given #ty = #value;
            let #given = #checked;
            #same
            #put
            #marks
        }
    }
}

/// Takes a value apart when it is there: each name of the pattern gets an edge of its own.
pub(super) fn take_apart(
    context: Context<'_>,
    when: Option<Arm>,
    pattern: &Pat,
    parts: &[EdgeId],
    value: &Operand,
) -> TokenStream {
    let entry = context.entry;
    // The parts are stored together, so the first one tells whether they are there.
    let first = parts.first().map(|part| is_awaited(*part, entry));
    let ready = all_here(std::slice::from_ref(value), entry);
    let ready = all(first.into_iter().chain(on_arm(when)).chain(ready));
    let Matched {
        held,
        bindings,
        value,
        done,
        mut lend,
        is_lent,
    } = operand::matched(value, false, entry);
    let mut pattern = pattern.clone();
    lend.bind(&mut pattern, is_lent);
    let fill = put_parts(context, parts, &lend);
    quote! {
        if #ready {
            #held
            { #bindings let #pattern = #value; #fill }
            #done
        }
    }
}

/// Stores the values that a pattern has bound.
pub(super) fn put_parts(context: Context<'_>, parts: &[EdgeId], lend: &Lend) -> TokenStream {
    let (entry, edges) = (context.entry, &context.entry.edges);
    let wanted = parts.iter().filter(|part| edges[**part].consumers > 0);
    let fill = wanted.map(|part| {
        let name = &edges[*part].ident;
        let slot = operand::slot_at(*part, name.span());
        let marks = context.marks.edge(*part);
        // At the name: a pattern may have borrowed the value that it binds.
        let rt = runtime_path_at(name.span());
        let put = operand::on_slot(*part, entry, "put", name.span());
        let part = match lend.lends(name) {
            true => lend::copy(&quote_spanned!(name.span()=> *#name)),
            false => name.to_token_stream(),
        };
        let owned = quote_spanned!(name.span()=> #rt::private::Owned::owned(#part));
        let put = quote_spanned!(name.span()=> #put(&mut #slot, #owned););
        quote!(#put #marks)
    });
    quote!(#(#fill)*)
}

/// `Once::is_here(&edge_0)`, ..
pub(super) fn all_here(operands: &[Operand], entry: &Entry) -> Vec<TokenStream> {
    let mut edges: Vec<EdgeId> = operands.iter().flat_map(Operand::edges).collect();
    edges.sort_unstable();
    edges.dedup();
    edges.into_iter().map(|edge| is_here(edge, entry)).collect()
}

/// `Once::is_here(&edge_0)`
pub(super) fn is_here(edge: EdgeId, entry: &Entry) -> TokenStream {
    asked(edge, entry, "is_here")
}

/// `Once::is_awaited(&edge_0)`
pub(super) fn is_awaited(edge: EdgeId, entry: &Entry) -> TokenStream {
    asked(edge, entry, "is_awaited")
}

fn asked(edge: EdgeId, entry: &Entry, question: &str) -> TokenStream {
    if entry.edges[edge].consumers == 0 {
        return quote!(false); // it has no slot, as rustc reports an error elsewhere
    }
    let slot = slot(edge);
    let question = operand::on_slot(edge, entry, question, Span::call_site());
    quote!(#question(&#slot))
}
