//! Whether the values of a type can outlive the call that they are made in.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Lifetime, Type, TypeReference};

/// The part of a type that prevents its values from being passed on.
pub(crate) enum NotOwned<'t> {
    /// `&T`, or a lifetime.
    Borrowed(&'t dyn ToTokens),
    /// `impl Trait`.
    Opaque(&'t Type),
}

impl ToTokens for NotOwned<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            NotOwned::Borrowed(part) => part.to_tokens(tokens),
            NotOwned::Opaque(part) => part.to_tokens(tokens),
        }
    }
}

/// The first such part, if there is one.
pub(crate) fn not_owned(ty: &Type) -> Option<NotOwned<'_>> {
    let mut find = Find(None);
    find.visit_type(ty);
    find.0
}

/// `&'static T`.
pub(crate) fn is_static(reference: &TypeReference) -> bool {
    let lifetime = reference.lifetime.as_ref();
    lifetime.is_some_and(|lifetime| lifetime.ident == "static")
}

struct Find<'t>(Option<NotOwned<'t>>);

impl<'t> Visit<'t> for Find<'t> {
    fn visit_type(&mut self, ty: &'t Type) {
        match ty {
            _ if self.0.is_some() => {}
            Type::Reference(reference) if !is_static(reference) => {
                self.0 = Some(NotOwned::Borrowed(ty));
            }
            Type::ImplTrait(_) => self.0 = Some(NotOwned::Opaque(ty)),
            // A function that is called later may take borrows.
            Type::TraitObject(_) | Type::FnPtr(_) => {}
            _ => visit::visit_type(self, ty),
        }
    }

    fn visit_lifetime(&mut self, lifetime: &'t Lifetime) {
        if lifetime.ident != "static" && self.0.is_none() {
            self.0 = Some(NotOwned::Borrowed(lifetime));
        }
    }
}
