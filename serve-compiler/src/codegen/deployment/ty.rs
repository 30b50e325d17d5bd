//! The code for `#[deployment]` on a `struct` or `enum`: its options and its handle.

use proc_macro2::TokenStream;
use quote::quote;

use super::{handle, options, pairing};
use crate::ir::deployment::DeploymentType;
use crate::runtime_path::runtime_path;
use crate::text::name_text;

/// The handle and the `Deployment` impl.
pub(crate) fn generate(deployment: &DeploymentType) -> TokenStream {
    let rt = runtime_path();
    let DeploymentType {
        vis,
        ident,
        generics,
        cfg,
        fields,
        options,
    } = deployment;
    let handle = handle::name(ident);
    let handle_type = pairing::handle(ident, generics, &handle);
    let declared = handle::declare(vis, ident, &handle, generics, cfg);
    let idle_limit = pairing::idle_limit(ident, generics, options);
    let is_default = options.0.is_empty();
    let options = options::generate(options);
    let name = name_text(ident);
    let bounded = handle::with_callable_bound(ident, generics);
    let (impl_generics, ty_generics, own_where_clause) = generics.split_for_impl();
    let where_clause = &bounded.where_clause;
    // rustc evaluates the options of a trait only if code uses them, so this constant uses them.
    let in_range = (generics.params.is_empty() && !is_default).then(|| {
        quote! {
            #(#cfg)*
            const _: #rt::topology::Options<'static> = <#ident as #rt::Deployment>::OPTIONS;
        }
    });
    let marked = pairing::require(ident, generics, fields, cfg, &rt);
    let defined = pairing::define_type(vis, ident, generics, &handle, cfg);
    quote! {
        #declared

        #marked

        #defined

        #(#cfg)*
        #[doc(hidden)]
        impl #impl_generics #rt::private::Generated for #ident #ty_generics #own_where_clause {}

        #(#cfg)*
        impl #impl_generics #rt::Deployment for #ident #ty_generics #where_clause {
            type Handle = #handle_type;
            const NAME: &'static str = #name;
            #[allow(clippy::needless_update)] // every option may be given
            const OPTIONS: #rt::topology::Options<'static> = #options;
        }

        #in_range

        #(#cfg)*
        #idle_limit
    }
}
