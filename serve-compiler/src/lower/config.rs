//! The statements before the input block: what they bind, and which handles they pass on.

use std::collections::{HashMap, HashSet};

use proc_macro2::Span;
use quote::ToTokens;
use serve_topology::options::{DeploymentOption, OptionSpec};
use syn::visit::{self, Visit};
use syn::visit_mut::VisitMut;
use syn::{
    Expr, ExprCall, ExprLit, ExprUnary, FnArg, Ident, Item, ItemFn, Lit, Local, Pat, Path, Stmt,
};

use super::forbidden;
use super::handles::Handles;
use super::listed::Listed;
use super::misplaced;
use super::scope::Scope;
use crate::check;
use crate::diagnostics;
use crate::ir::graph::{ConfigStmt, Deployment, DeploymentKind, Override};
use crate::ir::id::{DeploymentId, Table};
use crate::report::Report;
use crate::syntax::deployment::another_attribute;
use crate::syntax::graph::bound_type;
use crate::syntax::{autoscaling, pattern, time, tokens};
use crate::text::{name_text, type_text};

/// The parsed configuration of a graph.
pub(super) struct Config {
    pub(super) deployments: Table<DeploymentId, Deployment>,
    pub(super) stmts: Vec<ConfigStmt>,
    pub(super) scope: Scope,
    /// Inputs of a request that were reported here, where they are not known.
    pub(super) misused: Vec<Ident>,
}

/// Parses the statements before the input block; `inputs` are the names that a request brings.
pub(super) fn lower(
    item: &ItemFn,
    stmts: &[Stmt],
    inputs: &[Ident],
    report: &mut Report,
) -> Config {
    let plain = stmts.iter().map(|stmt| {
        let plain = misplaced::awaited(stmt, report);
        plain.unwrap_or_else(|| stmt.clone())
    });
    let Listed { stmts, names, .. } = &Listed::of(&plain.collect::<Vec<Stmt>>());
    let mut config = Config {
        deployments: bindings(stmts, names, report),
        stmts: Vec::new(),
        scope: Scope::default(),
        misused: Vec::new(),
    };
    let mut handles = Handles::new(&config.deployments);
    for input in &item.sig.inputs {
        if let FnArg::Typed(param) = input {
            configure(&mut config.scope, &param.pat);
            let names = pattern::names(&param.pat);
            names.iter().for_each(|name| handles.forget(name));
        }
    }
    for item in stmts.iter().filter_map(defined) {
        config.item(item, report);
    }
    let mut ids = config.deployments.ids();
    for stmt in stmts {
        let mut stmt = stmt.clone();
        if bind_of(&stmt).is_some()
            && let Some(id) = ids.next()
        {
            if let Stmt::Local(local) = &stmt
                && forbidden::attributes(&local.attrs, report)
            {
                config.deployments[id].called = true; // no error of its own
            }
            if let Stmt::Local(local) = &stmt
                && let Some(token) = pattern::mutability(&local.pat)
            {
                report.error(token, diagnostics::changing_deployment());
            }
            for input in misplaced::inputs(&stmt, inputs, &config.scope, report) {
                handles.forget(&input);
                config.misused.push(input);
            }
            config.bind(id, &mut stmt, &mut handles, report);
        } else {
            let is_broken = misplaced::bindings(&stmt, report);
            config.other(&mut stmt, &mut handles, is_broken);
        }
        misplaced::question_marks(&stmt, report);
    }
    config
}

fn defined(stmt: &Stmt) -> Option<&Item> {
    match stmt {
        Stmt::Item(item) => Some(item),
        _ => None,
    }
}

impl Config {
    /// An item of the graph function, which its input block may use.
    fn item(&mut self, item: &Item, report: &mut Report) {
        if let Some(attribute) = another_attribute(item.to_token_stream()) {
            report.error(attribute, diagnostics::deployment_inside_a_graph());
            if let Item::Fn(function) = item {
                self.scope.break_off(&function.sig.ident);
            }
        }
        if let Item::Fn(function) = item {
            self.scope.define_function(&function.sig.ident);
        }
    }

    fn bind(
        &mut self,
        id: DeploymentId,
        stmt: &mut Stmt,
        handles: &mut Handles,
        report: &mut Report,
    ) {
        let Some(init) = let_init(stmt) else { return };
        bound_in_passing(init, report);
        misplaced::nodes(init, &self.deployments[id].variable, &self.scope, report);
        handles.visit_expr_mut(init);
        let init = init.clone();
        let variable = self.deployments[id].variable.clone();
        self.deployments[id].holds = handles.take_found();
        handles.bound(&variable, id);
        self.scope.bind(&variable, id);
        self.stmts.push(ConfigStmt::Bind(id, Box::new(init)));
    }

    /// A broken statement has an error: nothing follows for the names in it.
    fn other(&mut self, stmt: &mut Stmt, handles: &mut Handles, is_broken: bool) {
        let mentioned = tokens::variables(stmt.to_token_stream());
        handles.visit_stmt_mut(stmt);
        let found = handles.take_found();
        handles.may_hold(&mentioned, &found);
        if is_broken {
            for (id, _) in &found {
                self.deployments[*id].called = true;
            }
            // Such as the list that a loop fills.
            mentioned.iter().for_each(|name| self.scope.break_off(name));
        }
        if let Stmt::Local(local) = &*stmt {
            for name in pattern::names(&local.pat) {
                match is_broken {
                    true => self.scope.break_off(&name),
                    false => self.scope.configure(&name),
                }
            }
            handles.alias(&local.pat, &found);
        }
        self.stmts.push(ConfigStmt::Other(Box::new(stmt.clone())));
    }
}

/// The deployments that `let`s bind, in source order, with unique names.
fn bindings(
    stmts: &[Stmt],
    names: &HashMap<Ident, String>,
    report: &mut Report,
) -> Table<DeploymentId, Deployment> {
    let mut deployments: Table<DeploymentId, Deployment> = Table::default();
    for (variable, path, init) in stmts.iter().filter_map(bind_of) {
        let overrides = overrides(init, report);
        check::options::is_one_way_to_replicate(overrides.iter().map(|given| &given.key), report);
        let given = overrides.iter().find_map(Override::literal_name);
        let of_list = names.get(variable).cloned();
        let name = given.or(of_list).unwrap_or_else(|| name_text(variable));
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
    if !taken.clone().any(|other| other == name) {
        return name;
    }
    // One map for all candidates: a thousand calls of one method have a thousand numbers.
    let numbers: HashSet<&str> = taken.filter(|other| other.starts_with(&name)).collect();
    let is_taken = |candidate: &str| numbers.contains(candidate);
    let numbered = (1..).map(|number| format!("{name}_{number}"));
    let mut free = numbered.skip_while(|candidate| is_taken(candidate));
    free.next().unwrap_or(name)
}

/// The last segment of a path, without its generic arguments.
pub(super) fn last_segment(path: &Path) -> String {
    let last = path.segments.last();
    last.map(|segment| name_text(&segment.ident))
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
pub(super) fn bound_path(expr: &Expr) -> Option<Path> {
    match expr {
        Expr::MethodCall(call) => bound_path(&call.receiver),
        Expr::Call(call) => bound_type(call),
        _ => None,
    }
}

/// Reports deployments that are bound inside the arguments of another one.
fn bound_in_passing(expr: &Expr, report: &mut Report) {
    struct Arguments<'r>(&'r mut Report);
    impl Visit<'_> for Arguments<'_> {
        fn visit_expr_call(&mut self, call: &ExprCall) {
            if let Some(path) = bound_type(call) {
                let message = diagnostics::bound_in_passing(type_text(&path));
                self.0.error(&call.func, message);
            }
            visit::visit_expr_call(self, call);
        }
    }
    match expr {
        Expr::MethodCall(call) => bound_in_passing(&call.receiver, report),
        Expr::Call(call) => {
            let arguments = &mut Arguments(report);
            call.args
                .iter()
                .for_each(|argument| arguments.visit_expr(argument));
        }
        _ => {}
    }
}

/// The options that are set after a `bind`; literals are checked.
fn overrides(expr: &Expr, report: &mut Report) -> Vec<Override> {
    let Expr::MethodCall(call) = expr else {
        return Vec::new();
    };
    let mut overrides = overrides(&call.receiver, report);
    if let Some(option) = DeploymentOption::built_by(&call.method.to_string())
        && let (1, Some(value)) = (call.args.len(), call.args.first())
    {
        overrides.push(set(option, call.method.span(), value, report));
    }
    overrides
}

/// The option as the attribute has it.
fn set(option: DeploymentOption, span: Span, value: &Expr, report: &mut Report) -> Override {
    let OptionSpec { name, kind, .. } = option.spec();
    let (value, literal) = match kind.is_time() {
        true => match time::in_unit_of(kind, value) {
            Some(value) => (value, true),
            None => (value.clone(), false),
        },
        false => (
            value.clone(),
            is_literal(value) || autoscaling::is_literal(value),
        ),
    };
    // Nothing is known of a time that is not a literal.
    if literal || !kind.is_time() {
        check::options::value(option, &value, report);
    }
    Override {
        key: Ident::new(name, span),
        literal,
        value,
    }
}

fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        Expr::Unary(ExprUnary { expr, .. }) => is_literal(expr),
        Expr::Array(list) => list.elems.iter().all(is_literal),
        Expr::Tuple(pair) => pair.elems.iter().all(is_literal),
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
    for ident in pattern::names(pat) {
        scope.configure(&ident);
    }
}
