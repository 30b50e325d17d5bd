//! Warnings. A macro cannot emit one on stable Rust, but rustc warns of each use of a deprecated item, at that
//! place and with the note of the deprecation.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

/// Warns at `span`.
pub(super) fn at(span: Span, name: &str, message: &str) -> TokenStream {
    let name = format_ident!("{name}");
    let used = used_at(&name, span);
    quote! {
        const _: () = {
            #[deprecated(note = #message)]
            #[allow(non_upper_case_globals)]
            const #name: () = ();
            #used
        };
    }
}

/// Warns at `span` unless rustc finds that the constant condition holds.
pub(crate) fn unless(condition: TokenStream, span: Span, name: &str, message: &str) -> TokenStream {
    let (name, warning) = (format_ident!("{name}"), format_ident!("Warning"));
    let (used, warns) = (used_at(&name, span), used_at(&warning, span));
    quote! {
        const _: () = {
            struct #warning<const HOLDS: bool>;
            #[allow(dead_code)]
            impl #warning<true> {
                const fn #name() {}
            }
            #[allow(dead_code)]
            impl #warning<false> {
                #[deprecated(note = #message)]
                const fn #name() {}
            }
            #warns::<{ #condition }>::#used()
        };
    }
}

/// The mention that rustc warns about.
fn used_at(name: &syn::Ident, span: Span) -> TokenStream {
    let mut name = name.clone();
    name.set_span(span.resolved_at(name.span()));
    quote_spanned!(span=> #name)
}
