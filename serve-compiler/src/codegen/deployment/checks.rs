//! Requirements on types, each checked once as a constant at the user's tokens.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Generics, Ident, Type};

use super::{batch, multiplexed};
use crate::ir::deployment::{Engine, Loader, Method, Passing};
use crate::runtime_path::{runtime_path, runtime_path_at};

/// A type that is valid only if a constant evaluates.
pub(in crate::codegen) fn checked(check: &TokenStream, ty: &TokenStream) -> TokenStream {
    let rt = runtime_path();
    quote!(<[(); #check] as #rt::private::Checked>::Of<#ty>)
}

/// The checks of the types that the user wrote, each at its own tokens. A generic deployment is checked where
/// it is used.
pub(super) fn of_deployment(
    engine: Engine,
    self_ty: &Type,
    methods: &[Method],
    loaders: &[Loader],
    generics: &Generics,
) -> Option<TokenStream> {
    if !generics.params.is_empty() {
        return None;
    }
    let shares_replicas = matches!(engine, Engine::InPlace { .. } | Engine::Mixed { .. });
    let replica = shares_replicas.then(|| check(self_ty, "SharedReplica"));
    let methods = methods.iter().map(|method| {
        let cfg = crate::syntax::deployment::cfg(&method.attrs);
        let output = check(&method.output, "Value");
        let params = method.params.iter().map(|param| match &param.passing {
            Passing::Value(ty) => check(ty, "Value"),
            Passing::Reference { owned, .. } => check(owned, "SharedValue"),
        });
        let batch = batch::check(method);
        quote!(#(#cfg)* { #batch #(__checked += #params;)* __checked += #output; })
    });
    let loaders = loaders.iter().map(multiplexed::check);
    let replica = replica.map(|replica| quote!(__checked += #replica;));
    Some(quote! {
        const CHECKED: usize = {
            let mut __checked = 0;
            #replica
            #(#methods)*
            #(#loaders)*
            __checked
        };
    })
}

/// A type with a requirement.
pub(in crate::codegen) fn check(ty: &Type, bound: &str) -> TokenStream {
    let span = ty.span();
    let (rt, bound) = (runtime_path_at(span), Ident::new(bound, span));
    quote_spanned!(span=> <#ty as #rt::bounds::#bound>::CHECKED)
}
