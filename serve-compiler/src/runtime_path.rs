//! The path of the runtime crate in generated code; a user may have renamed the crate in `Cargo.toml`.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Ident;

/// The path of the runtime crate: `::serve_runtime`, or the user's name for it.
pub(crate) fn runtime_path() -> TokenStream {
    runtime_path_at(Span::call_site())
}

/// The path at a user's tokens: rustc reports errors of the code after it at those tokens.
pub(crate) fn runtime_path_at(span: Span) -> TokenStream {
    let name = match crate_name("serve-runtime") {
        Ok(FoundCrate::Name(name)) => name,
        // The runtime names itself by its own name, and rustc reports a missing dependency well.
        Ok(FoundCrate::Itself) | Err(_) => "serve_runtime".to_owned(),
    };
    let name = Ident::new(&name, span.resolved_at(Span::call_site()));
    quote_spanned!(span=> ::#name)
}
