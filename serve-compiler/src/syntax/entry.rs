//! `input(|..| ..)` and `route("/path", |..| ..)`: the entries of a graph.

use heck::ToSnakeCase;
use quote::format_ident;
use syn::{
    Block, Expr, ExprCall, ExprClosure, ExprLit, GenericArgument, Ident, Lit, LitStr, Pat,
    PathArguments, ReturnType, Signature, Stmt, Type,
};

use crate::diagnostics;
use crate::ir::graph::InputBlock;
use crate::report::Report;
use crate::syntax::owned::{NotOwned, not_owned};
use crate::syntax::pattern::mutability;
use crate::syntax::route;
use crate::text::type_text;

/// The maximum of inputs of a block: the runtime defines tuples and witnesses up to this number.
const MAX_INPUTS: usize = 12;

/// A call of `input` or `route`, as syntax.
#[derive(Clone, Copy)]
pub(crate) struct EntryCall<'a> {
    pub(crate) call: &'a ExprCall,
    pub(super) is_route: bool,
}

/// Whether an expression is an entry.
pub(crate) fn entry_call(expr: &Expr) -> Option<EntryCall<'_>> {
    let Expr::Call(call) = expr else { return None };
    let Expr::Path(path) = &*call.func else {
        return None;
    };
    let is_route = path.path.is_ident("route");
    (is_route || path.path.is_ident("input")).then_some(EntryCall { call, is_route })
}

/// Whether a statement is an entry.
pub(super) fn entry_stmt(stmt: &Stmt) -> Option<EntryCall<'_>> {
    match stmt {
        Stmt::Expr(expr, _) => entry_call(expr),
        _ => None,
    }
}

impl<'a> EntryCall<'a> {
    /// The closure over the inputs of the request.
    pub(super) fn closure(self) -> Option<&'a ExprClosure> {
        let wanted = if self.is_route { 2 } else { 1 };
        match self.call.args.last() {
            Some(Expr::Closure(closure)) if self.call.args.len() == wanted => Some(closure),
            _ => None,
        }
    }

    /// The path of a `route`; the graph serves it below its prefix.
    fn path(self, prefix: &str, report: &mut Report) -> Option<(&'a LitStr, String)> {
        let Some(Expr::Lit(ExprLit {
            lit: Lit::Str(path),
            ..
        })) = self.call.args.first()
        else {
            report.error(self.call.args.first(), diagnostics::route_not_a_literal());
            return None;
        };
        let below = path.value();
        if let Some(message) = route::malformed(&below) {
            report.error(path, message);
            return None;
        }
        let route = match (prefix, below.as_str()) {
            (prefix, "/") => prefix.to_owned(),
            ("/", _) => below,
            (prefix, _) => format!("{prefix}{below}"),
        };
        Some((path, route))
    }

    /// Parses the block. Errors are reported.
    pub(super) fn block(
        self,
        prefix: &str,
        signature: &Signature,
        report: &mut Report,
    ) -> Option<InputBlock> {
        let Some(closure) = self.closure() else {
            let message = diagnostics::malformed_entry(self.is_route);
            match self.call.args.last() {
                Some(last) if !matches!(last, Expr::Closure(_)) => report.error(last, message),
                _ => report.error(&self.call.func, message),
            }
            return None;
        };
        if let Some(token) = &closure.asyncness {
            report.error(token, diagnostics::async_input());
        }
        let (ident, route) = if self.is_route {
            let (path, route) = self.path(prefix, report)?;
            (method_name(path), route)
        } else {
            let span = signature.ident.span();
            (format_ident!("call", span = span), prefix.to_owned())
        };
        if closure.inputs.len() > MAX_INPUTS {
            report.error(&closure.inputs, diagnostics::too_many_inputs(MAX_INPUTS));
            return None;
        }
        let params = params(closure, report);
        Some(InputBlock {
            ident,
            is_only: !self.is_route,
            route,
            params: params?,
            output: output(closure, signature, report),
            body: body(closure),
        })
    }
}

/// The method of the graph's handle: `classify_fruit` for `/classify/fruit`.
fn method_name(path: &LitStr) -> Ident {
    let name = match path.value().to_snake_case() {
        name if name.is_empty() => "root".to_owned(),
        name if syn::parse_str::<Ident>(&name).is_err() => format!("route_{name}"),
        name => name,
    };
    Ident::new(&name, path.span())
}

/// The type of the entry's answer: the closure's return type, or else the function's.
fn written_output<'s>(closure: &'s ExprClosure, signature: &'s Signature) -> Option<&'s Type> {
    match (&closure.output, &signature.output) {
        (ReturnType::Type(_, output), _) | (_, ReturnType::Type(_, output)) => Some(output),
        _ => None,
    }
}

fn output(closure: &ExprClosure, signature: &Signature, report: &mut Report) -> Type {
    match written_output(closure, signature) {
        Some(output) => output.clone(),
        None => {
            report.error(&signature.ident, diagnostics::graph_without_output());
            report.poison()
        }
    }
}

/// The inputs that can be read.
fn readable_params(closure: &ExprClosure, report: &Report) -> Vec<(Ident, Type)> {
    let mut params: Vec<(Ident, Type)> = Vec::new();
    for pat in &closure.inputs {
        let made_up = format_ident!("input_{}", params.len());
        let param = param(pat, &mut report.aside());
        let (ident, ty) = param.unwrap_or_else(|| (made_up.clone(), report.poison()));
        let ty = report.unspoilt(&ty);
        let is_taken = params.iter().any(|(other, _)| *other == ident);
        params.push((if is_taken { made_up } else { ident }, ty));
    }
    params
}

/// An entry of a graph that has errors, with the parts that can be read.
pub(crate) struct InertEntry {
    pub(crate) ident: Ident,
    /// Whether it is `input(..)`.
    pub(crate) is_only: bool,
    pub(crate) params: Vec<(Ident, Type)>,
    pub(crate) output: Type,
}

/// A `Result` is no answer.
fn is_result(output: &Type) -> bool {
    let Type::Path(path) = output else {
        return false;
    };
    let last = path.path.segments.last();
    last.is_some_and(|segment| segment.ident == "Result")
}

/// The parts of an entry that are known even if it has errors.
pub(super) fn readable(
    entry: EntryCall<'_>,
    signature: &Signature,
    report: &Report,
) -> Option<InertEntry> {
    let closure = entry.closure()?;
    if closure.inputs.len() > MAX_INPUTS {
        return None;
    }
    let ident = match entry.call.args.first() {
        Some(Expr::Lit(ExprLit {
            lit: Lit::Str(path),
            ..
        })) if entry.is_route => method_name(path),
        _ => format_ident!("call", span = signature.ident.span()),
    };
    let output = match written_output(closure, signature) {
        Some(output) if not_owned(output).is_none() && !is_result(output) => {
            report.unspoilt(output)
        }
        _ => report.poison(),
    };
    Some(InertEntry {
        ident,
        is_only: !entry.is_route,
        params: readable_params(closure, report),
        output,
    })
}

/// Whether all of an entry but its body can be read: nothing would stand in for a part of it.
pub(super) fn is_whole(entry: EntryCall<'_>, signature: &Signature) -> bool {
    let mut report = Report::default();
    let block = entry.block("/", signature, &mut report);
    let is_valid =
        |block: InputBlock| not_owned(&block.output).is_none() && !is_result(&block.output);
    report.is_empty() && block.is_some_and(is_valid)
}

fn params(closure: &ExprClosure, report: &mut Report) -> Option<Vec<(Ident, Type)>> {
    let mut params: Vec<(Ident, Type)> = Vec::new();
    let mut complete = true;
    for input in &closure.inputs {
        if let Some(token) = mutability(input) {
            report.error(token, diagnostics::changing_value());
            complete = false;
        }
        let Some((ident, ty)) = param(input, report) else {
            complete = false;
            continue;
        };
        if params.iter().any(|(other, _)| *other == ident) {
            report.error(&ident, diagnostics::duplicate_input(&ident));
            complete = false;
        }
        params.push((ident, ty));
    }
    complete.then_some(params)
}

/// `name: Type`. A missing type is reported, and the input still counts.
fn param(input: &Pat, report: &mut Report) -> Option<(Ident, Type)> {
    let plain = |pat: &Pat| match pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(pat.ident.clone()),
        _ => None,
    };
    let (pat, ty) = match input {
        Pat::Type(typed) => (&*typed.pat, Some(&*typed.ty)),
        pat => (pat, None),
    };
    let Some(ident) = plain(pat) else {
        report.error(pat, diagnostics::input_pattern(extracted(pat, ty)));
        return None;
    };
    let ty = match ty.map(|ty| (ty, not_owned(ty))) {
        Some((ty, None)) => ty.clone(),
        Some((_, Some(part))) => {
            let message = match part {
                NotOwned::Borrowed(_) => diagnostics::borrowed_input(),
                NotOwned::Opaque(_) => diagnostics::opaque_input(),
            };
            report.error(part, message);
            report.poison()
        }
        None => {
            report.error(&ident, diagnostics::input_without_type(&ident));
            report.poison()
        }
    };
    Some((ident, ty))
}

/// `ticket: Ticket` of `Json(ticket): Json<Ticket>`, as the handlers of web frameworks write it; `a: A, b: B` of
/// `(a, b): (A, B)`.
fn extracted(pat: &Pat, ty: Option<&Type>) -> Option<String> {
    if let (Pat::Tuple(pats), Some(Type::Tuple(types))) = (pat, ty) {
        let named = pats
            .elems
            .iter()
            .zip(&types.elems)
            .map(|(pat, ty)| match pat {
                Pat::Ident(name) => Some(format!("{}: {}", name.ident, type_text(ty))),
                _ => None,
            });
        let named: Vec<String> = named.collect::<Option<_>>()?;
        return (pats.elems.len() == types.elems.len()).then(|| named.join(", "));
    }
    let (Pat::TupleStruct(pat), Type::Path(ty)) = (pat, ty?) else {
        return None;
    };
    let PathArguments::AngleBracketed(inside) = &ty.path.segments.last()?.arguments else {
        return None;
    };
    match (pat.elems.first()?, inside.args.first()?) {
        (Pat::Ident(name), GenericArgument::Type(ty)) if pat.elems.len() == 1 => {
            Some(format!("{}: {}", name.ident, type_text(ty)))
        }
        _ => None,
    }
}

fn body(closure: &ExprClosure) -> Block {
    match &*closure.body {
        Expr::Block(block) if block.label.is_none() => block.block.clone(),
        expr => Block {
            brace_token: Default::default(),
            stmts: vec![Stmt::Expr(expr.clone(), None)],
        },
    }
}
