//! Parses `#[batch(..)]`: the parameters and the result of one call of a batched method.

use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Expr, FnArg, GenericArgument, Path, PathArguments, ReturnType, Signature, Type,
    parse_quote,
};

use super::params::{error_span, is_result, ok_type};
use crate::ir::deployment::{Batch, Method, Options, Passing};
use crate::report::Report;
use crate::syntax::batch::{arguments, attributes};
use crate::syntax::owned::is_static;
use crate::text::type_text;
use crate::{check, diagnostics, syntax};

/// Turns a method of vectors into one of their items, if it has the attribute.
pub(super) fn lower(
    attrs: &[Attribute],
    signature: &Signature,
    method: &mut Method,
    report: &mut Report,
) {
    let mut attributes = attributes(attrs);
    let Some(attribute) = attributes.next() else {
        return;
    };
    let part = report.scope();
    for again in attributes {
        report.error(again, diagnostics::batched_twice());
    }
    if let Some(keyword) = &signature.asyncness {
        report.error(keyword, diagnostics::batched_async_fn(&signature.ident));
    }
    let mut batch = options(attribute, report);
    if method.streams.is_some() && !method.inert {
        report.error(attribute, diagnostics::batched_stream(&signature.ident));
        method.inert = true;
    }
    if !method.inert {
        params(signature, method, report);
        output(signature, method, &mut batch, report);
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

/// Every parameter is a `Vec`.
fn params(signature: &Signature, method: &mut Method, report: &mut Report) {
    if method.params.is_empty() {
        report.error(&signature.ident, diagnostics::batch_of_nothing());
    }
    let written = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(param) => Some(&*param.ty),
        FnArg::Receiver(_) => None,
    });
    for (param, ty) in method.params.iter_mut().zip(written) {
        match item_of(ty) {
            Some(item) => param.passing = Passing::Value(item.clone()),
            None => {
                let item = type_text(&item_meant(ty));
                report.error(ty, diagnostics::batched_parameter(type_text(ty), item));
                param.passing = Passing::Value(report.poison());
            }
        }
    }
}

/// The results are a `Vec` as well.
fn output(signature: &Signature, method: &mut Method, batch: &mut Batch, report: &mut Report) {
    let Some(result) = item_of(&method.output) else {
        match &signature.output {
            ReturnType::Default => {
                report.error(&signature.ident, diagnostics::batched_result("()"));
            }
            ReturnType::Type(_, ty) => {
                let message = diagnostics::batched_result(type_text(ty));
                report.error(ty, message);
            }
        }
        method.output = report.poison();
        return;
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

/// `T` of `Vec<T>`.
fn item_of(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(item) if last.ident == "Vec" && arguments.args.len() == 1 => {
            Some(item)
        }
        _ => None,
    }
}

/// The type of one item, where the parameter should have been a `Vec` of them. A reference to several values
/// means those, and a reference to one value means that one.
fn item_meant(ty: &Type) -> Type {
    let Type::Reference(reference) = ty else {
        return match ty {
            Type::Path(path) if path.path.is_ident("Vec") => parse_quote!(T),
            one => one.clone(),
        };
    };
    match &*reference.elem {
        _ if is_static(reference) => ty.clone(),
        Type::Slice(slice) => (*slice.elem).clone(),
        Type::Path(path) if path.path.is_ident("str") => parse_quote!(String),
        one => item_of(one).unwrap_or(one).clone(),
    }
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
