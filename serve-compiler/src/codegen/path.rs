//! The name of the runtime crate in an executor and a topology: an alias, because every step uses it.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

/// `use ::serve_runtime as __rt;`
pub(super) fn alias() -> TokenStream {
    let (rt, alias) = (crate::runtime_path::runtime_path(), runtime_path());
    quote!(use #rt as #alias;)
}

/// The alias.
pub(super) fn runtime_path() -> Ident {
    runtime_path_at(Span::call_site())
}

/// The alias at a user's tokens: rustc reports errors of the code after it at those tokens. An item is found
/// from any hygiene, so it need not be marked as generated.
pub(super) fn runtime_path_at(span: Span) -> Ident {
    Ident::new("__rt", span)
}
