//! `key = value, ..` in an attribute.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, Token};

use super::autoscaling;
use crate::diagnostics;
use crate::ir::deployment::{GivenOption, Options};
use crate::report::Report;

/// Reads an attribute's options; unreadable ones are reported and left out.
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
        let key = key(input)?;
        let has_fields = key == autoscaling::KEY;
        if has_fields && input.peek(syn::token::Paren) {
            let value = autoscaling::parse(&key, input)?;
            return Ok(GivenOption { key, value });
        }
        if diagnostics::is_called_otherwise(&key) {
            return elsewhere(key, input);
        }
        if !input.peek(Token![=]) {
            let value = if has_fields { "(..)" } else { " = .." };
            let mistake = match input.peek(syn::token::Paren) {
                true => "an option takes its value after `=`",
                false => "an option needs a value",
            };
            let message = format!("{mistake}\nhelp: write `{key}{value}`");
            return Err(syn::Error::new(key.span(), message));
        }
        input.parse::<Token![=]>()?;
        if input.is_empty() || input.peek(Token![,]) {
            let message = diagnostics::option_without_value(&key);
            return Err(syn::Error::new(key.span(), message));
        }
        let value: Expr = input.parse()?;
        Ok(GivenOption { key, value })
    }
}

/// An option of Ray Serve, whose value may be written as in Python: it is read only to find the option after it.
fn elsewhere(key: Ident, input: ParseStream<'_>) -> syn::Result<GivenOption> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    let value = syn::parse_quote_spanned!(key.span()=> ());
    Ok(GivenOption { key, value })
}

/// The name of an option; a value without one is an error of its own.
fn key(input: ParseStream<'_>) -> syn::Result<Ident> {
    if input.peek(Ident::peek_any) {
        return input.call(Ident::parse_any);
    }
    let value: Expr = input.parse()?;
    let message = diagnostics::option_without_name(&value);
    Err(syn::Error::new_spanned(value, message))
}
