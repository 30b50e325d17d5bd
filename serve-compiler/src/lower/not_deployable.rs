//! `#[deployment]` on an item that cannot be one.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{
    Attribute, ImplItem, Item, ItemImpl, ItemMod, ReturnType, Type, Visibility, parse_quote,
};

use crate::diagnostics;
use crate::report::Report;
use crate::runtime_path::runtime_path;
use crate::syntax::owned::not_owned;

/// Reports it at the item's keyword.
pub(crate) fn report(item: &Item, report: &mut Report) {
    let (at, help) = match item {
        Item::Trait(item) => (
            item.trait_token.span(),
            "put it on a type that implements this trait, and on the `impl` block of that type's own methods",
        ),
        Item::Mod(item) => (
            item.mod_token.span(),
            "remove it, and write `#[serve_runtime::deployment]` on the functions and types inside",
        ),
        Item::Type(item) => (
            item.type_token.span(),
            "remove it, and put it on the `struct` or `enum` itself",
        ),
        Item::Const(item) => (item.const_token.span(), VALUE),
        Item::Static(item) => (item.static_token.span(), VALUE),
        Item::Union(item) => (item.union_token.span(), "write an `enum`"),
        Item::TraitAlias(item) => (item.trait_token.span(), REMOVE),
        Item::Use(item) => (item.use_token.span(), REMOVE),
        Item::Macro(item) => (item.mac.path.span(), REMOVE),
        // rustc reports a function without a body.
        Item::Verbatim(_) => return,
        other => (first(other), REMOVE),
    };
    report.push(syn::Error::new(
        at,
        diagnostics::not_a_deployment_item(help),
    ));
}

const REMOVE: &str = "remove it here";
const VALUE: &str =
    "remove it here; a value that calls read is a field of a `struct` with `#[deployment]`";

fn first(item: &Item) -> Span {
    let first = item.to_token_stream().into_iter().next();
    first.map_or_else(Span::call_site, |token| token.span())
}

/// A module with the attribute on what is inside, as its user meant: nothing else is wrong where a graph calls it.
pub(crate) fn in_place_of(item: &TokenStream) -> Option<TokenStream> {
    let mut module = syn::parse2::<ItemMod>(item.clone()).ok()?;
    let (_, items) = module.content.as_mut()?;
    let blocks: Vec<ItemImpl> = items.iter().filter_map(block).cloned().collect();
    let rt = runtime_path();
    let attribute: Attribute = parse_quote!(#[#rt::deployment]);
    for item in items {
        let of_block = |name: &syn::Ident| {
            let name = name.to_string();
            blocks
                .iter()
                .any(|block| block.self_ty.to_token_stream().to_string() == name)
        };
        match item {
            Item::Fn(function) if is_step(function) => function.attrs.push(attribute.clone()),
            Item::Struct(item) if of_block(&item.ident) => item.attrs.push(attribute.clone()),
            Item::Enum(item) if of_block(&item.ident) => item.attrs.push(attribute.clone()),
            Item::Impl(item) if blocks.contains(item) => item.attrs.push(attribute.clone()),
            _ => {}
        }
    }
    Some(quote!(#module))
}

/// An `impl` block with a `new` and methods.
fn block(item: &Item) -> Option<&ItemImpl> {
    let Item::Impl(item) = item else { return None };
    let functions = || {
        item.items.iter().filter_map(|item| match item {
            ImplItem::Fn(function) => Some(&function.sig),
            _ => None,
        })
    };
    let is_whole = functions().any(|function| function.ident == "new")
        && functions().any(|function| function.receiver().is_some());
    let is_plain = item.trait_.is_none() && !has_attribute(&item.attrs);
    (is_whole && is_plain && matches!(*item.self_ty, Type::Path(_))).then_some(item)
}

/// A function that a graph may call.
fn is_step(function: &syn::ItemFn) -> bool {
    let is_private = matches!(function.vis, Visibility::Inherited);
    let is_owned = match &function.sig.output {
        ReturnType::Type(_, ty) => not_owned(ty).is_none(),
        ReturnType::Default => false,
    };
    !is_private && is_owned && !has_attribute(&function.attrs)
}

fn has_attribute(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attribute| {
        let last = attribute.path().segments.last();
        last.is_some_and(|last| last.ident == "deployment" || last.ident == "graph")
    })
}
