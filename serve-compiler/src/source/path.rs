//! Paths as they are written, and the names that `use` brings in.

use syn::{Ident, UseTree};

use crate::text::name_text;

/// A path without its generic arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    /// It starts with `::`.
    pub(super) global: bool,
    pub(super) segments: Vec<String>,
}

impl From<&syn::Path> for Written {
    fn from(path: &syn::Path) -> Self {
        Written {
            global: path.leading_colon.is_some(),
            segments: path
                .segments
                .iter()
                .map(|it| name_text(&it.ident))
                .collect(),
        }
    }
}

/// One name, or all names, that a `use` brings into a module.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Import {
    Named(String, Written),
    Glob(Written),
}

/// Everything that one `use` brings in.
pub(super) fn imports(global: bool, tree: &UseTree) -> Vec<Import> {
    let mut found = Vec::new();
    collect(
        &Written {
            global,
            segments: Vec::new(),
        },
        tree,
        &mut found,
    );
    found
}

fn collect(prefix: &Written, tree: &UseTree, found: &mut Vec<Import>) {
    match tree {
        UseTree::Path(path) => collect(&joined(prefix, &path.ident), &path.tree, found),
        UseTree::Name(it) => found.push(named(prefix, &it.ident, None)),
        UseTree::Rename(it) => found.push(named(prefix, &it.ident, Some(&it.rename))),
        UseTree::Glob(_) => found.push(Import::Glob(prefix.clone())),
        UseTree::Group(group) => {
            group
                .items
                .iter()
                .for_each(|tree| collect(prefix, tree, found));
        }
    }
}

/// `self` in `use models::{self, Classifier}` is `models`.
fn named(prefix: &Written, ident: &Ident, rename: Option<&Ident>) -> Import {
    let path = if ident == "self" && !prefix.segments.is_empty() {
        prefix.clone()
    } else {
        joined(prefix, ident)
    };
    let last = path.segments.last().cloned().unwrap_or_default();
    Import::Named(rename.map_or(last, name_text), path)
}

fn joined(prefix: &Written, ident: &Ident) -> Written {
    let mut path = prefix.clone();
    path.segments.push(name_text(ident));
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::{ItemUse, parse_str};

    #[test]
    fn one_use_brings_in_many_names() {
        let item = "use crate::{a::{self, B as C, r#type}, d::*, super_ as e};";
        let item: ItemUse = parse_str(item).unwrap();
        let shown = |import: &Import| match import {
            Import::Named(name, path) => format!("{name} = {}", path.segments.join("::")),
            Import::Glob(path) => format!("* = {}", path.segments.join("::")),
        };
        let imports = imports(false, &item.tree);
        assert_eq!(
            imports.iter().map(shown).collect::<Vec<_>>(),
            [
                "a = crate::a",
                "C = crate::a::B",
                "type = crate::a::type",
                "* = crate::d",
                "e = crate::super_"
            ]
        );
    }
}
