//! How generated code names the runtime crate, which a user may have renamed in `Cargo.toml`.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

/// The path of the runtime crate: `::serve_runtime`, or what the user calls it.
pub(crate) fn runtime_path() -> TokenStream {
    let name = match crate_name("serve-runtime") {
        Ok(FoundCrate::Name(name)) => name,
        // The runtime names itself by its own name, and rustc reports a missing dependency well.
        Ok(FoundCrate::Itself) | Err(_) => "serve_runtime".to_owned(),
    };
    let name = Ident::new(&name, Span::call_site());
    quote!(::#name)
}
