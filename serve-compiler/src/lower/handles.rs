//! The places in a graph's configuration that mention deployments and pass on their handles.

use std::collections::HashMap;

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, FieldValue, Ident, Macro, Pat, parse_quote_spanned};

use crate::ir::graph::Deployment;
use crate::ir::id::{DeploymentId, Table};
use crate::syntax::{pattern, tokens};

/// Finds the mentions of deployments in an expression, and turns each into a handle of its own.
pub(super) struct Handles {
    names: HashMap<String, Held>,
    found: Vec<(DeploymentId, Ident)>,
}

/// The meaning of a name at one point of the configuration.
#[derive(Default)]
struct Held {
    deployments: Vec<DeploymentId>,
    /// Whether it is a deployment's own variable, and not a value that holds handles.
    is_variable: bool,
}

impl Held {
    fn variable(id: DeploymentId) -> Self {
        Held {
            deployments: vec![id],
            is_variable: true,
        }
    }
}

impl Handles {
    /// Names that are bound further down mean those deployments as well: a user can write a cycle that way.
    pub(super) fn new(deployments: &Table<DeploymentId, Deployment>) -> Self {
        let mut names = HashMap::new();
        for (id, deployment) in deployments.pairs() {
            let name = deployment.variable.to_string();
            names.entry(name).or_insert_with(|| Held::variable(id));
        }
        Handles {
            names,
            found: Vec::new(),
        }
    }

    /// The name means something else here.
    pub(super) fn forget(&mut self, name: &Ident) {
        self.names.remove(&name.to_string());
    }

    pub(super) fn bound(&mut self, variable: &Ident, id: DeploymentId) {
        self.names.insert(variable.to_string(), Held::variable(id));
    }

    /// A name that a `let` binds holds the handles that its right-hand side mentions.
    pub(super) fn alias(&mut self, pat: &Pat, found: &[(DeploymentId, Ident)]) {
        for ident in pattern::names(pat) {
            self.names.remove(&ident.to_string());
            self.may_hold(&[ident], found);
        }
    }

    /// A variable that a statement mentions beside handles may hold them afterwards: `models.insert(0, fruit)`.
    pub(super) fn may_hold(&mut self, mentioned: &[Ident], found: &[(DeploymentId, Ident)]) {
        if found.is_empty() {
            return;
        }
        for ident in mentioned {
            let held = self.names.entry(ident.to_string()).or_default();
            if !held.is_variable {
                held.deployments
                    .extend(found.iter().map(|(index, _)| *index));
            }
        }
    }

    pub(super) fn take_found(&mut self) -> Vec<(DeploymentId, Ident)> {
        std::mem::take(&mut self.found)
    }

    /// Notes a mention; whether it is one of a deployment's own variable, which stays usable: every mention of
    /// it is a separate handle.
    fn mention(&mut self, ident: &Ident) -> bool {
        let Some(held) = self.names.get(&ident.to_string()) else {
            return false;
        };
        let mentions = held.deployments.iter();
        self.found
            .extend(mentions.map(|index| (*index, ident.clone())));
        held.is_variable
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
        visit_mut::visit_field_value_mut(self, field);
        if field.colon_token.is_none() && !matches!(field.expr, Expr::Path(_)) {
            field.colon_token = Some(Default::default());
        }
    }

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        // A format string reads what it captures, and does not pass it on.
        let mentioned = tokens::variables(mac.tokens.clone());
        if mentioned
            .iter()
            .any(|ident| self.names.contains_key(&ident.to_string()))
        {
            mac.tokens = self.in_tokens(mac.tokens.clone());
        }
    }
}
