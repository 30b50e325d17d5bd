//! Handles of what is no deployment.
//!
//! Each mention of `Handle<X>` would be an error, and each use of such a value. So the `Handle<X>` that `new` takes and a
//! field holds are one type, which has the error once:
//!
//! ```text
//! struct Index { embedder: __Index_EmbedderHandle<Embedder> }
//! mod __without_impl_Index { type __Index_EmbedderHandle<T> = Handle<T>; }    // if `new` does not take it
//! fn new(embedder: __Index_EmbedderHandle<Embedder>) -> Self { .. }
//! const CHECK: usize = ..;                                                    // an error if it is no deployment
//! type __Index_EmbedderHandle<T> = <[(); CHECK] as HandleOf<T>>::Handle;
//! ```
//!
//! The last field keeps the type that the user wrote: whether a struct is `Sized` is up to that field, and to know it of
//! two deployments with handles to each other, rustc would have to know each before the other.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    FnArg, GenericArgument, Ident, ImplItem, ItemImpl, PathArguments, Type, TypeParamBound,
    TypePath, parse_quote_spanned,
};

use crate::runtime_path::{runtime_path, runtime_path_at};
use crate::syntax::deployment::cfg;

/// Gives handles the checked type, and notes which they are.
pub(super) struct Held {
    deployment: Ident,
    /// The names of the types, and the deployments.
    pub(super) found: Vec<(Ident, Type)>,
}

impl Held {
    pub(super) fn by(deployment: &Ident) -> Self {
        Held {
            deployment: deployment.clone(),
            found: Vec::new(),
        }
    }
}

impl VisitMut for Held {
    fn visit_type_path_mut(&mut self, path: &mut TypePath) {
        let Some((of, ident)) = held(path) else {
            return visit_mut::visit_type_path_mut(self, path);
        };
        let span = path.span();
        let mut name = format_ident!("__{}_{ident}Handle", self.deployment);
        if !self.found.iter().any(|(other, _)| *other == name) {
            self.found.push((name.clone(), of.clone()));
        }
        name.set_span(span);
        *path = parse_quote_spanned!(span=> #name<#of>);
    }
}

/// `X` of `Handle<X>`, and its name.
fn held(path: &TypePath) -> Option<(Type, Ident)> {
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(of) if last.ident == "Handle" && arguments.args.len() == 1 => {
            Some((of.clone(), name_of(of)?))
        }
        _ => None,
    }
}

/// The name of a type or of a trait. A function has another message, and a generic deployment is not checked.
fn name_of(ty: &Type) -> Option<Ident> {
    let path = match ty {
        Type::Path(path) if path.qself.is_none() => &path.path,
        Type::TraitObject(object) => match object.bounds.first()? {
            TypeParamBound::Trait(bound) => &bound.path,
            _ => return None,
        },
        _ => return None,
    };
    let last = path.segments.last()?;
    let is_type = last.ident.to_string().starts_with(char::is_uppercase);
    let is_self = path.segments.iter().any(|segment| segment.ident == "Self");
    let is_plain = matches!(last.arguments, PathArguments::None);
    (is_type && is_plain && !is_self).then(|| last.ident.clone())
}

/// Beside the type: the handles where the `impl` block defines none.
pub(super) fn undefined(names: impl Iterator<Item = Ident>) -> TokenStream {
    let rt = runtime_path();
    let names = names.map(|name| quote!(pub(super) type #name<__T> = #rt::Handle<__T>;));
    names.collect()
}

/// An `impl` block with the checked types in its `new`, and their definitions.
pub(crate) fn with_checked_handles(item: TokenStream) -> (TokenStream, TokenStream) {
    let unchanged = |item| (item, TokenStream::new());
    let Ok(mut block) = syn::parse2::<ItemImpl>(item.clone()) else {
        return unchanged(item);
    };
    let (None, Type::Path(ty)) = (&block.trait_, &*block.self_ty) else {
        return unchanged(item);
    };
    let Some(deployment) = ty
        .path
        .get_ident()
        .filter(|_| block.generics.params.is_empty())
    else {
        return unchanged(item);
    };
    let mut held = Held::by(deployment);
    let block_cfg = cfg(&block.attrs);
    let mut constructors = block.items.iter_mut().filter_map(|item| match item {
        ImplItem::Fn(function) if function.sig.ident == "new" => Some(function),
        _ => None,
    });
    let (Some(new), None) = (constructors.next(), constructors.next()) else {
        return unchanged(item);
    };
    for input in &mut new.sig.inputs {
        if let FnArg::Typed(param) = input {
            held.visit_type_mut(&mut param.ty);
        }
    }
    let cfg: Vec<_> = block_cfg.into_iter().chain(cfg(&new.attrs)).collect();
    if held.found.is_empty() {
        return unchanged(item);
    }
    let definitions = held.found.iter().map(|(name, of)| {
        let rt = runtime_path();
        let constant = format_ident!("{name}Checked");
        let span = of.span();
        let there = runtime_path_at(span);
        let check = quote_spanned! {span=> {
            #[allow(unused_imports)]
            use #there::bounds::IsValue as _;
            <#there::bounds::Mistaken<{ !#there::bounds::IsDeployment::<#of>::DEPLOYMENT }> as #there::bounds::Declared<#of>>::CHECKED
        }};
        quote! {
            #(#cfg)*
            #[cfg(not(doc))]
            #[doc(hidden)]
            #[allow(dead_code, non_upper_case_globals)]
            const #constant: usize = #check;
            #(#cfg)*
            #[cfg(not(doc))]
            #[doc(hidden)]
            #[allow(dead_code, non_camel_case_types)]
            type #name<__T> = <[(); #constant] as #rt::bounds::HandleOf<__T>>::Handle;
            #(#cfg)*
            #[cfg(doc)]
            #[doc(hidden)]
            #[allow(dead_code, non_camel_case_types)]
            type #name<__T> = #rt::Handle<__T>;
        }
    });
    let definitions = definitions.collect();
    (block.into_token_stream(), definitions)
}
