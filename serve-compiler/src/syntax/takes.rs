//! Places in expressions, and which methods take their receiver.

use syn::{BinOp, Expr, Ident, UnOp};

/// The methods that take their receiver by value, besides those that begin with one of [`PREFIXES`]: those of `Option`,
/// `Result` and iterators. A macro sees no types, so it goes by the name.
const METHODS: [&str; 30] = [
    "and_then",
    "chain",
    "collect",
    "enumerate",
    "err",
    "filter",
    "filter_map",
    "flat_map",
    "flatten",
    "fold",
    "is_err_and",
    "is_none_or",
    "is_ok_and",
    "is_some_and",
    "map",
    "map_err",
    "map_or",
    "map_or_else",
    "ok",
    "ok_or",
    "ok_or_else",
    "or",
    "or_else",
    "rev",
    "skip",
    "sum",
    "take",
    "transpose",
    "xor",
    "zip",
];

const PREFIXES: [&str; 3] = ["expect", "into_", "unwrap"];

/// Whether a method takes its receiver. Any other method borrows it.
///
/// If it does take it, rustc says so: E0507, with the clone as its help. Nothing of ours can say it instead. A trait with
/// a method of that name, to be found before the one that takes its receiver, would also hide what `Deref` finds later, as
/// `iter` of a `Vec`; and the method of a `Copy` type may take it.
pub(crate) fn takes(method: &Ident) -> bool {
    let name = method.to_string();
    METHODS.contains(&&*name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether both sides are only looked at: `a.size == b[0].size`.
pub(crate) fn compares(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::Eq(_) | BinOp::Ne(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_)
    )
}

/// The expression that a place is a part of: `a` of `a.size`, `a[0]`, `*a` and `(a)`.
pub(crate) fn base(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::Field(field) => Some(&field.base),
        Expr::Index(index) => Some(&index.expr),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => Some(&unary.expr),
        Expr::Paren(paren) => Some(&paren.expr),
        Expr::Group(group) => Some(&group.expr),
        _ => None,
    }
}

/// The variable that a place is, or is a part of.
pub(crate) fn root(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Path(path) => path.path.get_ident(),
        expr => root(base(expr)?),
    }
}
