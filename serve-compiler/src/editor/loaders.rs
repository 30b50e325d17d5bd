//! Loaders as an editor reads them: only under their own name, and with the type that a call returns.
//!
//! ```text
//! #[multiplexed] async fn model(&self, id: &str) -> Result<Model> { body }    becomes
//! async fn model(&self, id: &str) -> <Result<Model> as Loaded>::Shared {
//!     let loaded: Result<Model> = async move { body }.await;
//!     shared(loaded)
//! }
//! ```

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

use super::detached;
use crate::ir::deployment::Loader;
use crate::runtime_path::runtime_path;
use crate::syntax::multiplexed::{is_ours, map_block};

/// An `impl` block with these loaders in that form.
pub(crate) fn shown(item: TokenStream, loaders: &[Loader]) -> TokenStream {
    match loaders.is_empty() {
        true => item,
        false => map_block(item, |functions| show(functions, loaders)),
    }
}

fn show(functions: TokenStream, loaders: &[Loader]) -> TokenStream {
    let mut shown: Vec<TokenTree> = Vec::new();
    let mut has_attribute = false;
    let mut tokens = functions.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) if is_ours(&group) => {
                has_attribute = true;
                shown.pop(); // its `#`
            }
            TokenTree::Ident(name) if is_fn(&shown) => {
                let mut loaders = loaders.iter();
                let loader = loaders.find(|loader| has_attribute && loader.ident == name);
                has_attribute = false;
                shown.push(name.into());
                if let Some(loader) = loader {
                    shown.extend(tokens.next()); // its parameters
                    shown.extend(rest(&mut tokens, loader));
                }
            }
            token => shown.push(token),
        }
    }
    shown.into_iter().collect()
}

/// The tokens after a loader's parameters.
fn rest(tokens: &mut impl Iterator<Item = TokenTree>, loader: &Loader) -> TokenStream {
    let mut output: Vec<TokenTree> = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => {
                let output = output.into_iter().skip("->".len());
                return wrapped(&output.collect(), &body, loader);
            }
            token => output.push(token),
        }
    }
    output.into_iter().collect()
}

fn wrapped(output: &TokenStream, body: &Group, loader: &Loader) -> TokenStream {
    let rt = runtime_path();
    let shared = match loader.fallible {
        Some(_) => quote!(<#output as #rt::private::editor::Loaded>::Shared),
        None => quote!(#rt::Result<#rt::Shared<#output>>),
    };
    // The user's tokens occur once.
    let output = detached(output.clone(), &[]);
    let loaded = match loader.is_async {
        true => quote!(async move #body.await),
        false => quote!((|| #body)()),
    };
    quote! {
        -> #shared {
            let __loaded: #output = #loaded;
            #rt::private::editor::shared(__loaded)
        }
    }
}

fn is_fn(tokens: &[TokenTree]) -> bool {
    matches!(tokens.last(), Some(TokenTree::Ident(it)) if it == "fn")
}
