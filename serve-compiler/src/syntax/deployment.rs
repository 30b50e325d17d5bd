//! The parts of an item that matter to a deployment.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Field, Generics, Ident, ItemEnum, ItemStruct, Visibility};

/// A `struct` or `enum`.
pub(crate) struct TypeItem {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// None of an `enum`.
    pub(crate) fields: Vec<Field>,
}

impl From<ItemStruct> for TypeItem {
    fn from(item: ItemStruct) -> Self {
        TypeItem {
            attrs: item.attrs,
            vis: item.vis,
            ident: item.ident,
            generics: item.generics,
            fields: item.fields.into_iter().collect(),
        }
    }
}

impl From<ItemEnum> for TypeItem {
    fn from(item: ItemEnum) -> Self {
        TypeItem {
            attrs: item.attrs,
            vis: item.vis,
            ident: item.ident,
            generics: item.generics,
            fields: Vec::new(),
        }
    }
}

/// Another attribute of ours on an item that has one.
pub(crate) fn another_attribute(item: TokenStream) -> Option<Attribute> {
    let attributes = |input: ParseStream<'_>| {
        let attributes = input.call(Attribute::parse_outer)?;
        input.parse::<TokenStream>()?;
        Ok(attributes)
    };
    let attributes = attributes.parse2(item).ok()?;
    attributes.into_iter().find(|attribute| {
        let last = attribute.path().segments.last();
        last.is_some_and(|last| last.ident == "deployment" || last.ident == "graph")
    })
}

/// The `#[cfg]`s among attributes.
pub(crate) fn cfg(attrs: &[Attribute]) -> Vec<Attribute> {
    let is_cfg = |attr: &&Attribute| attr.path().is_ident("cfg");
    attrs.iter().filter(is_cfg).cloned().collect()
}

/// The doc comments and `#[cfg]`s among attributes.
pub(crate) fn doc_and_cfg(attrs: &[Attribute]) -> Vec<Attribute> {
    let keep = |attr: &&Attribute| attr.path().is_ident("cfg") || attr.path().is_ident("doc");
    attrs.iter().filter(keep).cloned().collect()
}

/// A function, a type, or the functions of an `impl` block, with nothing in their braces.
pub(crate) fn without_bodies(item: TokenStream) -> TokenStream {
    let has = |keyword: &str| {
        let mut tokens = item.clone().into_iter();
        tokens.any(|token| matches!(token, TokenTree::Ident(ident) if ident == keyword))
    };
    let is_block = has("impl") && !has("fn");
    let empty = |token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            let inside = match is_block {
                true => without_bodies(group.stream()),
                false => TokenStream::new(),
            };
            let mut emptied = Group::new(Delimiter::Brace, inside);
            emptied.set_span(group.span());
            emptied.into()
        }
        token => token,
    };
    item.into_iter().map(empty).collect()
}
