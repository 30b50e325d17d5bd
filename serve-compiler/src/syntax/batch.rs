//! `#[batch(..)]`: a helper attribute, which `#[deployment]` removes from its item.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Meta};

/// The attribute's name.
const NAME: &str = "batch";

/// The attributes to remove: valid loaders have lost theirs already.
const NAMES: [&str; 2] = [NAME, super::multiplexed::NAME];

/// The first `#[batch]` among attributes, and any further ones.
pub(crate) fn attributes(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs.iter().filter(|attr| {
        let last = attr.path().segments.last();
        last.is_some_and(|segment| segment.ident == NAME)
    })
}

/// The tokens in its parentheses; `None` if it is `#[batch = ..]`.
pub(crate) fn arguments(attr: &Attribute) -> Option<TokenStream> {
    match &attr.meta {
        Meta::Path(_) => Some(TokenStream::new()),
        Meta::List(list) => Some(list.tokens.clone()),
        Meta::NameValue(_) => None,
    }
}

/// An item that has the attribute above its `#[deployment]`, with the attribute below it; `None` for any other
/// item.
pub(crate) fn below_deployment(attr: &TokenStream, item: TokenStream) -> Option<TokenStream> {
    let parts = |input: ParseStream<'_>| {
        let attributes = input.call(Attribute::parse_outer)?;
        Ok((attributes, input.parse::<TokenStream>()?))
    };
    let (attributes, rest) = parts.parse2(item).ok()?;
    let is_deployment = |attribute: &Attribute| {
        let last = attribute.path().segments.last();
        last.is_some_and(|last| last.ident == "deployment")
    };
    attributes
        .iter()
        .any(is_deployment)
        .then(|| quote!(#(#attributes)* #[batch(#attr)] #rest))
}

/// A function, or an `impl` block, without the attribute on itself and on its methods. Bodies are not changed.
pub(crate) fn without_attributes(item: TokenStream) -> TokenStream {
    let mut keywords = item.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(ident) if ident == "fn" || ident == "impl" => Some(ident),
        _ => None,
    });
    let mut tokens = match keywords.next() {
        Some(keyword) if keyword == "fn" => return without(item).into_iter().collect(),
        Some(_) => item.into_iter().collect::<Vec<_>>(),
        None => return item,
    };
    if let Some(TokenTree::Group(block)) = tokens.last()
        && block.delimiter() == Delimiter::Brace
    {
        let inside = without(block.stream());
        // An item without the attribute stays the same, token for token.
        if inside.len() != block.stream().into_iter().count() {
            let mut stripped = Group::new(Delimiter::Brace, inside.into_iter().collect());
            stripped.set_span(block.span());
            let last = tokens.len() - 1;
            tokens[last] = stripped.into();
        }
    }
    tokens.into_iter().collect()
}

fn without(tokens: TokenStream) -> Vec<TokenTree> {
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let is_attribute = matches!(kept.last(), Some(TokenTree::Punct(hash)) if hash.as_char() == '#')
            && matches!(&token, TokenTree::Group(group) if is_attribute(group, &NAMES));
        if is_attribute {
            kept.pop();
        } else {
            kept.push(token);
        }
    }
    kept
}

/// `[batch]`, `[batch(..)]`, `[serve_runtime::batch(..)]`; or another attribute of these names.
pub(super) fn is_attribute(group: &Group, names: &[&str]) -> bool {
    if group.delimiter() != Delimiter::Bracket {
        return false;
    }
    let path = group.stream().into_iter().take_while(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    });
    matches!(path.last(), Some(TokenTree::Ident(last)) if names.iter().any(|name| last == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(item: &str) -> String {
        without_attributes(item.parse().unwrap()).to_string()
    }

    fn same(item: &str) -> String {
        item.parse::<TokenStream>().unwrap().to_string()
    }

    #[test]
    fn the_attribute_is_removed_from_methods_and_functions() {
        let method = "impl M { #[batch(max_batch_size = 2)] #[inline] fn f(&self, x: Vec<u8>) {} }";
        let left = "impl M { #[inline] fn f(&self, x: Vec<u8>) {} }";
        assert_eq!(stripped(method), same(left));
        let function = "#[serve_runtime::batch] fn f(x: Vec<u8>) -> Vec<u8> { x }";
        assert_eq!(
            stripped(function),
            same("fn f(x: Vec<u8>) -> Vec<u8> { x }")
        );
    }

    #[test]
    fn attributes_in_a_body_stay() {
        let method = "impl M { fn f(&self) { #[batch] fn g() {} } }";
        assert_eq!(stripped(method), same(method));
        let function = "fn f(m: impl Fn()) { #[batch] fn g() {} }";
        assert_eq!(stripped(function), same(function));
    }

    #[test]
    fn a_misplaced_attribute_stays_and_is_reported() {
        for item in ["#[batch] struct M;", "#[batch] impl M { fn f(&self) {} }"] {
            assert_eq!(stripped(item), same(item));
        }
    }
}
