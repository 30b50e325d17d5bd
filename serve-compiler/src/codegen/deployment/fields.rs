//! Fields that hold a deployment in place of its handle.
//!
//! Whether a field's type is a mistake is known beside the `impl` block: if its `new` takes that deployment by value.
//! The error is there. The methods of such a field are called as if it were a handle, about which rustc would report
//! further errors; so the type of the field is one that is valid only if there is no mistake:
//!
//! ```text
//! struct Shard { embedder: __FieldOf_Shard_Embedder<Embedder> }
//! mod __without_impl_Shard { type __FieldOf_Shard_Embedder<T> = T; }      // if `new` does not take it
//! type __FieldOf_Shard_Embedder<T> = <[(); CHECK] as Checked>::Of<T>;     // beside the block, if it does
//! ```

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{
    Attribute, Field, Ident, ItemStruct, PathArguments, Type, Visibility, parse_quote_spanned,
};

use super::checks::checked;
use super::held::{self, Held};

/// Types that are certainly no deployments.
const VALUES: [&str; 19] = [
    "String", "PathBuf", "Duration", "bool", "char", "u8", "u16", "u32", "u64", "u128", "usize",
    "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64",
];

/// The name of a type that may be a deployment.
pub(super) fn unknown(ty: &Type) -> Option<&Ident> {
    let Type::Path(path) = ty else { return None };
    let segments = &path.path.segments;
    let last = segments.last().filter(|_| path.qself.is_none())?;
    let is_known = VALUES.iter().any(|value| last.ident == value)
        || segments.iter().any(|segment| segment.ident == "Self");
    (matches!(last.arguments, PathArguments::None) && !is_known).then_some(&last.ident)
}

fn name(deployment: &Ident, ty: &Ident) -> Ident {
    format_ident!("__FieldOf_{deployment}_{ty}")
}

/// Whether a field's type is checked. One that others may use keeps the type that the documentation shows.
fn is_private(field: &Field) -> bool {
    matches!(field.vis, Visibility::Inherited)
}

/// The struct with these types of its fields. A generic deployment is not checked.
pub(crate) fn with_checked_fields(item: TokenStream) -> TokenStream {
    let Ok(mut parsed) = syn::parse2::<ItemStruct>(item.clone()) else {
        return item;
    };
    if !parsed.generics.params.is_empty() {
        return item;
    }
    let mut held = Held::by(&parsed.ident);
    let last = parsed.fields.len().saturating_sub(1);
    for (index, field) in parsed.fields.iter_mut().enumerate() {
        if !is_private(field) {
            continue;
        }
        let Some(of) = unknown(&field.ty) else {
            if index != last {
                held.visit_type_mut(&mut field.ty);
            }
            continue;
        };
        let (span, ty) = (field.ty.span(), &field.ty);
        let mut name = name(&parsed.ident, of);
        name.set_span(span);
        field.ty = parse_quote_spanned!(span=> #name<#ty>);
    }
    parsed.into_token_stream()
}

/// Beside the type: the types of its fields where the `impl` block defines none.
pub(super) fn undefined(deployment: &Ident, fields: &[Field]) -> TokenStream {
    let mut held = Held::by(deployment);
    let mut names = BTreeSet::new();
    for field in fields.iter().filter(|field| is_private(field)) {
        // A name that is defined for the last field as well hides nothing.
        match unknown(&field.ty) {
            Some(ty) => drop(names.insert(name(deployment, ty))),
            None => held.visit_type_mut(&mut field.ty.clone()),
        }
    }
    let names = names.iter();
    let held = held::undefined(held.found.into_iter().map(|(name, _)| name));
    quote!(#(pub(super) type #names<__T> = __T;)* #held)
}

/// Beside the `impl` block: the type of a field of this type, if it was not defined before.
pub(super) fn definition(
    deployment: &Ident,
    ty: &Type,
    check: &Ident,
    cfg: &[&Attribute],
    defined: &mut Vec<Ident>,
) -> Option<TokenStream> {
    let name = name(deployment, unknown(ty)?);
    if defined.contains(&name) {
        return None;
    }
    defined.push(name.clone());
    let checked = checked(&quote!(#check), &quote!(__T));
    Some(quote! {
        #(#cfg)*
        #[cfg(not(doc))]
        #[doc(hidden)]
        #[allow(dead_code, non_camel_case_types)]
        type #name<__T> = #checked;
    })
}
