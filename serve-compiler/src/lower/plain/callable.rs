//! Nodes that are named without being called.

use syn::{Expr, ExprField, Member};

use super::Plain;
use crate::diagnostics;
use crate::lower::scope::Meaning;

impl Plain<'_, '_> {
    /// The message about `deployment.method` without a call.
    pub(super) fn method_of_deployment(&self, field: &ExprField) -> Option<String> {
        let (Expr::Path(base), Member::Named(method)) = (&*field.base, &field.member) else {
            return None;
        };
        let name = base.path.get_ident()?;
        let is_deployment = !self.locals.contains(&name.to_string())
            && matches!(self.lowering.scope.meaning(name), Meaning::Deployment(_));
        is_deployment.then(|| diagnostics::method_as_value(name, method))
    }

    /// Whether an expression is `deployment.method` or `function` without a call.
    pub(super) fn is_callable(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Field(field) => self.method_of_deployment(field).is_some(),
            Expr::Path(path) => path.path.get_ident().is_some_and(|name| {
                let is_unknown = matches!(self.lowering.scope.meaning(name), Meaning::Unknown);
                is_unknown && !self.locals.contains(&name.to_string())
            }),
            _ => false,
        }
    }
}
