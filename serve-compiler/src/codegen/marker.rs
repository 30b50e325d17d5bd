//! What ties a deployment's type to its `impl` block.
//!
//! The two are attributes apart, and each expands without sight of the other. The type's handle is
//! of a type that only the `impl` block defines, and that has a telling name: if the attribute on the
//! block was forgotten, rustc says once that it cannot find it, and nothing that uses the deployment
//! has an error of its own - for a trait that is not implemented, every use would have one.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Attribute, Generics, Ident, Path, PathArguments, Type};

use crate::report::Report;

/// Known to be generated, so that rustc does not suggest how to spell it.
fn name(deployment: &Ident) -> Ident {
    let span = deployment.span().resolved_at(Span::call_site());
    format_ident!(
        "missing_deployment_attribute_on_the_impl_of_{deployment}",
        span = span
    )
}

/// Beside the `impl` block: the type of the engine, and of any other type that is put into it.
pub(super) fn define(path: &Path, cfg: &[Attribute], engine: &TokenStream) -> Option<TokenStream> {
    let name = name_of(path)?;
    Some(quote! {
        #(#cfg)*
        #[doc(hidden)]
        #[allow(dead_code, non_camel_case_types)]
        type #name<T = #engine> = T;
    })
}

fn name_of(path: &Path) -> Option<Ident> {
    let last = path.segments.last()?;
    // The handle of a generic deployment asks for the trait.
    matches!(last.arguments, PathArguments::None).then(|| name(&last.ident))
}

/// In place of an `impl` block that has an error: rustc asks no more of what uses the deployment.
pub(crate) fn poisoned(self_ty: &Type, report: &Report) -> Option<TokenStream> {
    let Type::Path(ty) = self_ty else { return None };
    let (name, poison) = (name_of(&ty.path)?, report.poison());
    Some(quote! {
        #[doc(hidden)]
        #[allow(dead_code, non_camel_case_types)]
        type #name<T = ()> = (#poison, T);
    })
}

/// Beside the type: the only two mentions of what the block defines, both in places where rustc has
/// the same to say of them, so that it says it once.
pub(super) fn require(deployment: &Ident, generics: &Generics, rt: &TokenStream) -> TokenStream {
    if !generics.params.is_empty() {
        return quote!();
    }
    let name = name(deployment);
    quote! {
        impl #rt::private::Marked for #deployment {
            type Engine = #name;
        }
    }
}

/// The engine of a deployment, seen from its type.
pub(super) fn engine(deployment: &Ident, generics: &Generics, rt: &TokenStream) -> TokenStream {
    if generics.params.is_empty() {
        return quote!(<#deployment as #rt::private::Marked>::Engine);
    }
    let (_, ty_generics, _) = generics.split_for_impl();
    quote!(<#deployment #ty_generics as #rt::Callable>::Engine)
}

/// The handle of a deployment, seen from its type.
pub(super) fn handle(deployment: &Ident, generics: &Generics, handle: &Ident) -> TokenStream {
    if generics.params.is_empty() {
        let name = name(deployment);
        return quote!(#name<#handle>);
    }
    let (_, ty_generics, _) = generics.split_for_impl();
    quote!(#handle #ty_generics)
}
