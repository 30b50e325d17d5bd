//! How an executor and a topology name the runtime crate: by an alias, as they do so at every step.

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

/// The alias at a user's tokens: what rustc says of the code after it is said of those tokens. An item is
/// found from anywhere, so that it need not be known to be generated.
pub(super) fn runtime_path_at(span: Span) -> Ident {
    Ident::new("__rt", span)
}
