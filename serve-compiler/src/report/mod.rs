//! Collects every error of one expansion, so that one compile shows them all.

mod reader;
pub(crate) mod warning;

use std::cell::RefCell;
use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::spanned::Spanned;
use syn::{Ident, Type, parse_quote};

pub(crate) use self::reader::Reader;

/// The errors and warnings found so far.
#[derive(Default)]
pub(crate) struct Report {
    errors: Vec<syn::Error>,
    warnings: Vec<TokenStream>,
    reader: Reader,
    /// The errors that are types as well, by their index.
    poisons: RefCell<BTreeMap<usize, Ident>>,
    /// That of the report beside this one, which emits the errors.
    poison: Option<Type>,
    /// The name of the item, as a part of names beside it.
    item: String,
    /// Types that have an error, and what stands in for them.
    spoilt: Vec<(String, Type)>,
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

    /// Tells the name of the item that the errors are of.
    pub(crate) fn of_item(&mut self, name: String) {
        self.item = name;
    }

    /// For errors that are also reported elsewhere, and are not needed here.
    pub(crate) fn aside(&self) -> Self {
        Report {
            reader: self.reader,
            poison: Some(self.poison()),
            ..Report::default()
        }
    }

    /// Reports an error at the given tokens.
    pub(crate) fn error(&mut self, at: impl ToTokens, message: impl std::fmt::Display) {
        self.errors.push(syn::Error::new_spanned(at, message));
    }

    /// Reports a mistake that is repeated all over an item only at its first place.
    pub(crate) fn error_once(&mut self, at: impl ToTokens, message: impl std::fmt::Display) {
        let message = message.to_string();
        if !self.errors.iter().any(|error| error.to_string() == message) {
            self.error(at, message);
        }
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

    /// The last error as a type: rustc reports nothing about the uses of a value of this type. The error is
    /// emitted once, where the type is declared.
    pub(crate) fn poison(&self) -> Type {
        if self.reader == Reader::Editor {
            // The error is reported at the user's tokens; this length can be anything.
            return parse_quote!(_);
        }
        if let Some(poison) = &self.poison {
            return poison.clone();
        }
        let Some(last) = self.errors.len().checked_sub(1) else {
            return Type::Verbatim(quote!([(); ::core::compile_error!("wrong")]));
        };
        let mut poisons = self.poisons.borrow_mut();
        let named = || format_ident!("__Wrong_{}_{last}", self.item);
        let ident = poisons.entry(last).or_insert_with(named);
        parse_quote!(#ident)
    }

    /// The last error is that of a type, in whose place stand-ins have one that is the error.
    pub(crate) fn spoil(&mut self, ty: &impl ToTokens) {
        let poison = self.poison();
        self.spoilt.push((ty.to_token_stream().to_string(), poison));
    }

    /// A type, or what stands in for it.
    pub(crate) fn unspoilt(&self, ty: &Type) -> Type {
        let text = ty.to_token_stream().to_string();
        let spoilt = self.spoilt.iter().find(|(spoilt, _)| *spoilt == text);
        spoilt.map_or_else(|| ty.clone(), |(_, poison)| poison.clone())
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

    /// Takes back what was reported since a part began, as it follows from an error that rustc reports.
    pub(crate) fn forget(&mut self, part: Scope) {
        self.errors.truncate(part.before);
    }

    /// The errors, for callers without rustc.
    pub(crate) fn into_errors(self) -> Vec<syn::Error> {
        self.errors
    }

    /// The errors and warnings as items that make rustc report them.
    pub(crate) fn into_tokens(self) -> TokenStream {
        let poisons = self.poisons.into_inner();
        let errors = self.errors.iter().enumerate().map(|(index, error)| {
            let error = error.to_compile_error();
            match poisons.get(&index) {
                None => error,
                // A macro that fails in the place of a type leaves `()`; in the place of a length it leaves an
                // error.
                Some(ident) => quote! {
                    #[doc(hidden)]
                    #[allow(dead_code, non_camel_case_types)]
                    type #ident = [(); { #error }];
                },
            }
        });
        errors.chain(self.warnings).collect()
    }
}
