//! What stands in for a graph that has errors: the same names and types, so that whoever uses the
//! graph gets no errors of their own.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Path, Type};

use super::{graph, handle};
use crate::ir::graph::Signature;
use crate::report::Report;
use crate::runtime_path::runtime_path;

/// The inert items.
pub(crate) fn generate(
    signature: &Signature,
    inputs: Option<&[(Ident, Type)]>,
    bound: &[Path],
    report: &Report,
) -> TokenStream {
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
    let (names, types): (Vec<&Ident>, Vec<&Type>) = inputs
        .into_iter()
        .flatten()
        .map(|(name, ty)| (name, ty))
        .unzip();
    let cfg = crate::syntax::deployment::cfg(attrs);
    let handle_ident = handle::name(type_ident);
    let handle = match inputs {
        Some(_) => graph::handle(signature, &names, &types),
        None => {
            let poison = report.poison();
            quote!(#(#cfg)* #vis type #handle_ident = #poison;)
        }
    };
    let name = ident.to_string();
    quote! {
        #(#cfg)*
        #[allow(dead_code)]
        #vis struct #type_ident {}

        #(#attrs)*
        #[allow(unused_variables, dead_code)]
        #vis fn #ident(#(#configuration),*) -> #rt::Application<#type_ident> {
            // What is imported for it is used all the same.
            #(let _: ::core::option::Option<#bound> = ::core::option::Option::None;)*
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

            fn requests(&self) -> &#rt::private::Requests {
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
