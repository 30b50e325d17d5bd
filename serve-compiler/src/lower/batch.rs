//! Parses `#[batch(..)]`: the parameters and the result of one call of a batched method.

use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Expr, ImplItemFn, Path, PathArguments, Signature, Type};

use super::batch_shape::{self, item_of};
use super::params::{error_span, is_result, ok_type};
use super::streams::returns_stream;
use crate::ir::deployment::{Batch, Method, Options, Passing};
use crate::report::Report;
use crate::syntax::batch::{arguments, attributes};
use crate::{check, diagnostics, syntax};

/// Whether a method has the attribute.
pub(super) fn is_batched(attrs: &[Attribute]) -> bool {
    attributes(attrs).next().is_some()
}

/// Reports the attribute on a function that only the runtime calls.
pub(super) fn not_on(function: &ImplItemFn, report: &mut Report) {
    for attribute in attributes(&function.attrs) {
        let message = diagnostics::batch_of_no_calls(&function.sig.ident);
        report.error(attribute, message);
    }
}

/// Whether the signature is one of a batch, if the method has the attribute; what is wrong with it is reported.
pub(super) fn fits(attrs: &[Attribute], signature: &Signature, report: &mut Report) -> bool {
    let Some(attribute) = attributes(attrs).next() else {
        return true;
    };
    if returns_stream(signature) {
        report.error(attribute, diagnostics::batched_stream(&signature.ident));
        return false;
    }
    batch_shape::check(signature, report)
}

/// Turns a method of vectors into one of their items, if it has the attribute.
pub(super) fn lower(attrs: &[Attribute], method: &mut Method, report: &mut Report) {
    let mut attributes = attributes(attrs);
    let Some(attribute) = attributes.next() else {
        return;
    };
    let part = report.scope();
    for again in attributes {
        report.error(again, diagnostics::batched_twice());
    }
    let mut batch = options(attribute, report);
    if !method.inert {
        for param in &mut method.params {
            if let Passing::Value(ty) = &mut param.passing
                && let Some(item) = item_of(ty)
            {
                *ty = item.clone();
            }
        }
        output(method, &mut batch, report);
    }
    method.inert |= part.failed(report);
    method.batch = (!method.inert).then_some(batch);
}

fn options(attribute: &Attribute, report: &mut Report) -> Batch {
    let Some(arguments) = arguments(attribute) else {
        report.error(attribute, diagnostics::batch_with_a_value());
        return Batch::default();
    };
    let part = report.scope();
    let given = syntax::options::parse(arguments, report);
    let parses = !part.failed(report);
    let given = check::batch::options(given, parses, report);
    let (functions, options): (Vec<_>, Vec<_>) = given
        .0
        .into_iter()
        .partition(|option| option.key == "cost" || option.key == "group_by");
    let mut batch = Batch {
        options: Options(options),
        ..Batch::default()
    };
    for option in functions {
        // A value that is not a path was reported.
        if let Expr::Path(path) = option.value {
            match option.key == "cost" {
                true => batch.cost = Some(path.path),
                false => batch.group_by = Some(path.path),
            }
        }
    }
    batch
}

/// The results are a `Vec` as well.
fn output(method: &mut Method, batch: &mut Batch, report: &mut Report) {
    let Some(result) = item_of(&method.output) else {
        return; // an error, which was reported
    };
    let item = match result {
        Type::Path(path) if is_result(path) => {
            batch.fallible = Some(error_span(path));
            match ok_type(path) {
                Some(item) => item,
                None => {
                    report.error(path, diagnostics::result_without_types());
                    report.poison()
                }
            }
        }
        result => result.clone(),
    };
    method.output = item;
}

impl Batch {
    /// `Self` in its options means the deployment.
    pub(super) fn resolve(&mut self, deployment: &Path) {
        let mut this = This(deployment.clone());
        for segment in &mut this.0.segments {
            if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
                arguments.colon2_token.get_or_insert_default();
            }
        }
        for path in self.cost.iter_mut().chain(&mut self.group_by) {
            this.visit_path_mut(path);
        }
        for option in &mut self.options.0 {
            this.visit_expr_mut(&mut option.value);
        }
    }
}

/// The type that `Self` means.
struct This(Path);

impl VisitMut for This {
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        if path.segments.first().is_some_and(|it| it.ident == "Self") {
            let rest = path.segments.iter().skip(1).cloned();
            let mut resolved = self.0.clone();
            resolved.segments.extend(rest);
            *path = resolved;
        }
    }
}
