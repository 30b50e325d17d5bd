//! Finds a method's description by its name in a `const`.

use crate::text::equal;
use crate::{Execution, Method};

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
