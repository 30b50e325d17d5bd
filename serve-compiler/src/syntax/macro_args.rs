//! The arguments of a macro call, which syn leaves as tokens.

use syn::punctuated::Punctuated;
use syn::{Expr, Macro, Token};

/// The arguments of a macro, if they are expressions.
pub(crate) fn arguments(mac: &Macro) -> Option<Punctuated<Expr, Token![,]>> {
    mac.parse_body_with(Punctuated::parse_terminated).ok()
}
