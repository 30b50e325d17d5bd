//! The attributes of the typed serving graph. Use them through `serve-runtime`, which documents
//! and re-exports them.

use proc_macro::TokenStream;

/// Makes a type or a function a deployment. Documented in `serve-runtime`.
#[proc_macro_attribute]
pub fn deployment(attr: TokenStream, item: TokenStream) -> TokenStream {
    let expand = match serve_compiler::is_editor_reading() {
        true => serve_compiler::deployment_in_editor,
        false => serve_compiler::deployment,
    };
    expand(attr.into(), item.into()).into()
}

/// Makes a function a graph. Documented in `serve-runtime`.
#[proc_macro_attribute]
pub fn graph(attr: TokenStream, item: TokenStream) -> TokenStream {
    let expand = match serve_compiler::is_editor_reading() {
        true => serve_compiler::graph_in_editor,
        false => serve_compiler::graph,
    };
    expand(attr.into(), item.into()).into()
}
