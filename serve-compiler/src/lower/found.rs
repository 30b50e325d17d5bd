//! Values that patterns take apart and that are only borrowed: `match replies.first() { Some(reply) => .. }`.
//!
//! A part of a value is an edge, and an edge owns its value. So what `Option<&T>` borrows is copied here, if rustc finds
//! that it is one.

use syn::{Expr, ExprMethodCall, Pat, parse_quote_spanned};

use crate::runtime_path::runtime_path_at;
use crate::syntax::pattern;

/// The methods that often give an `Option<&T>`.
const METHODS: [&str; 14] = [
    "as_ref",
    "find",
    "first",
    "get",
    "last",
    "max",
    "max_by",
    "max_by_key",
    "min",
    "min_by",
    "min_by_key",
    "next",
    "nth",
    "peek",
];

/// Copies what the value borrows, if one of the patterns binds a name.
pub(super) fn own<'p>(value: &mut Expr, patterns: impl IntoIterator<Item = &'p Pat>) {
    let is_lent = matches!(value, Expr::MethodCall(call) if is_one(call));
    let binds = |pattern: &Pat| !pattern::only_looks(pattern);
    if !is_lent || !patterns.into_iter().any(binds) {
        return;
    }
    let Expr::MethodCall(call) = &*value else {
        return;
    };
    let span = call.method.span();
    let rt = runtime_path_at(span);
    *value = parse_quote_spanned!(span=> {
        #[allow(unused_imports)]
        use #rt::private::Itself as _;
        #rt::private::Found::of(#value).__own()
    });
}

fn is_one(call: &ExprMethodCall) -> bool {
    METHODS.iter().any(|name| call.method == name)
}
