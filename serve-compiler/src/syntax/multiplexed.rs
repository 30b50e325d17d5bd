//! `#[multiplexed(..)]`: a helper attribute on a loader, which `#[deployment]` puts a cache around.
//!
//! The function keeps its place and its tokens under another name; the generated function has its name:
//!
//! ```text
//! #[multiplexed] async fn model(..)   becomes   #[doc(hidden)] async fn __load_model(..)
//! ```

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::Attribute;

/// The attribute's name.
pub(super) const NAME: &str = "multiplexed";

/// The first `#[multiplexed]` among attributes, and any further ones.
pub(crate) fn attributes(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs.iter().filter(|attr| {
        let last = attr.path().segments.last();
        last.is_some_and(|segment| segment.ident == NAME)
    })
}

/// The name under which a loader stays in its `impl` block.
pub(crate) fn hidden_name(loader: &Ident) -> Ident {
    let name = loader.to_string();
    let name = name.trim_start_matches("r#");
    format_ident!("__load_{name}", span = proc_macro2::Span::call_site())
}

/// An `impl` block with its loaders renamed: those of these names that have the attribute.
pub(crate) fn hide_loaders(item: TokenStream, loaders: &[Ident]) -> TokenStream {
    if loaders.is_empty() {
        return item;
    }
    map_block(item, |functions| hide(functions, loaders))
}

/// An `impl` block with other functions in it.
pub(crate) fn map_block(
    item: TokenStream,
    map: impl FnOnce(TokenStream) -> TokenStream,
) -> TokenStream {
    let mut tokens: Vec<TokenTree> = item.into_iter().collect();
    if let Some(TokenTree::Group(block)) = tokens.last_mut()
        && block.delimiter() == Delimiter::Brace
    {
        let mut mapped = Group::new(Delimiter::Brace, map(block.stream()));
        mapped.set_span(block.span());
        *block = mapped;
    }
    tokens.into_iter().collect()
}

fn hide(functions: TokenStream, loaders: &[Ident]) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    // The place of the attribute of the current function.
    let mut attribute = None;
    for token in functions {
        let after = |punct: char| matches!(kept.last(), Some(TokenTree::Punct(it)) if it.as_char() == punct);
        let after_fn = matches!(kept.last(), Some(TokenTree::Ident(it)) if it == "fn");
        let token = match token {
            TokenTree::Group(group) if after('#') && is_ours(&group) => {
                attribute = Some(kept.len());
                TokenTree::Group(group)
            }
            TokenTree::Ident(name) if after_fn => match attribute.take() {
                Some(at) if loaders.contains(&name) => {
                    kept[at] = Group::new(Delimiter::Bracket, quote!(doc(hidden))).into();
                    TokenTree::Ident(hidden_name(&name))
                }
                _ => TokenTree::Ident(name),
            },
            token => token,
        };
        kept.push(token);
    }
    kept.into_iter().collect()
}

/// `[multiplexed]`, `[multiplexed(..)]`, `[serve_runtime::multiplexed(..)]`.
pub(crate) fn is_ours(group: &Group) -> bool {
    super::batch::is_attribute(group, &[NAME])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loader_is_renamed_and_hidden() {
        let item =
            "impl M { #[multiplexed(n = 3)] #[inline] async fn load(&self) { f() } fn f() {} }";
        let hidden = hide_loaders(item.parse().unwrap(), &[format_ident!("load")]);
        let left =
            "impl M { #[doc(hidden)] #[inline] async fn __load_load(&self) { f() } fn f() {} }";
        let left: TokenStream = left.parse().unwrap();
        assert_eq!(hidden.to_string(), left.to_string());
    }

    #[test]
    fn other_methods_keep_their_names() {
        let item = "impl M { #[multiplexed] fn wrong() {} fn load(&self) {} }";
        let item: TokenStream = item.parse().unwrap();
        let hidden = hide_loaders(item.clone(), &[format_ident!("load")]);
        assert_eq!(hidden.to_string(), item.to_string());
    }
}
