//! The compile-time half of the typed serving graph.
//!
//! `serve-macros` is the thin proc-macro crate over [`deployment`] and [`graph`]; they are plain
//! functions from tokens to tokens here, so that they can be tested and used in build scripts. To
//! rust-analyzer they show something else: see [`graph_in_editor`].
//! ARCHITECTURE.md has the path that the tokens take.

mod check;
mod codegen;
mod diagnostics;
mod editor;
mod ir;
mod lower;
mod picture;
mod pipeline;
mod report;
mod runtime_path;
mod shape;
pub mod source;
mod syntax;
mod text;

pub use editor::is_reading as is_editor_reading;
pub use picture::picture;
pub use pipeline::{batch, deployment, deployment_in_editor, graph, graph_in_editor, multiplexed};
