//! Patterns: the names that they bind, and whether they move a part out of a value.

use syn::visit::{self, Visit};
use syn::{Ident, Pat, Token};

/// The names that a pattern binds.
pub(crate) fn names(pat: &Pat) -> Vec<Ident> {
    struct Names(Vec<Ident>);
    impl Visit<'_> for Names {
        fn visit_pat_ident(&mut self, pat: &syn::PatIdent) {
            self.0.push(pat.ident.clone());
            visit::visit_pat_ident(self, pat);
        }
    }
    let mut names = Names(Vec::new());
    names.visit_pat(pat);
    names.0
}

/// The first `mut` of a pattern.
pub(crate) fn mutability(pat: &Pat) -> Option<Token![mut]> {
    struct Find(Option<Token![mut]>);
    impl Visit<'_> for Find {
        fn visit_pat_ident(&mut self, pat: &syn::PatIdent) {
            self.0 = self.0.or(pat.mutability);
            visit::visit_pat_ident(self, pat);
        }
    }
    let mut find = Find(None);
    find.visit_pat(pat);
    find.0
}

/// The names that a pattern binds, each once: a name with a capital is a constant or a variant.
pub(crate) fn variables(names: Vec<Ident>) -> Vec<Ident> {
    let mut bound: Vec<Ident> = Vec::new();
    for name in names {
        let is_variable = !name.to_string().starts_with(char::is_uppercase);
        if is_variable && !bound.contains(&name) {
            bound.push(name);
        }
    }
    bound
}

/// Whether a pattern only reads a value, and moves nothing out of it.
pub(crate) fn only_looks(pattern: &Pat) -> bool {
    variables(names(pattern)).is_empty()
}
