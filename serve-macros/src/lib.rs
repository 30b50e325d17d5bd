//! The attributes of the typed serving graph. Use them through `serve-runtime`, which documents
//! and re-exports them.

use proc_macro::{Literal, TokenStream, TokenTree};

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

/// Batches the calls of a method: a part of `deployment`. Documented in `serve-runtime`.
#[proc_macro_attribute]
pub fn batch(attr: TokenStream, item: TokenStream) -> TokenStream {
    serve_compiler::batch(attr.into(), item.into()).into()
}

/// Caches the models that a method loads: a part of `deployment`. Documented in `serve-runtime`.
#[proc_macro_attribute]
pub fn multiplexed(attr: TokenStream, item: TokenStream) -> TokenStream {
    serve_compiler::multiplexed(attr.into(), item.into()).into()
}

/// The picture of a graph, as Markdown in a string. rustdoc expands it in the code that `#[graph]` generates.
#[doc(hidden)]
#[proc_macro]
pub fn picture(graph: TokenStream) -> TokenStream {
    TokenTree::Literal(Literal::string(&drawn(graph))).into()
}

#[cfg(feature = "pictures")]
fn drawn(graph: TokenStream) -> String {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(std::path::PathBuf::from);
    let draw = serve_topology::render::svg;
    serve_compiler::picture(graph.into(), package.as_deref(), draw)
}

#[cfg(not(feature = "pictures"))]
fn drawn(_graph: TokenStream) -> String {
    String::new()
}
