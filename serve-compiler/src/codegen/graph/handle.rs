//! A graph's handle: for its callers, and for other graphs that bind it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Type};

use crate::codegen::deployment::checks;
use crate::codegen::deployment::handle::name as handle_name;
use crate::ir::graph::{Entry, Signature};
use crate::runtime_path::runtime_path;
use crate::text::{name_text, type_text};

/// The method of an entry.
pub(super) struct Method<'a> {
    /// `call`, or the route's name.
    pub(super) ident: &'a Ident,
    /// Whether it is `input(..)`.
    pub(super) is_only: bool,
    pub(super) names: Vec<&'a Ident>,
    pub(super) types: Vec<&'a Type>,
    pub(super) output: &'a Type,
}

impl<'a> Method<'a> {
    pub(super) fn of(entry: &'a Entry) -> Self {
        let params = entry.params.iter();
        Method {
            ident: &entry.ident,
            is_only: entry.is_only,
            names: params
                .clone()
                .map(|param| &entry.edges[param.edge].ident)
                .collect(),
            types: params.map(|param| &param.ty).collect(),
            output: &entry.output,
        }
    }
}

/// The handle, and the graph as a part that another graph can bind.
pub(super) fn generate(
    signature: &Signature,
    methods: &[Method<'_>],
    parts: &[Ident],
) -> TokenStream {
    let rt = runtime_path();
    let Signature {
        vis,
        type_ident,
        attrs,
        ident,
        ..
    } = signature;
    let cfg = crate::syntax::deployment::cfg(attrs);
    let handle = handle_name(type_ident);
    let (debug, name) = (handle.to_string(), name_text(ident));
    let doc = format!("Calls the graph [`{ident}`](fn@{ident}). Cheap to clone.");
    let calls = methods.iter().map(|method| call(signature, method));
    let described = methods.iter().map(describe);
    let checks = methods.iter().flat_map(|method| {
        let types = method.types.iter().chain([&method.output]);
        types.map(|ty| checks::check(ty, "Value"))
    });
    let checked = sum(checks.chain(
        parts
            .iter()
            .map(|part| quote!(<#part as #rt::private::Part>::CHECKED)),
    ));
    quote! {
        #(#cfg)*
        #[doc = #doc]
        #[derive(Clone)]
        #vis struct #handle(#rt::private::GraphHandle<#type_ident>);

        #(#cfg)*
        impl #handle {
            #(#calls)*
        }

        #(#cfg)*
        impl ::core::fmt::Debug for #handle {
            fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Formatter::write_str(__f, #debug)
            }
        }

        #(#cfg)*
        #[doc(hidden)]
        impl #rt::private::HandleTo for #handle {
            type Deployment = #type_ident;
            type Calls = #rt::private::GraphHandle<#type_ident>;

            fn new(__calls: Self::Calls) -> Self {
                Self(__calls)
            }

            fn calls(&self) -> &Self::Calls {
                &self.0
            }
        }

        #(#cfg)*
        impl #rt::Deployment for #type_ident {
            type Handle = #handle;
            const NAME: &'static str = #name;
            const OPTIONS: #rt::topology::Options<'static> = #rt::topology::Options::DEFAULT;
        }

        #(#cfg)*
        #[doc(hidden)]
        impl #rt::private::Part for #type_ident {
            const CHECKED: usize = #checked;
            const METHODS: &'static [#rt::topology::Method<'static>] = &[#(#described),*];
            const GRAPH: #rt::private::Option<&'static #rt::topology::Topology<'static>> =
                #rt::private::Some(<#type_ident as #rt::Graph>::TOPOLOGY);
        }
    }
}

fn call(signature: &Signature, method: &Method<'_>) -> TokenStream {
    let rt = runtime_path();
    let Signature { vis, .. } = signature;
    let Method {
        ident,
        names,
        types,
        output,
        ..
    } = method;
    let entry = super::entry::ty(signature, method);
    quote! {
        /// Runs one request.
        ///
        /// # Errors
        ///
        /// The first error of a node ends the request; it names the node.
        #[allow(dead_code, clippy::too_many_arguments)]
        #vis async fn #ident(&self, #(#names: #types),*) -> #rt::Result<#output> {
            <#entry as #rt::Entry>::call(self, (#(#names,)*)).await
        }
    }
}

/// The description of an entry as a method.
fn describe(method: &Method<'_>) -> TokenStream {
    let rt = runtime_path();
    let (name, output) = (name_text(method.ident), type_text(method.output));
    let params = method.names.iter().zip(&method.types);
    let params: Vec<_> = params
        .map(|(name, ty)| (name_text(name), type_text(ty)))
        .collect();
    let params = crate::codegen::deployment::describe::params(&params);
    quote! {
        #rt::topology::Method::new(#name, #rt::topology::Execution::InPlace)
            #params
            .output(#output)
    }
}

/// `a + b`
fn sum(terms: impl Iterator<Item = TokenStream>) -> TokenStream {
    let sum = terms.reduce(|sum, term| quote!(#sum + #term));
    sum.unwrap_or_else(|| quote!(0))
}
