//! Writes the pictures of a crate's serving graphs from its build script.
//!
//! ```toml
//! [build-dependencies]
//! serve-build = "0.1"
//! ```
//!
//! ```no_run
//! // build.rs
//! fn main() {
//!     serve_build::pictures().write();
//! }
//! ```
//!
//! For each function with `#[graph]` in the package's library and binaries, this writes `name.svg`,
//! `name.mmd`, `name.dot` and `name.json` to `OUT_DIR`, where the crate finds them:
//!
//! ```ignore
//! const PICTURE: &str = include_str!(concat!(env!("OUT_DIR"), "/hello.svg"));
//! ```
//!
//! To keep the pictures in the repository, write them to a folder:
//!
//! ```no_run
//! use serve_build::Format;
//!
//! serve_build::pictures()
//!     .to("docs/graphs")
//!     .formats([Format::Svg, Format::Mermaid])
//!     .write();
//! ```
//!
//! The script runs again when a source file changes. A graph with a mistake fails the build with the message of
//! `#[graph]`. The pictures show what the sources of the crate and of its `path` dependencies contain: for a
//! deployment that another crate or a macro defines, they show only the name.

// A build script is a `main`.
#![allow(clippy::needless_doctest_main)]

mod diagnostic;
mod files;
mod pictures;
mod watch;

pub use pictures::{Error, Pictures, pictures};
pub use serve_topology::render::Format;
