//! The user's function with another body: the one that binds, the one after an error, and the one for editors.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::graph::Signature;
use crate::runtime_path::runtime_path;

/// `Application<NameGraph>`, which the function returns.
pub(crate) fn application(signature: &Signature) -> TokenStream {
    let (rt, type_ident) = (runtime_path(), &signature.type_ident);
    quote!(#rt::Application<#type_ident>)
}

/// The function, in which some lints are allowed.
pub(crate) fn generate(
    signature: &Signature,
    lints: &TokenStream,
    output: &TokenStream,
    body: &TokenStream,
) -> TokenStream {
    let Signature {
        vis,
        attrs,
        ident,
        asyncness,
        inputs,
        ..
    } = signature;
    quote! {
        #(#attrs)*
        #[allow(#lints)]
        #vis #asyncness fn #ident(#(#inputs),*) -> #output {
            #body
        }
    }
}
