//! Builds the graph: from a graph function to deployments, calls and edges.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident};
use syn::visit::{self, Visit};
use syn::{FnArg, Ident, ItemFn, Path, PathSegment, ReturnType, Stmt, Type};

use super::config::{self, Config};
use super::consumers;
use super::expr::Lowering;
use super::params::is_result;
use super::unbound;
use crate::diagnostics;
use crate::ir::graph::{Entry, Graph, GraphOptions, InputBlock, Param, Region, Signature};
use crate::report::Report;
use crate::syntax::graph::{bound_types, type_name};
use crate::syntax::owned::{NotOwned, not_owned};
use crate::syntax::tokens;

/// The parts of a graph function outside its body.
pub(crate) fn signature(item: &ItemFn, options: GraphOptions, report: &mut Report) -> Signature {
    let signature = &item.sig;
    if let Some(token) = &signature.asyncness {
        report.error(token, diagnostics::graph_qualifier("async"));
    }
    if !signature.generics.params.is_empty() {
        report.error(&signature.generics, diagnostics::generic_graph());
    }
    if let Some(qualifier) = qualifier(signature) {
        report.error(&qualifier, diagnostics::graph_qualifier(&qualifier));
    }
    if let ReturnType::Type(_, output) = &signature.output {
        can_answer(output, report);
    }
    Signature {
        vis: item.vis.clone(),
        attrs: item.attrs.clone(),
        ident: signature.ident.clone(),
        asyncness: signature.asyncness,
        type_ident: type_ident(item, report),
        inputs: inputs(signature, report),
        options,
    }
}

/// The parameters. Those of a generic function may be of types that are not known outside of it.
fn inputs(signature: &syn::Signature, report: &Report) -> Vec<FnArg> {
    let is_generic = !signature.generics.params.is_empty();
    let inputs = signature.inputs.iter().cloned().map(|mut input| {
        if let (true, FnArg::Typed(param)) = (is_generic, &mut input) {
            *param.ty = report.poison();
        }
        input
    });
    inputs.collect()
}

/// Reports the parts of a function that a graph cannot have.
fn qualifier(signature: &syn::Signature) -> Option<TokenStream> {
    let is_const = signature.constness.as_ref().map(ToTokens::to_token_stream);
    let safety = signature.safety.to_token_stream();
    let is_unsafe = (!safety.is_empty()).then_some(safety);
    let abi = signature.abi.as_ref().map(ToTokens::to_token_stream);
    is_const.or(is_unsafe).or(abi)
}

/// The answer to a request has one type, and nothing it borrows from.
fn can_answer(output: &Type, report: &mut Report) {
    if matches!(output, Type::Path(path) if is_result(path)) {
        report.error(output, diagnostics::fallible_graph());
    }
    if let Some(application) = application(output) {
        report.error(application, diagnostics::application_as_answer(application));
        report.spoil(output);
    }
    match not_owned(output) {
        Some(NotOwned::Borrowed(part)) => report.error(part, diagnostics::borrowed_answer()),
        Some(NotOwned::Opaque(part)) => report.error(part, diagnostics::opaque_answer()),
        None => {}
    }
}

/// `Application<Answer>`, which the function returns without being told.
fn application(output: &Type) -> Option<&PathSegment> {
    let Type::Path(path) = output else {
        return None;
    };
    let last = path.path.segments.last()?;
    (last.ident == "Application" && !last.arguments.is_none()).then_some(last)
}

/// The graph's type.
fn type_ident(item: &ItemFn, report: &mut Report) -> Ident {
    let function = &item.sig.ident;
    let name = type_name(function);
    for path in bound_types(item) {
        if path.is_ident(function) {
            report.error(&path, diagnostics::graph_binds_itself(function));
        }
    }
    let mut bound = bound_types(item).into_iter();
    let taken = if bound.any(|path| path.is_ident(&name)) {
        diagnostics::type_name_taken(&name)
    } else if mentions(item, &name) {
        diagnostics::type_name_used(&name)
    } else if tokens::begins_plain(function) {
        diagnostics::name_of_a_primitive(function)
    } else {
        return Ident::new(&name, function.span());
    };
    report.error(function, taken);
    format_ident!("{name}Graph", span = function.span())
}

/// Whether the function names such a type, also in its input blocks.
fn mentions(item: &ItemFn, name: &str) -> bool {
    struct Mentioned<'n>(&'n str, bool);

    impl Visit<'_> for Mentioned<'_> {
        fn visit_path(&mut self, path: &Path) {
            let first = path.segments.first();
            self.1 |= first.is_some_and(|first| first.ident == self.0);
            visit::visit_path(self, path);
        }
    }

    let mut mentioned = Mentioned(name, false);
    mentioned.visit_signature(&item.sig);
    mentioned.visit_block(&item.block);
    mentioned.1
}

/// The body: its configuration and its entries. `None` if one of them has an error that stops the lowering.
pub(crate) fn body(
    item: &ItemFn,
    stmts: &[Stmt],
    blocks: Vec<InputBlock>,
    report: &mut Report,
) -> Option<Graph> {
    let inputs = blocks.iter().flat_map(|block| &block.params);
    let inputs: Vec<Ident> = inputs.map(|(name, _)| name.clone()).collect();
    let Config {
        mut deployments,
        stmts: config,
        scope,
        misused,
    } = config::lower(item, stmts, &inputs, report);
    let of_function = match &item.sig.output {
        ReturnType::Type(_, output) => Some(&**output),
        ReturnType::Default => None,
    };
    for block in &blocks {
        if of_function != Some(&block.output) {
            can_answer(&block.output, report);
        }
    }
    let mut lowering = Lowering::new(&mut deployments, scope, report);
    lowering.unbound = unbound::find(stmts);
    lowering.unbound.extend(unbound::handles(&item.sig));
    let entries: Vec<Option<Entry>> = blocks
        .into_iter()
        .map(|block| lowering.entry(block, &misused))
        .collect();
    let changing = std::mem::take(&mut lowering.changing);
    // A value that really changes has a worse error.
    if report.is_empty() {
        let message = diagnostics::changing_value();
        changing
            .iter()
            .for_each(|token| report.error(token, message));
    }
    Some(Graph {
        deployments,
        config,
        entries: entries.into_iter().collect::<Option<_>>()?,
    })
}

impl Lowering<'_> {
    /// `misused` are inputs whose use in the configuration was reported.
    fn entry(&mut self, block: InputBlock, misused: &[Ident]) -> Option<Entry> {
        let outside = self.scope.clone();
        let id = self.open_region();
        let mut params = Vec::new();
        for (ident, ty) in block.params {
            let edge = self.edge(ident.clone());
            self.edges[edge].excused = misused.contains(&ident);
            self.scope.define(&ident, edge);
            params.push(Param { edge, ty });
        }
        let output = self.statements(&block.body);
        let (steps, _) = self.close_region();
        self.scope = outside;
        let edges = std::mem::take(&mut self.edges);
        let body = Region {
            id,
            steps,
            output: output?,
        };
        let mut entry = Entry {
            ident: block.ident,
            is_only: block.is_only,
            route: block.route,
            params,
            output: block.output,
            edges,
            body,
        };
        consumers::count(&mut entry);
        Some(entry)
    }
}
