//! Collects every error of one expansion, so that one compile shows them all.

mod reader;
pub(crate) mod warning;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Type, parse_quote};

pub(crate) use self::reader::Reader;

/// The errors and warnings found so far.
#[derive(Default)]
pub(crate) struct Report {
    errors: Vec<syn::Error>,
    warnings: Vec<TokenStream>,
    reader: Reader,
}

/// A part of the expansion, which knows whether it failed, whether or not other parts did.
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

    /// For errors that are also reported elsewhere, and are not needed here.
    pub(crate) fn aside(&self) -> Self {
        Report::to(self.reader)
    }

    /// Reports an error at the given tokens.
    pub(crate) fn error(&mut self, at: impl ToTokens, message: impl std::fmt::Display) {
        self.errors.push(syn::Error::new_spanned(at, message));
    }

    /// Warns at the given tokens; `name` is an identifier that rustc shows for the warning.
    pub(crate) fn warn(&mut self, at: &impl Spanned, name: &str, message: impl AsRef<str>) {
        self.warnings
            .push(warning::at(at.span(), name, message.as_ref()));
    }

    /// Adds an error of syn's.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.errors.push(error);
    }

    /// The last error as a type: rustc reports nothing about the uses of a value of this type. It emits the
    /// same error twice then, and rustc shows it once.
    pub(crate) fn poison(&self) -> Type {
        if self.reader == Reader::Editor {
            // The error is reported at the user's tokens; this length can be anything.
            return parse_quote!(_);
        }
        let error = self.errors.last().map(syn::Error::to_compile_error);
        let error = error.unwrap_or_else(|| quote!(::core::compile_error!("wrong")));
        // A macro that fails in the place of a type leaves `()`; in the place of a length it leaves an error.
        Type::Verbatim(quote!([(); { #error }]))
    }

    /// Whether nothing was reported.
    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// Starts a part of the expansion, which can be asked later whether it failed.
    pub(crate) fn scope(&self) -> Scope {
        Scope {
            before: self.errors.len(),
        }
    }

    /// The errors, for callers without rustc.
    pub(crate) fn into_errors(self) -> Vec<syn::Error> {
        self.errors
    }

    /// The errors and warnings as items that make rustc report them.
    pub(crate) fn into_tokens(self) -> TokenStream {
        let errors = self.errors.iter().map(syn::Error::to_compile_error);
        errors.chain(self.warnings).collect()
    }
}
