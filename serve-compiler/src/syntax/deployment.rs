//! The parts of a `struct` or `enum` that matter to a deployment.

use syn::{Attribute, Generics, Ident, ItemEnum, ItemStruct, Visibility};

/// A `struct` or `enum`.
pub(crate) struct TypeItem {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
}

impl From<ItemStruct> for TypeItem {
    fn from(item: ItemStruct) -> Self {
        TypeItem {
            attrs: item.attrs,
            vis: item.vis,
            ident: item.ident,
            generics: item.generics,
        }
    }
}

impl From<ItemEnum> for TypeItem {
    fn from(item: ItemEnum) -> Self {
        TypeItem {
            attrs: item.attrs,
            vis: item.vis,
            ident: item.ident,
            generics: item.generics,
        }
    }
}

/// The `#[cfg]`s among attributes.
pub(crate) fn cfg(attrs: &[Attribute]) -> Vec<Attribute> {
    let is_cfg = |attr: &&Attribute| attr.path().is_ident("cfg");
    attrs.iter().filter(is_cfg).cloned().collect()
}

/// The doc comments and `#[cfg]`s among attributes.
pub(crate) fn doc_and_cfg(attrs: &[Attribute]) -> Vec<Attribute> {
    let keep = |attr: &&Attribute| attr.path().is_ident("cfg") || attr.path().is_ident("doc");
    attrs.iter().filter(keep).cloned().collect()
}
