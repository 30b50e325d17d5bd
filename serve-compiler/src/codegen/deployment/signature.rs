//! The parts of a method's signature that all generated methods share: its name, its arguments and its result.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Ident;

use crate::ir::deployment::{Method, Param, Passing};
use crate::runtime_path::{runtime_path, runtime_path_at};
use crate::text::name_text;

/// The name of a function's method in a graph.
pub(in crate::codegen) const IN_GRAPH: &str = "in_graph";

/// `Result`s of users become the runtime's.
pub(super) fn outcome(fallible: Option<Span>, result: &TokenStream) -> TokenStream {
    match fallible {
        Some(span) => {
            let rt = runtime_path_at(span);
            // A call, so that rustc checks the error's type here and nowhere else.
            let error = Ident::new("__error", span);
            let call = quote_spanned!(span=> #rt::private::user_error(#rt::bounds::DeploymentError::boxed(#error)));
            quote!(#result.map_err(|#error| #call))
        }
        None => {
            let rt = runtime_path();
            quote!(#rt::private::result::Result::Ok(#result))
        }
    }
}

/// [`outcome`] where the handle is at hand: the error of a call through it is named after what it called.
pub(super) fn outcome_behind(
    fallible: Option<Span>,
    result: &TokenStream,
    behind: &TokenStream,
) -> TokenStream {
    let outcome = outcome(fallible, result);
    match fallible {
        Some(_) => quote!(#outcome.map_err(#behind)),
        None => outcome,
    }
}

/// The method's name for its fake and its batches: for the variant of a function for graphs, the function's own
/// name.
pub(super) fn called(method: &Method) -> String {
    match name_text(&method.ident) {
        name if name == IN_GRAPH => "call".to_owned(),
        name => name,
    }
}

/// The exact type of a parameter of a handle's method.
pub(super) fn handed_over(param: &Param) -> TokenStream {
    let rt = runtime_path();
    match &param.passing {
        Passing::Value(ty) => ty.to_token_stream(),
        Passing::Reference { owned, .. } => quote!(#rt::Shared<#owned>),
    }
}

/// The argument of the user's method.
pub(super) fn argument(param: &Param) -> TokenStream {
    let ident = &param.ident;
    match param.passing {
        Passing::Value(_) => ident.to_token_stream(),
        Passing::Reference { .. } => quote!(&#ident),
    }
}

/// `(image, limit,)`
pub(super) fn arguments(method: &Method) -> TokenStream {
    let names = method.params.iter().map(|param| &param.ident);
    quote!((#(#names,)*))
}
