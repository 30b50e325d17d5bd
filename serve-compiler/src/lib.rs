//! The compile-time half of the typed serving graph.
//!
//! `serve-macros` is the thin proc-macro crate over [`deployment`] and [`graph`]; they are plain
//! functions from tokens to tokens here, so that they can be tested and used in build scripts.
//! ARCHITECTURE.md has the path that the tokens take.
//!
//! An editor gets another expansion: [`graph_in_editor`]. A macro cannot see what reads its expansion, so
//! [`is_editor_reading`] uses the name of the process, for example `rust-analyzer-proc-macro-srv`. Set
//! `SERVE_MACROS_FOR=editor` or `SERVE_MACROS_FOR=rustc` in the environment of the process to override it.

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
pub mod source;
mod stand_in;
mod syntax;
mod text;
mod topology_data;

pub use editor::is_reading as is_editor_reading;
pub use picture::picture;
pub use pipeline::{batch, deployment, deployment_in_editor, graph, graph_in_editor, multiplexed};
