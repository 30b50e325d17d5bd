//! `items.map(|item| node.method(item))`: the same calls for each item of a value.

use quote::ToTokens;
use syn::{Expr, ExprClosure, ExprMethodCall, Ident, Pat};

use super::expr::Lowering;
use super::node::Node;
use super::statement::borrowed_name;
use crate::diagnostics;
use crate::ir::graph::{Action, FanOut, Region};
use crate::ir::id::EdgeId;
use crate::syntax::pattern;
use crate::text::type_text;

/// The closure of `.map(|..| ..)`.
pub(super) fn closure(call: &ExprMethodCall) -> Option<&ExprClosure> {
    match call.args.first() {
        Some(Expr::Closure(closure)) if call.method == "map" && call.args.len() == 1 => {
            Some(closure)
        }
        _ => None,
    }
}

/// The call that makes an iterator of a value, in a chain of methods.
fn iterator(expr: &Expr) -> Option<&ExprMethodCall> {
    const ITERATORS: [&str; 4] = ["iter", "into_iter", "iter_mut", "chars"];
    let Expr::MethodCall(call) = expr else {
        return None;
    };
    let makes_one = call.args.is_empty() && ITERATORS.iter().any(|name| call.method == name);
    makes_one
        .then_some(call)
        .or_else(|| iterator(&call.receiver))
}

/// The message about `map` on an iterator.
fn over_iterator(items: &Expr) -> String {
    let items = owning(items);
    match items.strip_suffix(".into_iter()") {
        Some(collection) => diagnostics::iterator_in_fan_out(collection),
        None => diagnostics::adapters_in_fan_out(format!("{items}.collect()")),
    }
}

/// A chain of methods as text, without their arguments: `crops.into_iter().filter(..)`. Its iterator owns the
/// items, because they go to nodes.
fn owning(expr: &Expr) -> String {
    let Expr::MethodCall(call) = expr else {
        return type_text(expr);
    };
    let (before, method) = (owning(&call.receiver), call.method.to_string());
    match (method.as_str(), call.args.is_empty()) {
        ("iter" | "iter_mut", true) => format!("{before}.into_iter()"),
        ("cloned" | "copied", true) => before,
        (_, true) => format!("{before}.{method}()"),
        (_, false) => format!("{before}.{method}(..)"),
    }
}

/// Whether `map` is called on an iterator.
pub(super) fn is_over_iterator(expr: &Expr) -> bool {
    matches!(expr, Expr::MethodCall(call) if iterator(&call.receiver).is_some())
}

impl Lowering<'_> {
    /// Whether an expression does the same for each item.
    pub(super) fn is_fan_out(&self, expr: &Expr) -> bool {
        matches!(self.node(expr), Some(Node::FanOut(..)))
    }

    /// The edge of the results, and the token to point at.
    pub(super) fn fan_out(
        &mut self,
        call: &ExprMethodCall,
        closure: &ExprClosure,
    ) -> Option<(EdgeId, Ident)> {
        if let Some(made) = iterator(&call.receiver) {
            self.report
                .error(&made.method, over_iterator(&call.receiver));
            return None;
        }
        let items = self.operand(&call.receiver);
        let fan_out = self.fan_out_ids.next();
        let outside = self.scope.clone();
        let region = self.open_region();
        let item = self.item(closure);
        let output = item.as_ref().and_then(|(_, parts)| {
            self.define_parts(parts);
            self.operand(&closure.body)
        });
        let (steps, captures) = self.close_region();
        self.scope = std::mem::take(&mut self.scope).back_to(outside);
        let (item, parts) = item?;
        let edge = self.edge(Ident::new("_", call.method.span()));
        self.push(Action::FanOut(FanOut {
            fan_out,
            edge,
            items: items?,
            item: Box::new(item),
            parts,
            captures,
            body: Region {
                id: region,
                steps,
                output: output?,
            },
            at: call.method.clone(),
            text: call.receiver.to_token_stream().to_string(),
        }));
        Some((edge, call.method.clone()))
    }

    /// The pattern of an item, and the edges of its names.
    fn item(&mut self, closure: &ExprClosure) -> Option<(Pat, Vec<EdgeId>)> {
        if let Some(token) = &closure.asyncness {
            self.report.error(token, diagnostics::async_fan_out());
            return None;
        }
        let (Some(item), 1) = (closure.inputs.first(), closure.inputs.len()) else {
            let message = diagnostics::one_item();
            self.report.error(closure, message);
            return None;
        };
        if let Some(borrowed) = borrowed_name(item) {
            self.report
                .error(&borrowed, diagnostics::borrowed_in_pattern(&borrowed));
            return None;
        }
        let names = pattern::names(item);
        let parts = names.into_iter().map(|name| self.part(name)).collect();
        Some((item.clone(), parts))
    }
}
