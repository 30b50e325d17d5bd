//! The pipeline of the macros, from tokens to tokens.

use proc_macro2::TokenStream;
use quote::quote;
use syn::visit_mut::VisitMut;
use syn::{FnArg, Ident, Item, ItemFn, ItemImpl, Lifetime, Path, Type};

use crate::ir::deployment::{Loader, Options};
use crate::ir::graph::{Graph, GraphOptions, Signature};
use crate::report::{Reader, Report};
use crate::stand_in::{self, Placed};
use crate::syntax::ungroup::{Ungroup, UngroupSignatures};
use crate::text::name_text;
use crate::{check, codegen, diagnostics, editor, lower, source, syntax};

/// Expands `#[deployment(attr)] item`.
pub fn deployment(attr: TokenStream, item: TokenStream) -> TokenStream {
    expand_deployment(attr, item, Reader::Rustc)
}

/// Expands `#[deployment(attr)] item` for an editor.
pub fn deployment_in_editor(attr: TokenStream, item: TokenStream) -> TokenStream {
    expand_deployment(attr, item, Reader::Editor)
}

fn expand_deployment(attr: TokenStream, item: TokenStream, reader: Reader) -> TokenStream {
    let mut report = Report::to(reader);
    if let Some(another) = syntax::deployment::another_attribute(item.clone()) {
        // The other of its two attributes handles the item.
        report.error(&another, diagnostics::two_attributes());
        let errors = report.into_tokens();
        return quote!(#item #errors);
    }
    if reader == Reader::Rustc
        && let Some(again) = stand_in::defined_again(&item)
    {
        return again;
    }
    let (item, borrows) = match reader {
        Reader::Editor => (item, None),
        Reader::Rustc => syntax::borrowing::without_lifetimes(item),
    };
    let (item, held) = match reader {
        Reader::Editor => (item, quote!()),
        Reader::Rustc => codegen::deployment::held::with_checked_handles(item),
    };
    let (generated, loaders) = deployment_items(attr, &item, borrows.as_ref(), reader, &mut report);
    let (generated, left) = match reader {
        Reader::Editor => (
            editor::without_stand_ins(generated),
            editor::loaders::shown(item, &loaders),
        ),
        Reader::Rustc => {
            let names: Vec<Ident> = loaders.into_iter().map(|loader| loader.ident).collect();
            let left = syntax::multiplexed::hide_loaders(item, &names);
            let left = lower::not_deployable::in_place_of(&left).unwrap_or(left);
            let left = syntax::no_generics::written_out(left);
            (
                generated,
                codegen::deployment::fields::with_checked_fields(left),
            )
        }
    };
    let left = syntax::batch::without_attributes(left);
    let errors = report.into_tokens();
    quote!(#left #held #generated #errors)
}

/// The code beside the item, and the item's loaders: the generated functions have the loaders' names, and an
/// editor sees the loaders where the user wrote them.
fn deployment_items(
    attr: TokenStream,
    item: &TokenStream,
    borrows: Option<&Lifetime>,
    reader: Reader,
    report: &mut Report,
) -> (TokenStream, Vec<Loader>) {
    let options = syntax::options::parse(attr, report);
    let parsed = syn::parse2::<Item>(item.clone()).or_else(|error| {
        // An incomplete body is not an error of the attribute, and rustc has reported it.
        let whole = syn::parse2(syntax::deployment::without_bodies(item.clone()));
        if whole.is_err() {
            report.push(error);
        }
        whole
    });
    let parsed = parsed.map(|mut item| {
        UngroupSignatures.visit_item_mut(&mut item);
        report.of_item(item_name(&item));
        item
    });
    let generated = match parsed {
        Ok(Item::Impl(item)) => return deployment_impl(options, item, borrows, reader, report),
        Ok(Item::Struct(item)) => deployment_type(options, &item.into(), borrows, report),
        Ok(Item::Enum(item)) => deployment_type(options, &item.into(), borrows, report),
        Ok(Item::Fn(item)) => deployment_fn(options, item, reader, report),
        Ok(other) => {
            lower::not_deployable::report(&other, report);
            quote!()
        }
        // It was reported.
        Err(_) => quote!(),
    };
    (generated, Vec::new())
}

/// A name that no other item of a module has. That of an `impl` block is its type's.
fn item_name(item: &Item) -> String {
    let last = |path: &Path| path.segments.last().map(|last| name_text(&last.ident));
    match item {
        Item::Fn(item) => name_text(&item.sig.ident),
        Item::Struct(item) => name_text(&item.ident),
        Item::Enum(item) => name_text(&item.ident),
        Item::Impl(item) => match &*item.self_ty {
            Type::Path(ty) => format!("impl_{}", last(&ty.path).unwrap_or_default()),
            _ => "impl".to_owned(),
        },
        _ => String::new(),
    }
}

/// Expands `#[batch(attr)] item` that no `#[deployment]` has removed.
pub fn batch(attr: TokenStream, item: TokenStream) -> TokenStream {
    if let Some(below) = syntax::batch::below_deployment(&attr, item.clone()) {
        let at = attr.into_iter().next();
        let at = at.map_or_else(proc_macro2::Span::call_site, |token| token.span());
        let error = syn::Error::new(at, diagnostics::batch_above_deployment()).to_compile_error();
        return quote!(#below #error);
    }
    let error = syn::Error::new(proc_macro2::Span::call_site(), diagnostics::batch_alone());
    let error = error.to_compile_error();
    // In an `impl` block, an error is an item as well.
    quote!(#item #error)
}

/// Expands `#[multiplexed(attr)] item` that no `#[deployment]` has removed.
pub fn multiplexed(_attr: TokenStream, item: TokenStream) -> TokenStream {
    let error = syn::Error::new(
        proc_macro2::Span::call_site(),
        diagnostics::multiplexed_alone(),
    );
    let error = error.to_compile_error();
    // In an `impl` block, an error is an item as well.
    quote!(#item #error)
}

fn deployment_type(
    options: Options,
    item: &syntax::deployment::TypeItem,
    borrows: Option<&Lifetime>,
    report: &mut Report,
) -> TokenStream {
    let borrowed = borrows.map(|lifetime| {
        report.error(lifetime, diagnostics::borrowing_type(&item.ident));
        let (name, poison) = (syntax::borrowing::poison(&item.ident), report.poison());
        quote! {
            #[doc(hidden)]
            #[allow(dead_code, non_camel_case_types)]
            type #name = #poison;
        }
    });
    let options = check::options::deployment(options, report);
    let ty = lower::deployment::ty(options, item, report);
    let ty = ty.as_ref().map(codegen::deployment::ty::generate);
    quote!(#borrowed #ty)
}

fn deployment_impl(
    options: Options,
    item: ItemImpl,
    borrows: Option<&Lifetime>,
    reader: Reader,
    report: &mut Report,
) -> (TokenStream, Vec<Loader>) {
    check::options::none_on_impl(&options, &item, report);
    let self_ty = item.self_ty.clone();
    let Some(mut deployment) = lower::deployment::implementation(item, report) else {
        let poisoned = codegen::deployment::pairing::poisoned(&self_ty, report);
        return (poisoned.unwrap_or_default(), Vec::new());
    };
    if borrows.is_some() {
        lower::deployment::poison(&mut deployment);
    }
    if reader == Reader::Editor {
        deployment.checks_arguments = false;
        let loaders = std::mem::take(&mut deployment.loaders);
        return (
            codegen::deployment::implementation::generate(&deployment),
            loaders,
        );
    }
    let generated = codegen::deployment::implementation::generate(&deployment);
    (generated, deployment.loaders)
}

fn deployment_fn(
    options: Options,
    item: ItemFn,
    reader: Reader,
    report: &mut Report,
) -> TokenStream {
    let options = check::options::deployment(options, report);
    let Some(deployment) = lower::deployment::function(options, item, report) else {
        return quote!();
    };
    check::idle_options::check(&deployment, report);
    let generated = codegen::deployment::function::generate(&deployment);
    let outcome = (reader == Reader::Editor).then(|| editor::outcome(&deployment));
    quote!(#generated #outcome)
}

/// Expands `#[graph(attr)] item`.
pub fn graph(attr: TokenStream, item: TokenStream) -> TokenStream {
    expand_graph(attr, item, Reader::Rustc)
}

/// Expands `#[graph(attr)] item` for an editor.
pub fn graph_in_editor(attr: TokenStream, item: TokenStream) -> TokenStream {
    expand_graph(attr, item, Reader::Editor)
}

fn expand_graph(attr: TokenStream, tokens: TokenStream, reader: Reader) -> TokenStream {
    let mut report = Report::to(reader);
    let generated = graph_items(attr, tokens, reader, &mut report);
    let errors = report.into_tokens();
    quote!(#generated #errors)
}

/// The expansion of the function.
fn graph_items(
    attr: TokenStream,
    tokens: TokenStream,
    reader: Reader,
    report: &mut Report,
) -> TokenStream {
    let options = syntax::options::parse(attr.clone(), report);
    let item = match syn::parse2::<ItemFn>(tokens.clone()) {
        Ok(mut item) => {
            if let Some(another) = syntax::deployment::another_attribute(tokens.clone()) {
                report.error(&another, diagnostics::two_attributes());
                item.attrs.retain(|attribute| *attribute != another);
            }
            Ungroup.visit_item_fn_mut(&mut item);
            report.of_item(name_text(&item.sig.ident));
            item
        }
        Err(error) => return not_a_function(tokens, error, reader, report),
    };
    let item = match stand_in::placed(item, &tokens, reader, report) {
        Placed::Function(item) => *item,
        Placed::Elsewhere(stand_in) => return stand_in,
    };
    if item.sig.ident == "main" && !syntax::graph::has_entries(&item) {
        report.error(&item.sig.ident, diagnostics::graph_on_main());
        return quote!(#item);
    }
    let (mut signature, graph) = understand_graph(options, &item, report);
    match graph.filter(|_| reader == Reader::Rustc) {
        Some(graph) => {
            let picture = codegen::graph::picture::attribute(&attr, &tokens);
            signature.attrs.push(picture);
            codegen::graph::generate(&signature, &graph)
        }
        None => {
            for input in &mut signature.inputs {
                if let FnArg::Typed(param) = input {
                    *param.ty = report.unspoilt(&param.ty);
                }
            }
            inert_graph(&signature, &item, tokens, reader, report)
        }
    }
}

/// A graph function from syntax to checked parts; no graph if it has an error.
pub(crate) fn understand_graph(
    options: Options,
    item: &ItemFn,
    report: &mut Report,
) -> (Signature, Option<Graph>) {
    let options = check::options::graph(options, report);
    let route_prefix = options.route.clone();
    let signature = lower::graph::signature(item, options, report);
    let graph = syntax::graph::split(item, &route_prefix, report)
        .and_then(|(config, blocks)| lower::graph::body(item, config, blocks, report));
    if let Some(graph) = &graph {
        let in_cycle = check::cycles::check(graph, report);
        check::named::check(graph, report);
        check::callees::check(graph, report);
        check::served::check(&signature, graph, report);
        // What is never used may be so only because of another mistake.
        if report.is_empty() {
            let part = report.scope();
            check::unused::check(graph, &in_cycle, report);
            if part.failed(report) && check::callees::is_one_wrong(graph) {
                report.forget(part); // rustc reports the call
            }
        }
    }
    (signature, graph.filter(|_| report.is_empty()))
}

/// The stand-in for a graph with errors, or for any graph in an editor.
fn inert_graph(
    signature: &Signature,
    item: &ItemFn,
    tokens: TokenStream,
    reader: Reader,
    report: &Report,
) -> TokenStream {
    let entries = syntax::graph::inert_entries(item, report);
    let inert = codegen::graph::inert::generate(signature, &entries, report);
    let (function, inert) = match reader {
        Reader::Rustc => {
            let mut bound = syntax::graph::bound_types(item);
            bound.retain(|path| !source::named::lacks_types(path)); // it was reported
            (
                codegen::graph::inert::function(signature, &bound, report),
                inert,
            )
        }
        Reader::Editor => editor::graph(signature, item, tokens, &entries, inert),
    };
    quote!(#function #inert)
}

/// `#[graph]` on another item, or on a function whose body is incomplete.
fn not_a_function(
    item: TokenStream,
    error: syn::Error,
    reader: Reader,
    report: &mut Report,
) -> TokenStream {
    if let Ok(other) = syn::parse2::<Item>(item.clone()) {
        report.error(&other, diagnostics::not_a_graph_item());
    } else {
        if let Some(head) = syntax::graph::without_body(item.clone()) {
            // rustc has reported what it cannot parse in the body.
            let signature = lower::graph::signature(&head, GraphOptions::default(), report);
            return inert_graph(&signature, &head, item, reader, report);
        }
        report.push(error);
    }
    item
}
