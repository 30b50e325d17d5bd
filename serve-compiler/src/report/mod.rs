//! Collects every error of one expansion, so that one compile shows them all.

mod reader;
pub(crate) mod warning;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Type, parse_quote};

pub(crate) use self::reader::Reader;

/// The errors found so far, and what is only worth a warning.
#[derive(Default)]
pub(crate) struct Report {
    errors: Vec<syn::Error>,
    warnings: Vec<TokenStream>,
    reader: Reader,
}

/// A part of the expansion: whether it failed, whatever else did.
#[derive(Clone, Copy)]
#[must_use]
pub(crate) struct Scope {
    before: usize,
}

impl Scope {
    /// Whether an error was reported since this part began.
    pub(crate) fn failed(self, report: &Report) -> bool {
        report.errors.len() > self.before
    }
}

impl Report {
    /// No errors yet.
    pub(crate) fn to(reader: Reader) -> Self {
        Report {
            reader,
            ..Report::default()
        }
    }

    /// For errors that are reported elsewhere, too, and need not be here.
    pub(crate) fn aside(&self) -> Self {
        Report::to(self.reader)
    }

    /// Reports an error at the given tokens.
    pub(crate) fn error(&mut self, at: impl ToTokens, message: impl std::fmt::Display) {
        self.errors.push(syn::Error::new_spanned(at, message));
    }

    /// Warns at the given tokens; `name` is what rustc calls it, an identifier.
    pub(crate) fn warn(&mut self, at: &impl Spanned, name: &str, message: impl AsRef<str>) {
        self.warnings
            .push(warning::at(at.span(), name, message.as_ref()));
    }

    /// Takes over an error of syn's.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.errors.push(error);
    }

    /// The last error as a type: rustc asks no more of what has it, wherever that is used. It says
    /// the same twice then, which rustc shows once.
    pub(crate) fn poison(&self) -> Type {
        if self.reader == Reader::Editor {
            // The error stands at the user's tokens; anything goes here.
            return parse_quote!(_);
        }
        let error = self.errors.last().map(syn::Error::to_compile_error);
        let error = error.unwrap_or_else(|| quote!(::core::compile_error!("wrong")));
        // A macro that fails where a type stands leaves `()`; as a length it leaves an error.
        Type::Verbatim(quote!([(); { #error }]))
    }

    /// Whether nothing was reported.
    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// Begins a part of the expansion, of which it can be asked whether anything is wrong with it.
    pub(crate) fn scope(&self) -> Scope {
        Scope {
            before: self.errors.len(),
        }
    }

    /// The errors, for who shows them without rustc.
    pub(crate) fn into_errors(self) -> Vec<syn::Error> {
        self.errors
    }

    /// The errors and warnings as items for rustc to stumble over.
    pub(crate) fn into_tokens(self) -> TokenStream {
        let errors = self.errors.iter().map(syn::Error::to_compile_error);
        errors.chain(self.warnings).collect()
    }
}
