//! A graph function, split into its configuration and its entries.

use heck::ToUpperCamelCase;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ExprCall, Ident, ItemFn, Macro, Path, Signature, Stmt, Visibility};

use serve_topology::route;

use super::entry::{EntryCall, InertEntry, entry_call, entry_stmt, is_whole, readable};
use super::half_typed;
use crate::diagnostics;
use crate::ir::graph::InputBlock;
use crate::report::Report;
use crate::text::name_text;

/// The maximum of routes of a graph: the runtime defines tuples up to this number.
const MAX_ROUTES: usize = 16;

/// The statements before the first entry, and the entries that can be parsed.
pub(crate) fn split<'a>(
    item: &'a ItemFn,
    prefix: &str,
    report: &mut Report,
) -> Option<(&'a [Stmt], Vec<InputBlock>)> {
    let stmts = &item.block.stmts;
    let Some(first) = stmts.iter().position(|stmt| entry_stmt(stmt).is_some()) else {
        match stmts.last() {
            Some(last) => match (misspelt(last), as_macro(last)) {
                (Some((name, meant)), _) => {
                    report.error(name, diagnostics::misspelt_entry(name, meant));
                }
                (None, Some(mac)) => {
                    let name = mac.path.get_ident();
                    let message = name.map(diagnostics::input_as_macro);
                    report.error(mac.bang_token, message.unwrap_or_default());
                }
                (None, None) => report.error(last, diagnostics::no_input_block()),
            },
            None => report.error(&item.sig.ident, diagnostics::no_input_block()),
        }
        return None;
    };
    let (config, rest) = stmts.split_at(first);
    let entries = entries(rest, report);
    let mut blocks: Vec<InputBlock> = Vec::new();
    for entry in entries? {
        let Some(block) = entry.block(prefix, &item.sig, report) else {
            continue;
        };
        let sent = route::sent(&block.route);
        if let Some(other) = blocks
            .iter()
            .find(|other| route::sent(&other.route) == sent)
        {
            let path = entry.call.args.first();
            report.error(path, diagnostics::duplicate_route(&other.route));
        } else if let Some(other) = blocks.iter().find(|other| other.ident == block.ident) {
            let path = entry.call.args.first();
            report.error(
                path,
                diagnostics::routes_of_one_name(&other.route, &block.ident),
            );
        }
        blocks.push(block);
    }
    (!blocks.is_empty()).then_some((config, blocks))
}

/// Whether a function has an `input(..)` or a `route(..)`.
pub(crate) fn has_entries(item: &ItemFn) -> bool {
    item.block
        .stmts
        .iter()
        .any(|stmt| entry_stmt(stmt).is_some())
}

/// The name in `inputs(|..| ..)`, and what it should have been.
fn misspelt(stmt: &Stmt) -> Option<(&Ident, &'static str)> {
    let Stmt::Expr(Expr::Call(call), _) = stmt else {
        return None;
    };
    let (Expr::Path(path), Some(Expr::Closure(_))) = (&*call.func, call.args.last()) else {
        return None;
    };
    let name = path.path.get_ident()?;
    let meant = diagnostics::nearest(&name.to_string(), ["input", "route"])?;
    Some((name, meant))
}

/// `input!(..)`.
fn as_macro(stmt: &Stmt) -> Option<&Macro> {
    let mac = match stmt {
        Stmt::Macro(stmt) => &stmt.mac,
        Stmt::Expr(Expr::Macro(expr), _) => &expr.mac,
        _ => return None,
    };
    (mac.path.is_ident("input") || mac.path.is_ident("route")).then_some(mac)
}

/// One `input(..)` at the end, or only `route(..)`s.
fn entries<'a>(stmts: &'a [Stmt], report: &mut Report) -> Option<Vec<EntryCall<'a>>> {
    let entries: Vec<EntryCall<'a>> = stmts.iter().filter_map(entry_stmt).collect();
    let part = report.scope();
    let has_routes = entries.iter().any(|entry| entry.is_route);
    for (index, entry) in entries.iter().enumerate() {
        let is_second = !entry.is_route && index > 0;
        if has_routes && !entry.is_route {
            report.error(&entry.call.func, diagnostics::input_beside_routes());
        } else if is_second {
            report.error(&entry.call.func, diagnostics::second_input_block());
        }
    }
    if let Some(route) = entries.get(MAX_ROUTES) {
        report.error(&route.call.func, diagnostics::too_many_routes(MAX_ROUTES));
    }
    let last = stmts.last()?;
    if part.failed(report) {
        return None;
    }
    match last {
        Stmt::Expr(expr, Some(semi)) if entry_call(expr).is_some_and(|entry| !entry.is_route) => {
            report.error(semi, diagnostics::no_input_block());
        }
        stmt if entry_stmt(stmt).is_none() => {
            let last_entry = stmts.iter().rposition(|stmt| entry_stmt(stmt).is_some())?;
            report.error(&stmts[last_entry + 1], diagnostics::after_the_entries());
        }
        _ => {
            let between = stmts.iter().filter(|stmt| entry_stmt(stmt).is_none());
            between.for_each(|stmt| report.error(stmt, diagnostics::between_routes()));
        }
    }
    (!part.failed(report)).then_some(entries)
}

/// The name of a graph's type: `PhotoGraph` for `photo`, and for `photo_graph`.
pub(crate) fn type_name(function: &Ident) -> String {
    let name = name_text(function).to_upper_camel_case();
    match name.ends_with("Graph") {
        true => name,
        false => format!("{name}Graph"),
    }
}

/// A graph function whose body cannot be parsed, with empty entries in place of the body: those whose inputs can
/// be read.
pub(crate) fn without_body(item: TokenStream) -> Option<ItemFn> {
    let head = |input: ParseStream<'_>| {
        let attrs = input.call(Attribute::parse_outer)?;
        let (vis, sig): (Visibility, Signature) = (input.parse()?, input.parse()?);
        let rest = input.parse::<TokenStream>()?;
        let Some(TokenTree::Group(body)) = rest.into_iter().next() else {
            return Err(input.error("no body"));
        };
        if body.delimiter() != Delimiter::Brace {
            return Err(input.error("no body"));
        }
        Ok((quote!(#(#attrs)* #vis #sig), body.stream()))
    };
    let (head, body) = head.parse2(item).ok()?;
    let entries = half_typed::entries(body);
    let with_entries = syn::parse2::<ItemFn>(quote!(#head { #entries }));
    let is_whole = |item: &ItemFn| {
        let mut entries = item.block.stmts.iter().filter_map(entry_stmt);
        entries.all(|entry| is_whole(entry, &item.sig))
    };
    let with_entries = with_entries.ok().filter(is_whole);
    with_entries.or_else(|| syn::parse2(quote!(#head {})).ok())
}

/// The entries that can be read, for the stand-in of a broken graph; none if not even their number is known.
pub(crate) fn inert_entries(item: &ItemFn, report: &Report) -> Vec<InertEntry> {
    let mut entries: Vec<InertEntry> = Vec::new();
    for entry in item.block.stmts.iter().filter_map(entry_stmt) {
        let Some(readable) = readable(entry, &item.sig, report) else {
            return Vec::new();
        };
        if !entries.iter().any(|other| other.ident == readable.ident) {
            entries.push(readable);
        }
    }
    entries
}

/// The types that `Type::bind(..)` names.
pub(crate) fn bound_types(item: &ItemFn) -> Vec<Path> {
    struct Bound(Vec<Path>);
    impl Visit<'_> for Bound {
        fn visit_expr_call(&mut self, call: &ExprCall) {
            self.0.extend(bound_type(call));
            visit::visit_expr_call(self, call);
        }
    }
    let mut bound = Bound(Vec::new());
    bound.visit_block(&item.block);
    bound.0
}

/// `Type` in `Type::bind(..)`.
pub(crate) fn bound_type(call: &ExprCall) -> Option<Path> {
    let Expr::Path(func) = &*call.func else {
        return None;
    };
    if func.qself.is_some() || func.path.segments.len() < 2 {
        return None;
    }
    let mut path = func.path.clone();
    let last = path.segments.pop()?;
    path.segments.pop_punct();
    (last.ident == "bind").then_some(path)
}
