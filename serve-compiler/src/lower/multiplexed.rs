//! Parses `#[multiplexed(..)]`: a method that loads a model.

use syn::{
    FnArg, GenericParam, ImplItemFn, ItemFn, Pat, PatType, ReceiverKind, ReturnType, Type,
    parse_quote,
};

use super::params::returns;
use crate::ir::deployment::Loader;
use crate::report::Report;
use crate::syntax::deployment::doc_and_cfg;
use crate::syntax::multiplexed::attributes;
use crate::{check, diagnostics, syntax};

/// Whether a method loads models, so that callers cannot call it.
pub(super) fn is_loader(function: &ImplItemFn) -> bool {
    attributes(&function.attrs).next().is_some()
}

/// A function has no replicas.
pub(super) fn not_on_a_function(item: &ItemFn, report: &mut Report) {
    if let Some(attribute) = attributes(&item.attrs).next() {
        report.error(
            attribute,
            diagnostics::multiplexed_function(&item.sig.ident),
        );
    }
}

/// Parses the loaders; wrong ones are reported and left out.
pub(super) fn loaders(functions: &[&ImplItemFn], report: &mut Report) -> Vec<Loader> {
    let loader = |function: &&ImplItemFn| loader(function, report);
    functions.iter().filter_map(loader).collect()
}

fn loader(function: &ImplItemFn, report: &mut Report) -> Option<Loader> {
    let (signature, part) = (&function.sig, report.scope());
    let max = max(function, report);
    if !takes_shared_self(function) {
        let message = diagnostics::loader_without_self(&signature.ident);
        match signature.receiver() {
            Some(receiver) => report.error(receiver, message),
            None => report.error(&signature.ident, message),
        }
    }
    let model_id = model_id(function, report);
    let mut generics = signature.generics.params.iter();
    if let Some(generic) = generics.find(|param| !matches!(param, GenericParam::Lifetime(_))) {
        report.error(generic, diagnostics::generic_loader(&signature.ident));
    }
    if let ReturnType::Default = signature.output {
        let message = diagnostics::loader_returns_nothing(&signature.ident);
        report.error(&signature.ident, message);
    }
    let returns = returns(signature, report);
    (!part.failed(report)).then_some(Loader {
        vis: function.vis.clone(),
        attrs: doc_and_cfg(&function.attrs),
        ident: signature.ident.clone(),
        is_async: signature.asyncness.is_some(),
        model_id: model_id?,
        max,
        fallible: returns.fallible,
        output: returns.output,
    })
}

fn takes_shared_self(function: &ImplItemFn) -> bool {
    let receiver = function.sig.receiver();
    receiver.is_some_and(|receiver| matches!(receiver.kind, ReceiverKind::Reference(_, _, None)))
}

/// The only parameter, `model_id: &str`.
fn model_id(function: &ImplItemFn, report: &mut Report) -> Option<syn::Ident> {
    let signature = &function.sig;
    let mut params = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(param) => Some(param),
        FnArg::Receiver(_) => None,
    });
    let message = || diagnostics::loader_parameters(&signature.ident);
    let Some(first) = params.next() else {
        report.error(&signature.ident, message());
        return None;
    };
    if let Some(further) = params.next() {
        report.error(further, message());
        return None;
    }
    if !is_str(first) {
        report.error(&first.ty, diagnostics::owned_model_id());
        return None;
    }
    Some(match &*first.pat {
        Pat::Ident(pat) => pat.ident.clone(),
        _ => parse_quote!(model_id),
    })
}

fn is_str(param: &PatType) -> bool {
    match &*param.ty {
        Type::Reference(reference) if reference.mutability.is_none() => {
            matches!(&*reference.elem, Type::Path(ty) if ty.path.is_ident("str"))
        }
        _ => false,
    }
}

/// The value of `max_num_models_per_replica`.
fn max(function: &ImplItemFn, report: &mut Report) -> Option<syn::Expr> {
    let mut attributes = attributes(&function.attrs);
    let attribute = attributes.next()?;
    for again in attributes {
        report.error(again, diagnostics::multiplexed_twice());
    }
    if let Some(batch) = syntax::batch::attributes(&function.attrs).next() {
        report.error(batch, diagnostics::multiplexed_and_batched());
    }
    let Some(arguments) = syntax::batch::arguments(attribute) else {
        report.error(attribute, diagnostics::multiplexed_with_a_value());
        return None;
    };
    let options = syntax::options::parse(arguments, report);
    let options = check::multiplexed::options(options, report);
    options.0.into_iter().next().map(|option| option.value)
}
