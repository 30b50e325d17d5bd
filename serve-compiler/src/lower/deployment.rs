//! Parses the items that `#[deployment]` was put on.

use std::collections::HashSet;

use proc_macro2::Span;
use quote::format_ident;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, FnArg, GenericParam, Generics, ImplItem, ImplItemFn, ItemFn, ItemImpl, Path,
    ReceiverKind, ReturnType, Safety, Signature, Type, Visibility, parse_quote,
};

use super::batch;
use super::lifecycle;
use super::multiplexed;
use super::params::{fallible, is_result, mentions_handle, ok_type, params, returns};
use crate::diagnostics;
use crate::ir::deployment::{
    Bind, Constructor, DeploymentFn, DeploymentImpl, DeploymentType, Method, Options, Passing,
};
use crate::report::Report;
use crate::syntax::borrowing;
use crate::syntax::deployment::{TypeItem, cfg, doc_and_cfg};
use crate::syntax::tokens;
use crate::text::type_text;

/// Names that `#[deployment]` generates beside the user's methods.
const RESERVED: [&str; 1] = ["bind"];

/// A `struct` or `enum`.
/// `None` if it borrows.
pub(crate) fn ty(options: Options, item: &TypeItem, report: &mut Report) -> Option<DeploymentType> {
    if let Some(lifetime) = item.generics.lifetimes().next() {
        report.error(lifetime, diagnostics::borrowing_type(&item.ident));
        return None;
    }
    Some(DeploymentType {
        vis: item.vis.clone(),
        ident: item.ident.clone(),
        generics: item.generics.clone(),
        cfg: cfg(&item.attrs),
        fields: item.fields.clone(),
        options,
    })
}

/// An inherent `impl` block. `None` if it lacks a part that a deployment needs.
pub(crate) fn implementation(item: ItemImpl, report: &mut Report) -> Option<DeploymentImpl> {
    if let Some((path, _)) = &item.trait_ {
        report.error(path, diagnostics::trait_impl());
        return None;
    }
    if item.generics.lifetimes().next().is_some() {
        return None; // the attribute on the type reports it
    }
    let self_path = match &*item.self_ty {
        Type::Path(ty) if ty.qself.is_none() => ty.path.clone(),
        other => {
            report.error(
                other,
                diagnostics::not_a_deployment_item(
                    "write the type by its name, `impl Type { .. }`",
                ),
            );
            return None;
        }
    };
    let functions = item.items.iter().filter_map(|item| match item {
        ImplItem::Fn(function) => Some(function),
        _ => None,
    });
    let (constructors, others): (Vec<_>, Vec<_>) =
        functions.partition(|function| function.sig.ident == "new");
    let (loaders, others): (Vec<_>, Vec<_>) = others
        .into_iter()
        .partition(|function| multiplexed::is_loader(function));
    let (hooks, methods): (Vec<_>, Vec<_>) = others
        .into_iter()
        .partition(|function| lifecycle::is_hook(function));
    let name = type_text(&self_path);
    let runtimes = constructors.iter().chain(&hooks);
    runtimes.for_each(|function| batch::not_on(function, report));
    let (misnamed, methods): (Vec<_>, Vec<_>) = methods
        .into_iter()
        .partition(|function| constructors.is_empty() && makes_one(function, &self_path));
    match misnamed.first() {
        Some(made) => {
            let made = &made.sig.ident;
            report.error(made, diagnostics::constructor_of_another_name(&name, made));
        }
        None if constructors.is_empty() => {
            report.error(&item.self_ty, diagnostics::no_constructor(&name));
        }
        None => {}
    }
    if methods.is_empty() {
        report.error(&item.self_ty, diagnostics::no_methods(&name));
    }
    let bind = constructors.first().map(|function| bind(function, report));
    let holds_handles = constructors
        .first()
        .is_some_and(|new| holds_handles(&new.sig));
    let is_taken = methods.iter().any(|method| is_reserved(&method.sig));
    let deployment = DeploymentImpl {
        methods: self::methods(&methods, &self_path, report),
        lifecycle: lifecycle::hooks(&hooks, report),
        loaders: multiplexed::loaders(&loaders, report),
        bind: if is_taken { Bind::Taken } else { bind? },
        cfg: cfg(&item.attrs),
        self_ty: *item.self_ty,
        self_path,
        holds_handles,
        checks_arguments: item.generics.params.is_empty(),
        generics: item.generics,
    };
    (!methods.is_empty()).then_some(deployment)
}

/// Whether a function without `self` returns the deployment.
fn makes_one(function: &ImplItemFn, ty: &Path) -> bool {
    let ReturnType::Type(_, returned) = &function.sig.output else {
        return false;
    };
    let made = match &**returned {
        Type::Path(path) if is_result(path) => ok_type(path),
        one => Some(one.clone()),
    };
    let is_it =
        matches!(made, Some(Type::Path(path)) if path.path.is_ident("Self") || path.path == *ty);
    function.sig.receiver().is_none() && is_it
}

/// A deployment whose type has a lifetime, which is reported there.
pub(crate) fn poison(deployment: &mut DeploymentImpl) {
    let Some(last) = deployment.self_path.segments.last() else {
        return;
    };
    let poison = borrowing::poison(&last.ident);
    let poison: Type = parse_quote!(#poison);
    deployment.bind = Bind::Poison(Box::new(poison.clone()));
    for method in &mut deployment.methods {
        poison_method(method, &poison);
    }
}

fn poison_method(method: &mut Method, poison: &Type) {
    for param in &mut method.params {
        param.passing = Passing::Value(poison.clone());
    }
    method.output = poison.clone();
    method.streams = None;
    method.batch = None;
    method.inert = true;
}

/// Whether a constructor takes handles.
fn holds_handles(new: &Signature) -> bool {
    let is_handle =
        |input: &FnArg| matches!(input, FnArg::Typed(param) if mentions_handle(&param.ty));
    new.inputs.iter().any(is_handle)
}

fn bind(function: &ImplItemFn, report: &mut Report) -> Bind {
    let part = report.scope();
    let constructor = constructor(function, report);
    if part.failed(report) {
        return Bind::Poison(Box::new(report.poison()));
    }
    Bind::From(constructor)
}

fn constructor(function: &ImplItemFn, report: &mut Report) -> Constructor {
    let signature = &function.sig;
    if let Some(receiver) = signature.receiver() {
        report.error(receiver, diagnostics::constructor_with_receiver());
    }
    if matches!(signature.output, syn::ReturnType::Default) {
        report.error(&signature.ident, diagnostics::constructor_returns_nothing());
    }
    not_generic(signature, report);
    Constructor {
        vis: function.vis.clone(),
        attrs: doc_and_cfg(&function.attrs),
        is_async: signature.asyncness.is_some(),
        fallible: fallible(signature),
        at: signature.ident.span(),
        returns: match &signature.output {
            syn::ReturnType::Type(_, ty) => ty.span(),
            syn::ReturnType::Default => signature.ident.span(),
        },
        params: params(signature, false, report),
    }
}

fn is_reserved(signature: &Signature) -> bool {
    RESERVED.iter().any(|reserved| signature.ident == reserved)
}

fn methods(functions: &[&ImplItemFn], self_path: &Path, report: &mut Report) -> Vec<Method> {
    let method = |function: &&ImplItemFn| method(function, report);
    let mut methods: Vec<Method> = functions.iter().filter_map(method).collect();
    let mut names = HashSet::new();
    // rustc reports two methods of one name; under a `cfg`, only one of them may exist.
    methods
        .retain(|method| !cfg(&method.attrs).is_empty() || names.insert(method.ident.to_string()));
    for method in &mut methods {
        SelfType(self_path).resolve(method);
    }
    methods
}

fn method(function: &ImplItemFn, report: &mut Report) -> Option<Method> {
    let (signature, part) = (&function.sig, report.scope());
    let name = &signature.ident;
    if is_reserved(signature) {
        report.error(name, diagnostics::reserved_method(name));
        return None;
    }
    let Some(receiver) = signature.receiver() else {
        report.error(name, diagnostics::not_callable(name));
        return None;
    };
    let exclusive = match &receiver.kind {
        ReceiverKind::Reference(_, _, mutability) => mutability.is_some(),
        _ => {
            report.error(receiver, diagnostics::self_by_value());
            false
        }
    };
    let inert = part.failed(report);
    let mut method = callable(&function.vis, &function.attrs, signature, exclusive, report);
    if !not_generic(signature, report) {
        poison_method(&mut method, &report.poison());
    }
    method.inert |= inert;
    Some(method)
}

/// A `fn` or `async fn`.
pub(crate) fn function(
    options: Options,
    item: ItemFn,
    report: &mut Report,
) -> Option<DeploymentFn> {
    if item.sig.receiver().is_some() {
        // The attribute itself is what is wrong.
        report.push(syn::Error::new(
            Span::call_site(),
            diagnostics::on_a_method(),
        ));
        return None;
    }
    let name = &item.sig.ident;
    if tokens::begins_plain(name) {
        report.error(name, diagnostics::name_of_a_primitive(name));
        return None;
    }
    multiplexed::not_on_a_function(&item, report);
    let mut generics = item.sig.generics.clone();
    generics.params = std::mem::take(&mut generics.params)
        .into_iter()
        .filter(|param| !matches!(param, GenericParam::Lifetime(_)))
        .collect();
    for param in generics.type_params_mut() {
        // The requirement on every value of a graph.
        param.bounds.push(parse_quote!(::core::marker::Send));
        param.bounds.push(parse_quote!('static));
    }
    let mut function = callable(&item.vis, &item.attrs, &item.sig, false, report);
    for param in &mut function.params {
        // In the handle's method, the function has to be in scope beside its parameters.
        if param.ident == function.ident {
            param.ident = format_ident!("{}_", param.ident);
        }
    }
    Some(DeploymentFn {
        options,
        generics,
        function,
    })
}

fn callable(
    vis: &Visibility,
    attrs: &[Attribute],
    signature: &Signature,
    exclusive: bool,
    report: &mut Report,
) -> Method {
    let part = report.scope();
    if !batch::fits(attrs, signature, report) {
        return wrong_batch(vis, attrs, signature, report);
    }
    if let Safety::Unsafe(token) = &signature.safety {
        report.error(token, diagnostics::unsafe_callable(&signature.ident));
    }
    let is_batched = batch::is_batched(attrs);
    let params = params(signature, is_batched, report);
    let returns = returns(signature, report);
    let mut method = Method {
        vis: vis.clone(),
        attrs: doc_and_cfg(attrs),
        ident: signature.ident.clone(),
        at: signature.ident.clone(),
        is_async: signature.asyncness.is_some(),
        exclusive,
        fallible: returns.fallible,
        params,
        batch: None,
        streams: returns.streams,
        inert: part.failed(report),
        output: returns.output,
    };
    batch::lower(attrs, &mut method, report);
    method
}

/// A batched method whose signature is that of one call: what its callers pass and get is not known.
fn wrong_batch(
    vis: &Visibility,
    attrs: &[Attribute],
    signature: &Signature,
    report: &Report,
) -> Method {
    let poison = report.poison();
    let mut method = Method {
        vis: vis.clone(),
        attrs: doc_and_cfg(attrs),
        ident: signature.ident.clone(),
        at: signature.ident.clone(),
        is_async: signature.asyncness.is_some(),
        exclusive: false,
        fallible: None,
        params: params(signature, true, &mut report.aside()),
        batch: None,
        streams: None,
        inert: true,
        output: poison.clone(),
    };
    poison_method(&mut method, &poison);
    method
}

/// Reports type parameters. `false` if there are any.
fn not_generic(signature: &Signature, report: &mut Report) -> bool {
    let Generics { params, .. } = &signature.generics;
    let takes_types = params
        .iter()
        .any(|param| !matches!(param, GenericParam::Lifetime(_)));
    if takes_types {
        report.error(params, diagnostics::generic_method(&signature.ident));
    }
    !takes_types
}

/// `Self` in a method's signature means the deployment; on its handle, it would mean the handle.
struct SelfType<'a>(&'a Path);

impl SelfType<'_> {
    fn resolve(&mut self, method: &mut Method) {
        for param in &mut method.params {
            match &mut param.passing {
                Passing::Value(ty) => self.visit_type_mut(ty),
                Passing::Reference { owned, written } => {
                    self.visit_type_mut(owned);
                    self.visit_type_mut(written);
                }
            }
        }
        self.visit_type_mut(&mut method.output);
        if let Some(streams) = &mut method.streams {
            self.visit_type_mut(&mut streams.item);
        }
        let this = self.0;
        if let Some(batch) = &mut method.batch {
            batch.resolve(this);
        }
    }
}

impl VisitMut for SelfType<'_> {
    fn visit_path_mut(&mut self, path: &mut Path) {
        if path.is_ident("Self") {
            *path = self.0.clone();
        } else {
            visit_mut::visit_path_mut(self, path);
        }
    }
}
