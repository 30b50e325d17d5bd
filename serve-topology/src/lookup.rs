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

/// The entry of a graph that a method of its handle calls: a method is named after its route, and `call` is the first
/// entry. `None` if it is not known.
pub const fn entry_called(graph: &Topology<'_>, method: &str) -> Option<usize> {
    let mut i = 0;
    while i < graph.entries.len() {
        if is_named_after(method, graph.entries[i].route) {
            return Some(i);
        }
        i += 1;
    }
    if equal(method, "call") { Some(0) } else { None }
}

/// `count_words` after `/count-words`.
const fn is_named_after(method: &str, route: &str) -> bool {
    let (method, route) = (method.as_bytes(), route.as_bytes());
    if route.len() != method.len() + 1 {
        return false;
    }
    let mut i = 0;
    while i < method.len() {
        let fits = match route[i + 1] {
            b'/' | b'-' | b'.' => method[i] == b'_',
            letter => method[i] == letter,
        };
        if !fits {
            return false;
        }
        i += 1;
    }
    true
}
