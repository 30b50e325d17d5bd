//! What the attributes expand to, without a proc macro.
#![allow(clippy::unwrap_used)]

mod editor;
mod expansions;
mod half_typed;
mod soup;

use proc_macro2::{TokenStream, TokenTree};
use syn::LitStr;

/// Compares a text with the snapshot of the test's name.
macro_rules! snapshot {
    ($text:expr) => {
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!($text)
        })
    };
}
use snapshot;

/// `#[graph]`, `#[graph(..)]`, `#[deployment]` or `#[deployment(..)]` in front of an item.
fn expand(attribute: &str, item: &str) -> TokenStream {
    let (name, options) = attribute.split_once('(').unwrap_or((attribute, ")"));
    let options = options.trim_end_matches(')').parse().unwrap();
    let item = item.parse().unwrap();
    match name {
        "deployment" => serve_compiler::deployment(options, item),
        _ => serve_compiler::graph(options, item),
    }
}

/// The same, as rust-analyzer sees it.
fn expand_in_editor(attribute: &str, item: &str) -> TokenStream {
    let item = item.parse().unwrap();
    match attribute {
        "deployment" => serve_compiler::deployment_in_editor(TokenStream::new(), item),
        _ => serve_compiler::graph_in_editor(TokenStream::new(), item),
    }
}

/// In the format of rustfmt.
fn pretty(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).unwrap())
}

/// The messages of the errors in an expansion, each once.
fn messages(tokens: &TokenStream) -> Vec<String> {
    let mut messages = Vec::new();
    collect_messages(tokens, &mut messages);
    messages
}

fn collect_messages(tokens: &TokenStream, messages: &mut Vec<String>) {
    let mut is_error = false;
    for token in tokens.clone() {
        match token {
            TokenTree::Ident(ident) => is_error = ident == "compile_error",
            TokenTree::Group(group) => match syn::parse2::<LitStr>(group.stream()) {
                Ok(message) if is_error => {
                    if !messages.contains(&message.value()) {
                        messages.push(message.value());
                    }
                }
                _ => collect_messages(&group.stream(), messages),
            },
            _ => {}
        }
    }
}
