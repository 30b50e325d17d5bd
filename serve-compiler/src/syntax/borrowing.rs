//! A deployment with a lifetime, which is an error: its type and its `impl` block without the lifetime.
//!
//! Each attribute removes it from its own item, so that a graph can name the type as that of any other deployment.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident};
use syn::visit_mut::{self, VisitMut};
use syn::{
    GenericArgument, GenericParam, Generics, Ident, Item, Lifetime, PathArguments, PathSegment,
    Type,
};

/// The item without the lifetimes of its type, and the first of them.
pub(crate) fn without_lifetimes(item: TokenStream) -> (TokenStream, Option<Lifetime>) {
    let Ok(mut parsed) = syn::parse2::<Item>(item.clone()) else {
        return (item, None);
    };
    let removed = match &mut parsed {
        Item::Struct(item) => Removed::of(&item.ident, None, &mut item.generics),
        Item::Enum(item) => Removed::of(&item.ident, None, &mut item.generics),
        Item::Impl(item) if item.trait_.is_none() => match &*item.self_ty {
            Type::Path(ty) => ty.path.segments.last().and_then(|last| {
                Removed::of(&last.ident, Some(first_lifetime(last)?), &mut item.generics)
            }),
            _ => None,
        },
        _ => None,
    };
    let Some(mut removed) = removed else {
        return (item, None);
    };
    removed.visit_item_mut(&mut parsed);
    (parsed.into_token_stream(), Some(removed.first))
}

/// What stands in for everything that mentions the lifetime: the type's attribute defines it, with the error.
pub(crate) fn poison(deployment: &Ident) -> Ident {
    format_ident!("__Borrowed_{deployment}", span = Span::call_site())
}

/// A type's lifetimes.
struct Removed {
    ty: Ident,
    first: Lifetime,
    lifetimes: Vec<Ident>,
}

impl Removed {
    /// Removes them from the generics of the item, if there are any.
    fn of(ty: &Ident, used: Option<Lifetime>, generics: &mut Generics) -> Option<Self> {
        let declared = generics.lifetimes();
        let declared: Vec<Lifetime> = declared.map(|param| param.lifetime.clone()).collect();
        let first = used.or_else(|| declared.first().cloned())?;
        generics.params = std::mem::take(&mut generics.params)
            .into_iter()
            .filter(|param| !matches!(param, GenericParam::Lifetime(_)))
            .collect();
        Some(Removed {
            ty: ty.clone(),
            first,
            lifetimes: declared
                .into_iter()
                .map(|lifetime| lifetime.ident)
                .collect(),
        })
    }
}

fn first_lifetime(segment: &PathSegment) -> Option<Lifetime> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Lifetime(lifetime) => Some(lifetime.clone()),
        _ => None,
    })
}

impl VisitMut for Removed {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if self.lifetimes.contains(&lifetime.ident) {
            lifetime.ident = Ident::new("static", lifetime.ident.span());
        }
    }

    fn visit_path_segment_mut(&mut self, segment: &mut PathSegment) {
        visit_mut::visit_path_segment_mut(self, segment);
        let PathArguments::AngleBracketed(arguments) = &mut segment.arguments else {
            return;
        };
        if segment.ident != self.ty {
            return;
        }
        arguments.args = std::mem::take(&mut arguments.args)
            .into_iter()
            .filter(|argument| !matches!(argument, GenericArgument::Lifetime(_)))
            .collect();
        if arguments.args.is_empty() {
            segment.arguments = PathArguments::None;
        }
    }
}
