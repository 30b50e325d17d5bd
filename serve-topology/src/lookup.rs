//! Finds a method's description, and the entry of a method, by its name in a `const`.

use crate::text::equal;
use crate::{Execution, Method, Topology};

/// The method of that name.
///
/// An unknown name gives a description without parameters or types: rustc reports the call itself, once, at the
/// user's token.
pub const fn method<'a>(methods: &[Method<'a>], name: &'a str) -> Method<'a> {
    let mut i = 0;
    while i < methods.len() {
        if equal(methods[i].name, name) {
            return methods[i];
        }
        i += 1;
    }
    Method::new(name, Execution::InPlace)
}

/// The entry of a graph that a method of its handle calls. `None` if there is none.
pub const fn entry_called(graph: &Topology<'_>, method: &str) -> Option<usize> {
    let mut i = 0;
    while i < graph.entries.len() {
        if equal(method, graph.entries[i].method) {
            return Some(i);
        }
        i += 1;
    }
    None
}
