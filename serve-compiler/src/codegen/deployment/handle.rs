//! Handles: the values through which callers use a deployment.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, Generics, Ident, Path, Type, Visibility};

use crate::ir::deployment::Engine;
use crate::runtime_path::runtime_path;

/// The handle's name: `DownloaderHandle`.
pub(crate) fn name(deployment: &Ident) -> Ident {
    format_ident!("{deployment}Handle", span = deployment.span())
}

/// The path of the handle of the type at `path`.
pub(super) fn path(path: &Path) -> Path {
    let mut path = path.clone();
    if let Some(last) = path.segments.last_mut() {
        last.ident = name(&last.ident);
    }
    path
}

/// The struct.
pub(super) fn declare(
    vis: &Visibility,
    deployment: &Ident,
    handle: &Ident,
    generics: &Generics,
    cfg: &[Attribute],
) -> TokenStream {
    let rt = runtime_path();
    let (impl_generics, ty_generics, _) = generics.split_for_impl();
    let bounded = with_callable_bound(deployment, generics);
    let where_clause = &bounded.where_clause;
    let doc = format!(
        "Calls the replicas of [`{deployment}`]: one method for each of its callable methods. Cheap to clone."
    );
    let name = handle.to_string();
    // A derive would require `Clone` of the type parameters.
    let (derive, clone) = match generics.params.is_empty() {
        true => (Some(quote!(#[derive(Clone)])), None),
        false => {
            let clone = quote! {
                #(#cfg)*
                impl #impl_generics ::core::clone::Clone for #handle #ty_generics #where_clause {
                    fn clone(&self) -> Self {
                        Self(::core::clone::Clone::clone(&self.0))
                    }
                }
            };
            (None, Some(clone))
        }
    };
    quote! {
        #(#cfg)*
        #[doc = #doc]
        #derive
        #[allow(non_camel_case_types)] // an error about its name is reported at the type
        #vis struct #handle #generics (#rt::private::Handle<#deployment #ty_generics>) #where_clause;

        #clone

        #(#cfg)*
        impl #impl_generics ::core::fmt::Debug for #handle #ty_generics #where_clause {
            fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Formatter::write_str(__f, #name)
            }
        }
    }
}

/// A handle names its deployment's type.
pub(super) fn handle_to(
    deployment: &Type,
    handle: &Path,
    generics: &Generics,
    cfg: &[Attribute],
) -> TokenStream {
    let rt = runtime_path();
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    quote! {
        #(#cfg)*
        #[doc(hidden)]
        impl #impl_generics #rt::private::HandleTo for #handle #where_clause {
            type Deployment = #deployment;
            type Calls = #rt::private::Handle<#deployment>;

            fn new(__calls: Self::Calls) -> Self {
                Self { 0: __calls }
            }

            fn calls(&self) -> &Self::Calls {
                &self.0
            }
        }
    }
}

/// The handle of a generic deployment exists under the bounds of its methods.
pub(super) fn with_callable_bound(deployment: &Ident, generics: &Generics) -> Generics {
    let rt = runtime_path();
    let mut generics = generics.clone();
    if !generics.params.is_empty() {
        let ty_generics = generics.clone();
        let (_, ty_generics, _) = ty_generics.split_for_impl();
        generics
            .make_where_clause()
            .predicates
            .push(syn::parse_quote!(#deployment #ty_generics: #rt::Callable));
    }
    generics
}

/// The engine's type.
pub(super) fn engine_type(engine: Engine, deployment: &Type) -> TokenStream {
    let rt = runtime_path();
    let cell = if engine.locked() {
        quote!(#rt::private::RwLock<#deployment>)
    } else {
        deployment.to_token_stream()
    };
    match engine {
        Engine::Bare => quote!(#rt::private::Bare),
        Engine::Compute => quote!(#rt::private::Threads<#deployment>),
        Engine::InPlace { .. } => quote!(#rt::private::InPlace<#deployment, #cell>),
        Engine::Mixed { .. } => quote!(#rt::private::InPlaceAndThreads<#deployment, #cell>),
    }
}
