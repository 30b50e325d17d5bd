//! The methods that only the runtime calls: `check_health`, `warm_up` and `reconfigure`.

use syn::{FnArg, ImplItemFn, ReceiverKind};

use super::params::{fallible, params, returns};
use crate::diagnostics;
use crate::ir::deployment::{Hook, Lifecycle};
use crate::report::Report;
use crate::syntax::deployment::cfg;

const HOOKS: [&str; 3] = ["check_health", "warm_up", "reconfigure"];

/// Whether callers cannot call a function of that name.
pub(super) fn is_hook(function: &ImplItemFn) -> bool {
    HOOKS.iter().any(|hook| function.sig.ident == hook)
}

/// Parses them; wrong ones are reported and left out.
pub(super) fn hooks(functions: &[&ImplItemFn], report: &mut Report) -> Lifecycle {
    let mut lifecycle = Lifecycle::default();
    for function in functions {
        match &*function.sig.ident.to_string() {
            "check_health" => lifecycle.check_health = of_itself(function, report),
            "warm_up" => lifecycle.warm_up = of_itself(function, report),
            _ => lifecycle.reconfigure = reconfigure(function, report),
        }
    }
    lifecycle
}

/// `fn check_health(&self) -> Result<()>`, or `warm_up`.
fn of_itself(function: &ImplItemFn, report: &mut Report) -> Option<Hook> {
    let signature = &function.sig;
    let has_parameters = signature
        .inputs
        .iter()
        .any(|input| matches!(input, FnArg::Typed(_)));
    if receives(function) != Some(false) || has_parameters {
        report.error(&signature.ident, diagnostics::wrong_hook(&signature.ident));
        return None;
    }
    hook(function, false, report)
}

/// `fn reconfigure(&mut self, config: Config) -> Result<()>`.
fn reconfigure(function: &ImplItemFn, report: &mut Report) -> Option<Hook> {
    let part = report.scope();
    let params = params(&function.sig, false, report);
    if part.failed(report) {
        return None;
    }
    let (Some(exclusive), [config]) = (receives(function), &params[..]) else {
        report.error(&function.sig.ident, diagnostics::wrong_reconfigure());
        return None;
    };
    let hook = hook(function, exclusive, report)?;
    Some(Hook {
        config: Some(config.clone()),
        ..hook
    })
}

/// Whether it takes `&mut self`; `None` if it has no `&self` at all.
fn receives(function: &ImplItemFn) -> Option<bool> {
    match &function.sig.receiver()?.kind {
        ReceiverKind::Reference(_, _, mutability) => Some(mutability.is_some()),
        _ => None,
    }
}

fn hook(function: &ImplItemFn, exclusive: bool, report: &mut Report) -> Option<Hook> {
    let signature = &function.sig;
    if !signature.generics.params.is_empty() {
        let message = diagnostics::generic_method(&signature.ident);
        report.error(&signature.generics.params, message);
        return None;
    }
    let part = report.scope();
    let output = returns(signature, report).output;
    if part.failed(report) {
        return None;
    }
    if !matches!(&output, syn::Type::Tuple(unit) if unit.elems.is_empty()) {
        report.error(&output, diagnostics::hook_with_a_result(&signature.ident));
        return None;
    }
    Some(Hook {
        ident: signature.ident.clone(),
        cfg: cfg(&function.attrs),
        is_async: signature.asyncness.is_some(),
        exclusive,
        fallible: fallible(signature),
        config: None,
    })
}
