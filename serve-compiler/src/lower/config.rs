//! The statements before the input block: what they bind, and which handles they hand on.

use std::collections::HashMap;

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Expr, ExprLit, ExprUnary, FieldValue, FnArg, Ident, ItemFn, Lit, Local, Macro, Pat, Path, Stmt,
    parse_quote_spanned,
};

use super::scope::Scope;
use crate::check;
use crate::ir::graph::{ConfigStmt, Deployment, DeploymentKind, Override};
use crate::report::Report;
use crate::syntax::graph::bound_type;
use crate::syntax::tokens;

/// What the configuration of a graph comes to.
pub(super) struct Config {
    pub(super) deployments: Vec<Deployment>,
    pub(super) stmts: Vec<ConfigStmt>,
    pub(super) scope: Scope,
}

/// Understands the statements before the input block.
pub(super) fn lower(item: &ItemFn, stmts: &[Stmt], report: &mut Report) -> Config {
    let mut config = Config {
        deployments: bindings(stmts, report),
        stmts: Vec::new(),
        scope: Scope::default(),
    };
    for input in &item.sig.inputs {
        if let FnArg::Typed(param) = input {
            configure(&mut config.scope, &param.pat);
        }
    }
    let mut handles = Handles::new(&config.deployments);
    let mut next = 0;
    for stmt in stmts {
        let mut stmt = stmt.clone();
        if bind_of(&stmt).is_some() {
            config.bind(next, &mut stmt, &mut handles);
            next += 1;
        } else {
            config.other(&mut stmt, &mut handles);
        }
    }
    config
}

impl Config {
    fn bind(&mut self, index: usize, stmt: &mut Stmt, handles: &mut Handles) {
        let Some(init) = let_init(stmt) else { return };
        handles.visit_expr_mut(init);
        let init = init.clone();
        let variable = self.deployments[index].variable.clone();
        self.deployments[index].holds = handles.take_found();
        handles.bound(&variable, index);
        self.scope.bind(&variable, index);
        self.stmts.push(ConfigStmt::Bind(index, Box::new(init)));
    }

    fn other(&mut self, stmt: &mut Stmt, handles: &mut Handles) {
        handles.visit_stmt_mut(stmt);
        let found = handles.take_found();
        if let Stmt::Local(local) = &*stmt {
            configure(&mut self.scope, &local.pat);
            handles.alias(&local.pat, &found);
        }
        self.stmts.push(ConfigStmt::Other(Box::new(stmt.clone())));
    }
}

/// The deployments that `let`s bind, in source order, with unique names.
fn bindings(stmts: &[Stmt], report: &mut Report) -> Vec<Deployment> {
    let mut deployments: Vec<Deployment> = Vec::new();
    for (variable, path, init) in stmts.iter().filter_map(bind_of) {
        let overrides = overrides(init, report);
        let given = overrides.iter().find_map(Override::literal_name);
        let name = given.unwrap_or_else(|| last_segment(&path));
        deployments.push(Deployment {
            name: unique(name, deployments.iter().map(|other| other.name.as_str())),
            variable: variable.clone(),
            path,
            kind: DeploymentKind::Bound,
            overrides,
            holds: Vec::new(),
            called: false,
        });
    }
    deployments
}

/// `name`, or `name_1`, `name_2`, .. if it is taken.
pub(super) fn unique<'a>(name: String, taken: impl Iterator<Item = &'a str> + Clone) -> String {
    let is_taken = |candidate: &str| taken.clone().any(|other| other == candidate);
    if !is_taken(&name) {
        return name;
    }
    let numbered = (1..).map(|number| format!("{name}_{number}"));
    let mut free = numbered.skip_while(|candidate| is_taken(candidate));
    free.next().unwrap_or(name)
}

/// The last segment of a path, without its generic arguments.
pub(super) fn last_segment(path: &Path) -> String {
    let last = path.segments.last();
    last.map(|segment| segment.ident.to_string())
        .unwrap_or_default()
}

/// `let variable = Path::bind(..)..;`: the variable, the path, and the right-hand side.
fn bind_of(stmt: &Stmt) -> Option<(&Ident, Path, &Expr)> {
    let Stmt::Local(Local {
        pat,
        init: Some(init),
        ..
    }) = stmt
    else {
        return None;
    };
    let pat = match pat {
        Pat::Type(typed) => &*typed.pat,
        pat => pat,
    };
    let Pat::Ident(variable) = pat else {
        return None;
    };
    Some((&variable.ident, bound_path(&init.expr)?, &init.expr))
}

/// The path before `::bind(..)`, below any option builders.
fn bound_path(expr: &Expr) -> Option<Path> {
    match expr {
        Expr::MethodCall(call) => bound_path(&call.receiver),
        Expr::Call(call) => bound_type(call),
        _ => None,
    }
}

/// The options that are set behind a `bind`, checked where they are literals.
fn overrides(expr: &Expr, report: &mut Report) -> Vec<Override> {
    let Expr::MethodCall(call) = expr else {
        return Vec::new();
    };
    let mut overrides = overrides(&call.receiver, report);
    if check::options::is_deployment_option(&call.method)
        && let (1, Some(value)) = (call.args.len(), call.args.first())
    {
        check::options::value(&call.method, value, report);
        overrides.push(Override {
            key: call.method.clone(),
            literal: is_literal(value),
            value: value.clone(),
        });
    }
    overrides
}

fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        Expr::Unary(ExprUnary { expr, .. }) => is_literal(expr),
        _ => false,
    }
}

impl Override {
    fn literal_name(&self) -> Option<String> {
        match &self.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(name),
                ..
            }) if self.key == "name" => Some(name.value()),
            _ => None,
        }
    }
}

fn let_init(stmt: &mut Stmt) -> Option<&mut Expr> {
    match stmt {
        Stmt::Local(local) => local.init.as_mut().map(|init| &mut *init.expr),
        _ => None,
    }
}

/// Every name of a pattern is configuration.
fn configure(scope: &mut Scope, pat: &Pat) {
    for ident in pattern_names(pat) {
        scope.configure(&ident);
    }
}

/// The names that a pattern binds.
pub(super) fn pattern_names(pat: &Pat) -> Vec<Ident> {
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

/// Finds the mentions of deployments in an expression, and makes each a handle of its own.
struct Handles {
    /// What each name stands for at this point: a deployment, or a value that holds several.
    names: HashMap<String, Vec<usize>>,
    found: Vec<(usize, Ident)>,
}

impl Handles {
    /// Names that are bound further down mean those deployments too: that is how a cycle is written.
    fn new(deployments: &[Deployment]) -> Self {
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

    fn bound(&mut self, variable: &Ident, index: usize) {
        self.names.insert(variable.to_string(), vec![index]);
    }

    /// What holds handles hands them on.
    fn alias(&mut self, pat: &Pat, found: &[(usize, Ident)]) {
        for ident in pattern_names(pat) {
            if found.is_empty() {
                self.names.remove(&ident.to_string());
            } else {
                let held = found.iter().map(|(index, _)| *index).collect();
                self.names.insert(ident.to_string(), held);
            }
        }
    }

    fn take_found(&mut self) -> Vec<(usize, Ident)> {
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
    quote_spanned!(ident.span()=> ::core::clone::Clone::clone(&#ident))
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
