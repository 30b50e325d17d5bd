//! The arguments of a macro call, which syn leaves as tokens.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Expr, Macro, Pat, Token};

/// The arguments of a macro, if they are expressions.
pub(crate) fn arguments(mac: &Macro) -> Option<Punctuated<Expr, Token![,]>> {
    mac.parse_body_with(Punctuated::parse_terminated).ok()
}

/// The arguments of `matches!(value, pattern if guard)`.
pub(crate) struct Matches {
    pub(crate) value: Expr,
    pub(crate) pattern: Pat,
    pub(crate) guard: Option<Expr>,
}

impl Matches {
    /// If the macro is `matches!`.
    pub(crate) fn parse(mac: &Macro) -> Option<Self> {
        let last = mac.path.segments.last()?;
        (last.ident == "matches").then(|| mac.parse_body().ok())?
    }
}

impl Parse for Matches {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let value = input.parse()?;
        input.parse::<Token![,]>()?;
        let pattern = Pat::parse_multi_with_leading_vert(input)?;
        let guard = match input.parse::<Option<Token![if]>>()? {
            Some(_) => Some(input.parse()?),
            None => None,
        };
        input.parse::<Option<Token![,]>>()?;
        Ok(Matches {
            value,
            pattern,
            guard,
        })
    }
}

impl ToTokens for Matches {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let (value, pattern) = (&self.value, &self.pattern);
        let guard = self.guard.as_ref().map(|guard| quote!(if #guard));
        tokens.extend(quote!(#value, #pattern #guard));
    }
}
