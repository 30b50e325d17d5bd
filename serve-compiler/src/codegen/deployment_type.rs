//! What `#[deployment]` on a `struct` or `enum` generates: its options and its handle.

use proc_macro2::TokenStream;
use quote::quote;

use super::{handle, options};
use crate::ir::deployment::DeploymentType;
use crate::runtime_path::runtime_path;

/// The handle and the `Deployment` impl.
pub(crate) fn generate(deployment: &DeploymentType) -> TokenStream {
    let rt = runtime_path();
    let DeploymentType {
        vis,
        ident,
        generics,
        cfg,
        options,
    } = deployment;
    let handle = handle::name(ident);
    let declared = handle::declare(vis, ident, &handle, generics, cfg);
    let options = options::generate(options);
    let name = ident.to_string();
    let bounded = handle::with_callable_bound(ident, generics);
    let (impl_generics, ty_generics, _) = generics.split_for_impl();
    let where_clause = &bounded.where_clause;
    quote! {
        #declared

        #(#cfg)*
        impl #impl_generics #rt::Deployment for #ident #ty_generics #where_clause {
            type Handle = #handle #ty_generics;
            const NAME: &'static str = #name;
            const OPTIONS: #rt::topology::Options<'static> = #options;
        }
    }
}
