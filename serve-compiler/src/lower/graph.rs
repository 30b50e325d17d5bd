//! Builds the graph: from a graph function to deployments, calls and edges.

use heck::ToUpperCamelCase;
use quote::format_ident;
use syn::{Ident, ItemFn, ReturnType, Stmt, Type};

use super::config::{self, Config, pattern_names};
use super::expr::Lowering;
use super::params::is_result;
use crate::diagnostics;
use crate::ir::graph::{
    Edge, Entry, Graph, GraphOptions, InputBlock, Operand, Param, Signature, Step,
};
use crate::report::Report;
use crate::syntax::graph::bound_types;

/// The parts of a graph function outside its body.
pub(crate) fn signature(item: &ItemFn, options: GraphOptions, report: &mut Report) -> Signature {
    let signature = &item.sig;
    if let Some(token) = &signature.asyncness {
        report.error(token, diagnostics::async_graph());
    }
    if !signature.generics.params.is_empty() {
        report.error(&signature.generics, diagnostics::generic_graph());
    }
    let output = match &signature.output {
        ReturnType::Type(_, output) => {
            if matches!(&**output, Type::Path(path) if is_result(path)) {
                report.error(output, diagnostics::fallible_graph());
            }
            (**output).clone()
        }
        ReturnType::Default => {
            report.error(&signature.ident, diagnostics::graph_without_output());
            report.poison()
        }
    };
    let type_ident = type_ident(item, report);
    Signature {
        vis: item.vis.clone(),
        attrs: item.attrs.clone(),
        ident: signature.ident.clone(),
        type_ident,
        inputs: signature.inputs.iter().cloned().collect(),
        output,
        options,
    }
}

/// The graph's type: the function's name in upper camel case.
fn type_ident(item: &ItemFn, report: &mut Report) -> Ident {
    let function = &item.sig.ident;
    let name = function.to_string().to_upper_camel_case();
    let mut bound = bound_types(item).into_iter();
    if bound.any(|path| path.is_ident(&name)) {
        report.error(function, diagnostics::type_name_taken(&name));
        return format_ident!("{name}Graph", span = function.span());
    }
    Ident::new(&name, function.span())
}

/// The body: its configuration and its input block. `None` if the block cannot be understood.
pub(crate) fn body(
    item: &ItemFn,
    stmts: &[Stmt],
    block: InputBlock,
    report: &mut Report,
) -> Option<Graph> {
    let Config {
        mut deployments,
        stmts,
        scope,
    } = config::lower(item, stmts, report);
    let mut lowering = Lowering::new(&mut deployments, scope, report);
    let entry = lowering.entry(block)?;
    Some(Graph {
        deployments,
        config: stmts,
        entry,
    })
}

impl Lowering<'_> {
    fn entry(&mut self, block: InputBlock) -> Option<Entry> {
        let mut params = Vec::new();
        for (ident, ty) in block.params {
            let edge = self.edge(ident.clone());
            self.scope.define(&ident, edge);
            params.push(Param { edge, ty });
        }
        let lets = block.body.stmts.iter().filter_map(|stmt| match stmt {
            Stmt::Local(local) => Some(&local.pat),
            _ => None,
        });
        let names = lets.flat_map(pattern_names);
        self.scope
            .announce(names.map(|name| name.to_string()).collect());

        let output = self.statements(&block.body.stmts, &block.body.brace_token);
        self.count_consumers(output.as_ref());
        Some(Entry {
            params,
            edges: std::mem::take(&mut self.edges),
            steps: std::mem::take(&mut self.steps),
            output: output?,
        })
    }

    /// Lowers every statement, whatever is wrong with those before it; the answer comes back.
    fn statements(&mut self, stmts: &[Stmt], brace: &syn::token::Brace) -> Option<Operand> {
        let (last, stmts) = match stmts.split_last() {
            Some((Stmt::Expr(expr, None), stmts)) => (Some(expr), stmts),
            _ => (None, stmts),
        };
        let mut errors = self.report.len();
        for stmt in stmts {
            errors = self.report.len();
            self.statement(stmt);
        }
        match (last, stmts.last()) {
            (Some(expr), _) => return self.operand(expr),
            (None, Some(_)) if self.report.len() > errors => {} // such as a `return`
            (None, Some(stmt)) => self.report.error(stmt, diagnostics::no_answer()),
            (None, None) => {
                let error = syn::Error::new(brace.span.join(), diagnostics::no_answer());
                self.report.push(error);
            }
        }
        None
    }

    fn count_consumers(&mut self, output: Option<&Operand>) {
        let args = self.steps.iter().flat_map(Step::operands);
        let read: Vec<usize> = args.chain(output).flat_map(Operand::edges).collect();
        for edge in read {
            self.edges[edge].consumers += 1;
        }
        for edge in &mut self.edges {
            if edge.excused || output.is_none() {
                edge.consumers = edge.consumers.max(1); // what is wrong has been said
            }
        }
    }

    /// A new edge.
    pub(super) fn edge(&mut self, ident: Ident) -> usize {
        self.edges.push(Edge {
            ident,
            ty: None,
            consumers: 0,
            excused: false,
        });
        self.edges.len() - 1
    }

    /// The edge of a name whose value has an error.
    pub(super) fn excused_edge(&mut self, ident: Ident) -> usize {
        let edge = self.edge(ident);
        self.edges[edge].excused = true;
        edge
    }
}
