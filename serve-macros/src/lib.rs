//! The attributes of the typed serving graph. Use them through `serve-runtime`, which documents
//! and re-exports them.

use proc_macro::TokenStream;

/// Makes a type or a function a deployment. Documented in `serve-runtime`.
#[proc_macro_attribute]
pub fn deployment(attr: TokenStream, item: TokenStream) -> TokenStream {
    serve_compiler::deployment(attr.into(), item.into()).into()
}

/// Makes a function a graph. Documented in `serve-runtime`.
#[proc_macro_attribute]
pub fn graph(attr: TokenStream, item: TokenStream) -> TokenStream {
    serve_compiler::graph(attr.into(), item.into()).into()
}
