//! `key = value, ..` in an attribute.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, Token};

use crate::ir::deployment::{GivenOption, Options};
use crate::report::Report;

/// Reads an attribute's options; what cannot be read is reported and left out.
pub(crate) fn parse(attr: TokenStream, report: &mut Report) -> Options {
    let parser = Punctuated::<GivenOption, Token![,]>::parse_terminated;
    match parser.parse2(attr) {
        Ok(options) => Options(options.into_iter().collect()),
        Err(error) => {
            report.push(error);
            Options::default()
        }
    }
}

impl Parse for GivenOption {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key: Ident = input.parse()?;
        if !input.peek(Token![=]) {
            let message = format!("an option needs a value\nhelp: write `{key} = ..`");
            return Err(syn::Error::new(key.span(), message));
        }
        input.parse::<Token![=]>()?;
        let value: Expr = input.parse()?;
        Ok(GivenOption { key, value })
    }
}
