//! The expansion of the attributes for an editor, in place of the one for rustc.
//!
//! A graph's executor does not help a user who types: an edge is a slot there, not a variable, and a graph with
//! an error has no executor at all. So rust-analyzer gets a *shadow* instead: the user's function as ordinary
//! typed Rust with every token in its place, in which it completes, infers types, jumps and renames. It works
//! for correct and for half-typed graphs.
//!
//! Only text after the user's tokens is added, and each token occurs once: an editor compares the expansion, by
//! offsets, with one that has one more word at the cursor.

mod calls;
pub(crate) mod loaders;
mod scope;
mod shadow;
mod split;

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{File, Ident, Item, ItemFn};

use crate::codegen::deployment::handle;
use crate::ir::deployment::DeploymentFn;
use crate::ir::graph::Signature;
use crate::runtime_path::runtime_path;
use crate::syntax::entry::InertEntry;

/// The environment variable that says what reads an expansion, for any name of the process.
const READER: &str = "SERVE_MACROS_FOR";

/// Whether this process expands macros for an editor: rust-analyzer's proc-macro server, or itself.
///
/// A macro cannot see what reads its expansion, so the name of the process decides: one that begins with
/// `rust-analyzer` is an editor. The environment variable `SERVE_MACROS_FOR` corrects a wrong guess: `editor`
/// for a server of another name, `rustc` for an analysis that must see the compiled code.
///
/// rust-analyzer also sets a `cfg` of its name, but rustc warns of a `cfg` that it does not know in every crate
/// that has the generated code.
pub fn is_reading() -> bool {
    match std::env::var(READER).as_deref() {
        Ok("editor") => return true,
        Ok("rustc") => return false,
        _ => {}
    }
    let process = std::env::current_exe().unwrap_or_default();
    let name = process.file_stem().unwrap_or_default().to_string_lossy();
    name.starts_with("rust-analyzer")
}

/// The shadow of a graph function, and the items beside it. They mention the user's names but are not at the
/// user's tokens; only the names that the graph gives them lead back to it.
pub(crate) fn graph(
    signature: &Signature,
    item: &ItemFn,
    tokens: TokenStream,
    entries: &[InertEntry],
    beside: TokenStream,
) -> (TokenStream, TokenStream) {
    let handle = handle::name(&signature.type_ident);
    let named = [&signature.ident, &signature.type_ident, &handle];
    let methods = entries.iter().map(|entry| &entry.ident);
    let attached: Vec<&Ident> = named.into_iter().chain(methods).collect();
    (
        shadow::function(signature, &item.sig.output, tokens),
        detached(out_of_sight(beside, &named), &attached),
    )
}

/// The same items; an editor offers only those with these names.
fn out_of_sight(items: TokenStream, named: &[&Ident]) -> TokenStream {
    let Ok(file) = syn::parse2::<File>(items.clone()) else {
        return items;
    };
    let is_named = |item: &Item| match item {
        Item::Struct(item) => named.contains(&&item.ident),
        Item::Type(item) => named.contains(&&item.ident),
        _ => false,
    };
    let (seen, unseen): (Vec<Item>, Vec<Item>) = file.items.into_iter().partition(is_named);
    quote!(#(#seen)* const _: () = { #(#unseen)* };)
}

/// The items of a deployment without those that only report a missing attribute: an editor would offer them
/// among the types.
pub(crate) fn without_stand_ins(items: TokenStream) -> TokenStream {
    let Ok(mut file) = syn::parse2::<File>(items.clone()) else {
        return items;
    };
    let is_stand_in = |name: &Ident| {
        let name = name.to_string();
        let prefixes = [
            "__StandInOf",
            "__without_",
            "__TypeKeyOf",
            "__BlockKeyOf",
            "__BindOf",
        ];
        prefixes.iter().any(|prefix| name.starts_with(prefix))
    };
    file.items.retain(|item| {
        let names = crate::syntax::tokens::variables(item.to_token_stream());
        !names.iter().any(is_stand_in)
    });
    file.to_token_stream()
}

/// The return type of a function deployment, for the shadows of graphs that call it.
pub(crate) fn outcome(deployment: &DeploymentFn) -> TokenStream {
    let rt = runtime_path();
    let function = &deployment.function;
    let (ident, output) = (&function.ident, &function.output);
    let cfg = crate::syntax::deployment::cfg(&function.attrs);
    let (impl_generics, ty_generics, where_clause) = deployment.generics.split_for_impl();
    let outcome = quote! {
        #(#cfg)*
        impl #impl_generics #rt::private::editor::Function for #ident #ty_generics #where_clause {
            type Output = #output;
        }
    };
    detached(outcome, &[])
}

/// The same tokens, marked as generated: an editor does not find them at the user's code. Those with one of the
/// names are kept.
pub(crate) fn detached(tokens: TokenStream, attached: &[&Ident]) -> TokenStream {
    let detach = |mut token: TokenTree| {
        match &mut token {
            TokenTree::Group(group) => {
                token = Group::new(group.delimiter(), detached(group.stream(), attached)).into();
            }
            TokenTree::Ident(ident) if attached.contains(&&*ident) => {}
            token => token.set_span(Span::call_site()),
        }
        token
    };
    tokens.into_iter().map(detach).collect()
}
