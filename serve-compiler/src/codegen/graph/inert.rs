//! The stand-in for a graph that has errors: the same names and types, so that code that uses the graph has no
//! errors.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use super::function::{self, application};
use super::handle::{self, Method};
use super::{build, entry};
use crate::codegen::deployment::handle::name as handle_name;
use crate::ir::graph::Signature;
use crate::report::Report;
use crate::runtime_path::runtime_path;
use crate::syntax::entry::InertEntry;
use crate::text::name_text;

/// The user's function.
pub(crate) fn function(signature: &Signature, bound: &[Path], report: &Report) -> TokenStream {
    // Without an error here, rustc has reported one of its parser's. Should it ever parse what this crate does
    // not, the build fails here.
    let never = match report.is_empty() {
        true => quote!(
            const { ::core::panic!("`#[graph]` cannot parse this function: please report it") }
        ),
        false => quote!(::core::unreachable!()),
    };
    let body = quote! {
        // Marks its imports as used.
        #(let _: ::core::option::Option<#bound> = ::core::option::Option::None;)*
        #never
    };
    let lints = quote!(unused_variables, dead_code);
    function::generate(signature, &lints, &application(signature), &body)
}

/// The items beside the function. Without valid entries, not even their number is known.
pub(crate) fn generate(
    signature: &Signature,
    entries: &[InertEntry],
    report: &Report,
) -> TokenStream {
    let rt = runtime_path();
    let Signature {
        vis,
        attrs,
        ident,
        type_ident,
        ..
    } = signature;
    let cfg = crate::syntax::deployment::cfg(attrs);
    let handle_ident = handle_name(type_ident);
    let methods: Vec<Method<'_>> = entries.iter().map(method).collect();
    let handle = match methods.is_empty() {
        false => {
            let handle = handle::generate(signature, &methods, &[]);
            let bind = build::bind(signature);
            quote!(#handle #bind)
        }
        // rustc has reported that it cannot parse the body.
        true if report.is_empty() => {
            let handle = handle::generate(signature, &methods, &[]);
            let bind = build::bind(signature);
            quote!(#handle #bind)
        }
        true => {
            let poison = report.poison();
            quote!(#(#cfg)* #vis type #handle_ident = #poison;)
        }
    };
    let entry_types = entry::types(signature, &methods);
    let impls = methods.iter().enumerate();
    let impls = impls.map(|(index, method)| {
        entry::implementation(signature, index, method, &execute(signature))
    });
    let declared = entry::declarations(signature, &methods);
    let name = name_text(ident);
    quote! {
        #(#cfg)*
        #[allow(dead_code)]
        #vis struct #type_ident {}

        #handle

        #(#cfg)*
        impl #rt::private::Generated for #type_ident {}

        #(#cfg)*
        impl #rt::Graph for #type_ident {
            type Handle = #handle_ident;
            type Entries = (#(#entry_types,)*);
            const TOPOLOGY: &'static #rt::topology::Topology<'static> =
                &#rt::topology::Topology::new(#name);

            fn requests(&self) -> &#rt::private::InFlightLimit {
                ::core::unreachable!()
            }

            fn each_called(&self, _show: &mut dyn ::core::ops::FnMut(&dyn #rt::private::AnyHandle)) {}
        }

        #declared

        #(#impls)*
    }
}

fn method(entry: &InertEntry) -> Method<'_> {
    Method {
        ident: &entry.ident,
        is_only: entry.is_only,
        names: entry.params.iter().map(|(name, _)| name).collect(),
        types: entry.params.iter().map(|(_, ty)| ty).collect(),
        output: &entry.output,
    }
}

fn execute(signature: &Signature) -> TokenStream {
    let rt = runtime_path();
    let graph = &signature.type_ident;
    quote! {
        async fn execute<'__g, __W: #rt::private::Watch>(
            _graph: &'__g #graph,
            _input: Self::Input,
            _watch: &'__g __W,
        ) -> #rt::Result<Self::Output> {
            ::core::unreachable!()
        }
    }
}
