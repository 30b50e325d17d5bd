//! Collects every error of one expansion, so that one compile shows them all.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Type;

/// The errors found so far.
#[derive(Default)]
pub(crate) struct Report(Vec<syn::Error>);

impl Report {
    /// Reports an error at the given tokens.
    pub(crate) fn error(&mut self, at: impl ToTokens, message: impl std::fmt::Display) {
        self.0.push(syn::Error::new_spanned(at, message));
    }

    /// Takes over an error of syn's.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    /// The last error as a type: rustc asks no more of what has it, wherever that is used. It says
    /// the same twice then, which rustc shows once.
    pub(crate) fn poison(&self) -> Type {
        let error = self.0.last().map(syn::Error::to_compile_error);
        let error = error.unwrap_or_else(|| quote!(::core::compile_error!("wrong")));
        // A macro that fails where a type stands leaves `()`; as a length it leaves an error.
        Type::Verbatim(quote!([(); { #error }]))
    }

    /// Whether nothing was reported.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many errors were reported.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The errors, for who shows them without rustc.
    pub(crate) fn into_errors(self) -> Vec<syn::Error> {
        self.0
    }

    /// The errors as items for rustc to stumble over.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0.iter().map(syn::Error::to_compile_error).collect()
    }
}
