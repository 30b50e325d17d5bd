//! What stands in for a graph that has errors: the same names and types, so that whoever uses the
//! graph gets no errors of their own.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Type};

use super::{graph, handle};
use crate::ir::graph::Signature;
use crate::runtime_path::runtime_path;

/// The inert items.
pub(crate) fn generate(signature: &Signature, inputs: &[(Ident, Type)]) -> TokenStream {
    let rt = runtime_path();
    let Signature {
        vis,
        attrs,
        ident,
        type_ident,
        inputs: configuration,
        output,
        ..
    } = signature;
    let (names, types): (Vec<&Ident>, Vec<&Type>) =
        inputs.iter().map(|(name, ty)| (name, ty)).unzip();
    let cfg = crate::syntax::deployment::cfg(attrs);
    let handle = graph::handle(signature, &names, &types);
    let handle_ident = handle::name(type_ident);
    let name = ident.to_string();
    quote! {
        #(#cfg)*
        #[allow(dead_code)]
        #vis struct #type_ident {}

        #(#attrs)*
        #[allow(unused_variables, dead_code)]
        #vis fn #ident(#(#configuration),*) -> #rt::Application<#type_ident> {
            ::core::unreachable!()
        }

        #handle

        #(#cfg)*
        impl #rt::Graph for #type_ident {
            type Input = (#(#types,)*);
            type Output = #output;
            type Handle = #handle_ident;
            const TOPOLOGY: &'static #rt::topology::Topology<'static> =
                &#rt::topology::Topology::empty(#name);

            fn handle(self) -> Self::Handle {
                ::core::unreachable!()
            }

            async fn execute<'g>(
                &'g self,
                _input: Self::Input,
                _progress: &'g #rt::private::Progress,
            ) -> #rt::Result<Self::Output> {
                ::core::unreachable!()
            }

            async fn call(_: &Self::Handle, _: Self::Input) -> #rt::Result<Self::Output> {
                ::core::unreachable!()
            }
        }
    }
}
