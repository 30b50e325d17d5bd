//! Arguments: how a value moves from its edge to a parameter.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Ident, Type};

use super::lend::Lend;
use crate::codegen::path::runtime_path_at;
use crate::ir::graph::{Entry, Operand, Read};
use crate::ir::id::EdgeId;

/// The variable of an edge's slot.
pub(super) fn slot(edge: EdgeId) -> Ident {
    format_ident!("__edge_{edge}")
}

/// `Once::take`, at a user's token: the type is named, because a trait that the user imports may have a method of
/// the same name.
pub(super) fn on_slot(edge: EdgeId, entry: &Entry, method: &str, span: Span) -> TokenStream {
    let rt = runtime_path_at(span);
    let (ty, method) = match entry.edges[edge].is_shared() {
        true => ("Slot", Ident::new(method, span)),
        false => ("Once", Ident::new(method, span)),
    };
    let ty = Ident::new(ty, span);
    quote_spanned!(span=> #rt::private::#ty::#method)
}

/// `Once::put(&mut edge_0, value);`
pub(super) fn put(edge: EdgeId, entry: &Entry, value: &TokenStream) -> TokenStream {
    if entry.edges[edge].consumers == 0 {
        return quote!(let _ = #value;); // rustc reports an error elsewhere
    }
    let (slot, put) = (slot(edge), on_slot(edge, entry, "put", Span::call_site()));
    quote!(#put(&mut #slot, #value);)
}

/// The user's tokens to point at.
pub(super) fn span(operand: &Operand) -> Span {
    match operand {
        Operand::Edge { at, .. } => at.span(),
        Operand::Plain { expr, .. } => expr.span(),
    }
}

/// The argument with the parameter's type. Every token is at the user's argument.
pub(super) fn give(operand: &Operand, wanted: &TokenStream, entry: &Entry) -> TokenStream {
    let span = span(operand);
    let rt = runtime_path_at(span);
    let Operand::Edge { edge, .. } = operand else {
        let value = evaluate(operand, entry);
        return quote_spanned!(span=> #rt::bounds::Accepts::give(#wanted, #value));
    };
    let slot = slot_at(*edge, span);
    if entry.edges[*edge].is_shared() {
        let one = one(*edge, entry, span);
        let ask = quote_spanned!(span=> #rt::bounds::AcceptsOneOf::ask(&#slot, #wanted));
        quote_spanned!(span=> #rt::bounds::AcceptsOneOf::share_out(#ask, #one))
    } else {
        let take = on_slot(*edge, entry, "take", span);
        quote_spanned!(span=> #rt::bounds::Accepts::hand_over(#take(&mut #slot), #wanted))
    }
}

/// The answer, with the type that the graph function names.
pub(super) fn answer(operand: &Operand, output: &Type, entry: &Entry) -> TokenStream {
    let span = span(operand);
    let rt = runtime_path_at(span);
    let wanted = quote_spanned!(span=> #rt::private::Sig::<#output>::new());
    match operand {
        Operand::Edge { edge, .. } if !entry.edges[*edge].is_shared() => {
            let (slot, take) = (slot_at(*edge, span), on_slot(*edge, entry, "take", span));
            quote_spanned!(span=> #rt::bounds::Answers::answer(#take(&mut #slot), #wanted))
        }
        _ => give(operand, &wanted, entry),
    }
}

/// A slot's variable at a user's token.
pub(super) fn slot_at(edge: EdgeId, span: Span) -> Ident {
    let mut slot = slot(edge);
    slot.set_span(span.resolved_at(slot.span()));
    slot
}

/// The value of an operand.
pub(super) fn evaluate(operand: &Operand, entry: &Entry) -> TokenStream {
    let (expr, reads) = match operand {
        Operand::Plain { expr, reads, .. } => (expr, reads),
        Operand::Edge { edge, .. } => {
            let span = span(operand);
            return match entry.edges[*edge].is_shared() {
                false => method(*edge, entry, "take", span),
                true => duplicate(*edge, entry, span),
            };
        }
    };
    if reads.is_empty() {
        return expr.to_token_stream();
    }
    let Parts {
        held,
        bindings,
        done,
        mut lend,
    } = parts(reads, entry);
    let mut expr = expr.clone();
    lend.take(&mut expr);
    if done.is_empty() {
        return at_users(quote!(#bindings #expr), span(operand));
    }
    let value = at_users(quote!(#bindings #expr), span(operand));
    at_users(
        quote!(#held let __value = #value; #done __value),
        span(operand),
    )
}

/// `{ Once::take(&mut slot) }` in place of a user's token: rustc reports its errors at that token.
pub(super) fn method(edge: EdgeId, entry: &Entry, method: &str, span: Span) -> TokenStream {
    let slot = slot_at(edge, span);
    let (inside, method) = (slot.span(), on_slot(edge, entry, method, slot.span()));
    at_users(quote_spanned!(inside=> #method(&mut #slot)), span)
}

/// An expression in braces that are at a user's token.
pub(super) fn at_users(expr: TokenStream, span: Span) -> TokenStream {
    let mut braces = Group::new(Delimiter::Brace, expr);
    braces.set_span(span);
    braces.to_token_stream()
}

/// One of several values, for an expression that shares the value with others.
fn duplicate(edge: EdgeId, entry: &Entry, span: Span) -> TokenStream {
    let (rt, one) = (runtime_path_at(span), one(edge, entry, span));
    quote_spanned!(span=> #rt::bounds::One::value(#one))
}

/// What one of several consumers takes. That the value can be used several times is required at the second use, by
/// all of them.
fn one(edge: EdgeId, entry: &Entry, span: Span) -> TokenStream {
    let second = entry.edges[edge].second_use().unwrap_or(span);
    let (rt, slot) = (runtime_path_at(second), slot_at(edge, second));
    // In braces: rustc may point at the argument.
    let slot = at_users(quote_spanned!(second=> &mut #slot), second);
    quote_spanned!(second=> #rt::bounds::Duplicate::one(#slot))
}

/// The code of a value that patterns take apart, in parts: its borrows must live as long as the patterns' names.
pub(super) struct Matched {
    /// Around the `match`: values that are only read.
    pub(super) held: TokenStream,
    pub(super) bindings: TokenStream,
    pub(super) value: TokenStream,
    /// Right after the `match`.
    pub(super) done: TokenStream,
    /// The names that are borrows.
    pub(super) lend: Lend,
    /// Whether the patterns only borrow the value: they bind parts of it by reference.
    pub(super) is_lent: bool,
}

/// The value of an operand, to be matched. `looks` says that no pattern moves anything out of it.
pub(super) fn matched(operand: &Operand, looks: bool, entry: &Entry) -> Matched {
    match operand {
        Operand::Edge { edge, at } if looks && entry.edges[*edge].is_shared() => {
            let (slot, at_span) = (slot(*edge), slot_at(*edge, at.span()));
            let lend = on_slot(*edge, entry, "lend", at.span());
            let done = on_slot(*edge, entry, "done", Span::call_site());
            Matched {
                value: quote_spanned!(at.span()=> *#lend(&#at_span)),
                done: quote!(#done(&mut #slot);),
                ..Matched::of(quote!())
            }
        }
        Operand::Edge { .. } => Matched::of(evaluate(operand, entry)),
        Operand::Plain { expr, reads, .. } => {
            let Parts {
                held,
                bindings,
                done,
                mut lend,
            } = parts(reads, entry);
            let mut expr = expr.clone();
            let is_lent = lend.is_place(&expr);
            match is_lent {
                true => lend.look(&mut expr),
                false => lend.take(&mut expr),
            }
            Matched {
                held,
                bindings,
                value: delimited(&expr),
                done,
                lend,
                is_lent,
            }
        }
    }
}

impl Matched {
    /// A value that is moved.
    fn of(value: TokenStream) -> Self {
        Matched {
            held: quote!(),
            bindings: quote!(),
            value,
            done: quote!(),
            lend: Lend::default(),
            is_lent: false,
        }
    }
}

/// An expression in a place where Rust allows no struct literal; its own parentheses were removed.
fn delimited(expr: &Expr) -> TokenStream {
    fn binds(expr: &Expr) -> bool {
        match expr {
            Expr::Let(_) => true,
            Expr::Binary(binary) => binds(&binary.left) || binds(&binary.right),
            _ => false,
        }
    }
    match binds(expr) {
        true => expr.to_token_stream(),
        false => quote!((#expr)),
    }
}

/// The values that a plain expression reads.
struct Parts {
    held: TokenStream,
    bindings: TokenStream,
    done: TokenStream,
    /// The names of those that are lent.
    lend: Lend,
}

fn parts(reads: &[Read], entry: &Entry) -> Parts {
    let mut bindings = TokenStream::new();
    let (mut held, mut done) = (TokenStream::new(), TokenStream::new());
    let mut names: BTreeMap<EdgeId, &Ident> = BTreeMap::new();
    for read in reads {
        if !is_lent(read, entry) {
            bindings.extend(bind(read, entry));
            continue;
        }
        let (ident, span) = (&read.ident, read.ident.span());
        let slot = slot_at(read.edge, span);
        let of_slot = |method| on_slot(read.edge, entry, method, span);
        match names.get(&read.edge) {
            // One value may have two names.
            Some(other) => {
                let finish = of_slot("done");
                bindings.extend(quote_spanned!(span=> let #ident = #other;));
                done.extend(quote!(#finish(&mut #slot);));
            }
            None => {
                let (hold, back) = (of_slot("hold"), of_slot("back"));
                names.insert(read.edge, ident);
                held.extend(quote_spanned!(span=> let #ident = #hold(&mut #slot);));
                bindings.extend(quote_spanned!(span=> let #ident = &*#ident;));
                done.extend(quote_spanned!(span=> #back(&mut #slot, #ident);));
            }
        }
    }
    let lent = reads.iter().filter(|read| is_lent(read, entry));
    Parts {
        held,
        bindings,
        done,
        lend: Lend::of(lent.map(|read| &read.ident)),
    }
}

/// `let image = ..;` for an edge that the expression takes.
fn bind(read: &Read, entry: &Entry) -> TokenStream {
    let (ident, span) = (&read.ident, read.ident.span());
    let slot = slot_at(read.edge, span);
    if entry.edges[read.edge].is_shared() {
        let value = duplicate(read.edge, entry, span);
        quote_spanned!(span=> let mut #ident = #value;)
    } else {
        let take = on_slot(read.edge, entry, "take", span);
        quote_spanned!(span=> let mut #ident = #take(&mut #slot);)
    }
}

fn is_lent(read: &Read, entry: &Entry) -> bool {
    read.lendable && entry.edges[read.edge].is_shared()
}
