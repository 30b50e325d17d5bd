//! Where a graph's configuration mentions deployments, and hands their handles on.

use std::collections::HashMap;

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, FieldValue, Ident, Macro, Pat, parse_quote_spanned};

use super::config::pattern_names;
use crate::ir::graph::Deployment;
use crate::syntax::tokens;

/// Finds the mentions of deployments in an expression, and makes each a handle of its own.
pub(super) struct Handles {
    /// What each name stands for at this point: a deployment, or a value that holds several.
    names: HashMap<String, Vec<usize>>,
    found: Vec<(usize, Ident)>,
}

impl Handles {
    /// Names that are bound further down mean those deployments too: that is how a cycle is written.
    pub(super) fn new(deployments: &[Deployment]) -> Self {
        let mut names = HashMap::new();
        for (index, deployment) in deployments.iter().enumerate() {
            let name = deployment.variable.to_string();
            names.entry(name).or_insert_with(|| vec![index]);
        }
        Handles {
            names,
            found: Vec::new(),
        }
    }

    pub(super) fn bound(&mut self, variable: &Ident, index: usize) {
        self.names.insert(variable.to_string(), vec![index]);
    }

    /// What holds handles hands them on.
    pub(super) fn alias(&mut self, pat: &Pat, found: &[(usize, Ident)]) {
        for ident in pattern_names(pat) {
            if found.is_empty() {
                self.names.remove(&ident.to_string());
            } else {
                let held = found.iter().map(|(index, _)| *index).collect();
                self.names.insert(ident.to_string(), held);
            }
        }
    }

    pub(super) fn take_found(&mut self) -> Vec<(usize, Ident)> {
        std::mem::take(&mut self.found)
    }

    /// Notes a mention; whether the name stands for handles.
    fn mention(&mut self, ident: &Ident) -> bool {
        let Some(held) = self.names.get(&ident.to_string()) else {
            return false;
        };
        let mentions = held.iter().map(|index| (*index, ident.clone()));
        self.found.extend(mentions);
        true
    }

    fn in_tokens(&mut self, tokens: TokenStream) -> TokenStream {
        let mut after_dot = false;
        let mut rewritten = TokenStream::new();
        for token in tokens {
            let is_dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.');
            match token {
                TokenTree::Ident(ident) if !after_dot && self.mention(&ident) => {
                    rewritten.extend(clone_of(&ident));
                }
                TokenTree::Group(group) => {
                    let mut inner = Group::new(group.delimiter(), self.in_tokens(group.stream()));
                    inner.set_span(group.span());
                    inner.to_tokens(&mut rewritten);
                }
                other => other.to_tokens(&mut rewritten),
            }
            after_dot = is_dot;
        }
        rewritten
    }
}

fn clone_of(ident: &Ident) -> TokenStream {
    quote_spanned!(ident.span()=> #ident.clone())
}

impl VisitMut for Handles {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Path(path) = expr
            && let Some(ident) = path.path.get_ident()
            && self.mention(ident)
        {
            let clone = clone_of(ident);
            *expr = parse_quote_spanned!(ident.span()=> #clone);
        } else {
            visit_mut::visit_expr_mut(self, expr);
        }
    }

    /// `Children { fruit }` is short for `Children { fruit: fruit }`.
    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        if field.colon_token.is_none() {
            field.colon_token = Some(Default::default());
        }
        visit_mut::visit_field_value_mut(self, field);
    }

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        // What a format string captures is read, not handed on.
        let mentioned = tokens::variables(mac.tokens.clone());
        if mentioned
            .iter()
            .any(|ident| self.names.contains_key(&ident.to_string()))
        {
            mac.tokens = self.in_tokens(mac.tokens.clone());
        }
    }
}
