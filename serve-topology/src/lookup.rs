//! Finding a method's description by its name in a `const`.

use crate::{Execution, Method};

/// The method of that name.
///
/// A name that is not there gives a description without parameters or types: the call itself is
/// what rustc reports, once, at the user's token.
pub const fn method<'a>(methods: &[Method<'a>], name: &'a str) -> Method<'a> {
    let mut i = 0;
    while i < methods.len() {
        if equal(methods[i].name.as_bytes(), name.as_bytes()) {
            return methods[i];
        }
        i += 1;
    }
    Method {
        name,
        execution: Execution::InPlace,
        params: &[],
        output: "",
        batch: None,
    }
}

const fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}
