//! What is left of an item that nothing can be generated for, as others would conflict with that.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Error, FnArg, Item, ItemFn, Stmt, Type, parse_quote};

use crate::diagnostics;
use crate::report::{Reader, Report};
use crate::source::enclosing::{Enclosing, enclosing, is_indented};
use crate::source::twice::{is_block_of_second, is_second};
use crate::syntax::deployment::cfg;

/// What is left of an item whose name was defined before: rustc reports the item, and nothing that it would
/// generate.
pub(crate) fn defined_again(item: &TokenStream) -> Option<TokenStream> {
    match syn::parse2::<Item>(item.clone()).ok()? {
        Item::Fn(mut item) if is_second(&item.sig.ident) => {
            item.attrs = cfg(&item.attrs);
            Some(quote!(#[allow(dead_code)] #item))
        }
        Item::Struct(mut item) if is_second(&item.ident) => {
            item.attrs = cfg(&item.attrs);
            Some(quote!(#[allow(dead_code)] #item))
        }
        Item::Enum(mut item) if is_second(&item.ident) => {
            item.attrs = cfg(&item.attrs);
            Some(quote!(#[allow(dead_code)] #item))
        }
        Item::Impl(item) => match &*item.self_ty {
            Type::Path(ty) => {
                let name = &ty.path.segments.last()?.ident;
                is_block_of_second(name).then(TokenStream::new)
            }
            _ => None,
        },
        _ => None,
    }
}

/// What `#[graph]` stands on.
pub(crate) enum Placed {
    Function(Box<ItemFn>),
    /// What stands in for it.
    Elsewhere(TokenStream),
}

/// Reports a graph that is a method, or beside methods. Of a second graph of one name only the function is left.
pub(crate) fn placed(
    mut item: ItemFn,
    tokens: &TokenStream,
    reader: Reader,
    report: &mut Report,
) -> Placed {
    let name = &item.sig.ident;
    if reader == Reader::Rustc && is_second(name) {
        item.attrs = cfg(&item.attrs);
        item.block.stmts = vec![Stmt::Expr(parse_quote!(::core::unreachable!()), None)];
        return Placed::Elsewhere(quote!(#[allow(dead_code, unused_variables)] #item));
    }
    let Some(receiver) = item.sig.receiver() else {
        let may_be_method = reader == Reader::Rustc && is_indented(tokens);
        return match may_be_method.then(|| enclosing(name)) {
            Some(Enclosing::Block(block)) => {
                let error = diagnostics::graph_in_a_block(name, block);
                Placed::Elsewhere(method(&item, Error::new_spanned(name, error)))
            }
            _ => Placed::Function(Box::new(item)),
        };
    };
    let enclosing = enclosing(name);
    let block = match &enclosing {
        Enclosing::Items => None,
        Enclosing::Block(block) => Some(format!("`{block}`")),
        Enclosing::Unknown => Some("its `impl` block, if it is in one".to_owned()),
    };
    let error = diagnostics::graph_on_a_method(receiver.to_token_stream(), block.as_deref());
    if enclosing == Enclosing::Items {
        report.error(receiver, error);
        let inputs = std::mem::take(&mut item.sig.inputs).into_pairs();
        let inputs = inputs.filter(|pair| matches!(pair.value(), FnArg::Typed(_)));
        item.sig.inputs = inputs.collect();
        return Placed::Function(Box::new(item));
    }
    let error = Error::new_spanned(receiver, error);
    Placed::Elsewhere(method(&item, error))
}

/// The stand-in for a graph on a function of an `impl` block. No type can be declared beside it: the error is its
/// result.
fn method(item: &ItemFn, error: Error) -> TokenStream {
    let error = error.to_compile_error();
    let (attrs, vis, mut sig) = (&item.attrs, &item.vis, item.sig.clone());
    sig.output = parse_quote!(-> [(); { #error }]);
    quote! {
        #(#attrs)*
        #[allow(unused_variables)]
        #vis #sig {
            ::core::unreachable!()
        }
    }
}
