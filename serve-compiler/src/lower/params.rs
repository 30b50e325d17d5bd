//! Parameters and results of a deployment's functions.

use std::fmt::Display;

use proc_macro2::Span;
use quote::{ToTokens, format_ident};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    FnArg, GenericArgument, Ident, Pat, PatType, Path, PathArguments, ReturnType, Signature, Type,
    TypeParamBound, TypePath, parse_quote, parse_quote_spanned,
};

use super::streams::{carried, streams};
use crate::diagnostics;
use crate::ir::deployment::{Param, Passing, Streams};
use crate::report::Report;
use crate::syntax::owned::{NotOwned, is_static, not_owned};
use crate::text::type_text;

/// The maximum of parameters of a call: the runtime defines witnesses up to this number.
const MAX_PARAMETERS: usize = 12;

/// The parameters without the receiver; wrong ones are reported and kept as they are.
pub(super) fn params(signature: &Signature, is_batched: bool, report: &mut Report) -> Vec<Param> {
    let typed = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(param) => Some(param),
        FnArg::Receiver(_) => None,
    });
    let params: Vec<Param> = typed
        .enumerate()
        .map(|(index, param)| Param {
            ident: name(param, index),
            passing: passing(&param.ty, is_batched, report),
        })
        .collect();
    if params.len() > MAX_PARAMETERS {
        let message = diagnostics::too_many_parameters(MAX_PARAMETERS);
        report.error(&signature.inputs, message);
    }
    params
}

fn name(param: &PatType, index: usize) -> Ident {
    match &*param.pat {
        Pat::Ident(pat) => pat.ident.clone(),
        _ => format_ident!("argument_{index}", span = param.pat.span()),
    }
}

fn passing(ty: &Type, is_batched: bool, report: &mut Report) -> Passing {
    let Type::Reference(reference) = ty else {
        return match help_with_size(ty) {
            None => checked(Passing::Value(ty.clone()), ty, is_batched, report),
            Some(help) => {
                let message = diagnostics::unsized_parameter(type_text(ty), help);
                poison(ty, message, report)
            }
        };
    };
    if is_static(reference) {
        return Passing::Value(ty.clone());
    }
    if reference.mutability.is_some() {
        return poison(ty, diagnostics::mutable_parameter(), report);
    }
    let referent = &*reference.elem;
    if let (Type::TraitObject(_), Some(help)) = (referent, help_with_size(referent)) {
        let message = diagnostics::unsized_parameter(type_text(referent), help);
        return poison(ty, message, report);
    }
    let passing = Passing::Reference {
        owned: owned(referent),
        written: Box::new(ty.clone()),
    };
    checked(passing, referent, is_batched, report)
}

/// The parameter, if its values own their data.
fn checked(passing: Passing, value: &Type, is_batched: bool, report: &mut Report) -> Passing {
    let Some(part) = not_owned(value) else {
        return passing;
    };
    let message = match part {
        NotOwned::Borrowed(borrowed) => {
            diagnostics::borrowing_parameter(in_place_of(borrowed, is_batched))
        }
        NotOwned::Opaque(_) => diagnostics::opaque_parameter().to_owned(),
    };
    poison(part, message, report)
}

/// What to write in place of a part of a type that borrows. A batch can share the values of its calls with other
/// readers.
fn in_place_of(borrowed: &dyn ToTokens, is_batched: bool) -> String {
    match syn::parse2::<Type>(borrowed.to_token_stream()) {
        Ok(reference @ Type::Reference(_)) => {
            format!("`{}`", type_text(&value_of(&reference, is_batched)))
        }
        _ => "a type without lifetimes: one that holds `String` for `&str`, and `T` for `&T`"
            .to_owned(),
    }
}

/// The owned type of a reference, as a user writes it.
pub(super) fn value_of(ty: &Type, is_shared: bool) -> Type {
    let reference = match ty {
        Type::Reference(reference) if !is_static(reference) => reference,
        one => return one.clone(),
    };
    match &*reference.elem {
        Type::Path(path) if is_named(path, "str") => parse_quote!(String),
        Type::Path(path) if is_named(path, "Path") => parse_quote!(std::path::PathBuf),
        Type::Slice(slice) => {
            let item = value_of(&slice.elem, is_shared);
            parse_quote!(Vec<#item>)
        }
        one if is_shared => parse_quote!(Shared<#one>),
        one => value_of(one, is_shared),
    }
}

/// What to write in place of a type without a known size.
fn help_with_size(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) if path.path.is_ident("str") => Some("`String` or `&str`".to_owned()),
        Type::Slice(slice) => {
            let item = type_text(&slice.elem);
            Some(format!("`Vec<{item}>` or `&[{item}]`"))
        }
        Type::TraitObject(object) => {
            let object = type_text(object);
            Some(format!(
                "the type that callers pass; or, for values of several types, `std::sync::Arc<{object} + Send + Sync>`"
            ))
        }
        _ => None,
    }
}

fn poison(at: impl ToTokens, message: impl Display, report: &mut Report) -> Passing {
    report.error(at, message);
    Passing::Value(report.poison())
}

/// The owned type that can be borrowed as `ty`: the unsized types that are borrowed in practice have one each,
/// and any other type is its own.
fn owned(ty: &Type) -> Type {
    let span = ty.span();
    match ty {
        Type::Slice(slice) => {
            let element = &slice.elem;
            parse_quote_spanned!(span=> ::std::vec::Vec<#element>)
        }
        Type::Path(TypePath {
            qself: None, path, ..
        }) => {
            let last = path.segments.last();
            match last.map(|segment| segment.ident.to_string()).as_deref() {
                Some("str") => parse_quote_spanned!(span=> ::std::string::String),
                Some("Path") => parse_quote_spanned!(span=> ::std::path::PathBuf),
                Some("OsStr") => parse_quote_spanned!(span=> ::std::ffi::OsString),
                Some("CStr") => parse_quote_spanned!(span=> ::std::ffi::CString),
                _ => ty.clone(),
            }
        }
        _ => ty.clone(),
    }
}

/// The result of a function.
pub(super) struct Returns {
    /// The type of the value for the next node.
    pub(super) output: Type,
    pub(super) fallible: Option<Span>,
    /// Set if the result is a stream.
    pub(super) streams: Option<Streams>,
}

/// Parses the return type of a method; a wrong type is reported.
pub(super) fn returns(signature: &Signature, report: &mut Report) -> Returns {
    let ReturnType::Type(_, ty) = &signature.output else {
        return infallible(unit(signature.ident.span()));
    };
    let mut returns = match &**ty {
        Type::Path(path) if is_result(path) => match ok_type(path) {
            Some(output) => {
                if let Some(error) = boxed_error(path) {
                    report.error(error, diagnostics::boxed_error(type_text(&output)));
                    return infallible(report.poison());
                }
                Returns {
                    output,
                    fallible: Some(error_span(path)),
                    streams: None,
                }
            }
            None => {
                report.error(ty, diagnostics::result_without_types());
                return infallible(report.poison());
            }
        },
        _ => infallible((**ty).clone()),
    };
    if let Some(streams) = streams(&returns.output, signature, report) {
        returns.output = carried(&streams);
        let owned = not_owned(&streams.item).is_none();
        if owned {
            returns.streams = Some(streams);
            return returns;
        }
    }
    if let Some(part) = not_owned(&returns.output) {
        let message = match part {
            NotOwned::Borrowed(_) => diagnostics::borrowed_result(),
            NotOwned::Opaque(_) => diagnostics::opaque_result(),
        };
        report.error(part, message);
        return infallible(report.poison());
    }
    returns
}

/// The place of the error type, if a function returns a `Result`.
pub(super) fn fallible(signature: &Signature) -> Option<Span> {
    match &signature.output {
        ReturnType::Type(_, ty) => match &**ty {
            Type::Path(path) if is_result(path) => Some(error_span(path)),
            _ => None,
        },
        ReturnType::Default => None,
    }
}

/// The `Box<dyn Error>` of a `Result`, if it is not `Send` and `Sync`.
fn boxed_error(result: &TypePath) -> Option<&Type> {
    let arguments = |path: &'_ TypePath| match &path.path.segments.last()?.arguments {
        PathArguments::AngleBracketed(arguments) => Some(arguments.args.clone()),
        _ => None,
    };
    let PathArguments::AngleBracketed(of) = &result.path.segments.last()?.arguments else {
        return None;
    };
    let Some(GenericArgument::Type(error @ Type::Path(boxed))) = of.args.iter().nth(1) else {
        return None;
    };
    let is_box = boxed.path.segments.last()?.ident == "Box";
    let inside = arguments(boxed).filter(|_| is_box)?;
    let Some(GenericArgument::Type(Type::TraitObject(object))) = inside.first() else {
        return None;
    };
    let named = |name: &str| {
        object.bounds.iter().any(|bound| {
            let TypeParamBound::Trait(bound) = bound else {
                return false;
            };
            let last = bound.path.segments.last();
            last.is_some_and(|last| last.ident == name)
        })
    };
    (named("Error") && !(named("Send") && named("Sync"))).then_some(error)
}

/// The place of the error type in a `Result`.
pub(super) fn error_span(result: &TypePath) -> Span {
    let last = result.path.segments.last();
    match last.map(|segment| &segment.arguments) {
        Some(PathArguments::AngleBracketed(arguments)) if arguments.args.len() > 1 => {
            arguments.args.last().span()
        }
        _ => last.span(),
    }
}

fn infallible(output: Type) -> Returns {
    Returns {
        output,
        fallible: None,
        streams: None,
    }
}

fn unit(span: Span) -> Type {
    parse_quote_spanned!(span=> ())
}

pub(super) fn is_result(path: &TypePath) -> bool {
    is_named(path, "Result")
}

fn is_named(path: &TypePath, name: &str) -> bool {
    let last = path.path.segments.last();
    last.is_some_and(|segment| segment.ident == name)
}

pub(super) fn ok_type(path: &TypePath) -> Option<Type> {
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    })
}

/// Whether a type mentions a handle: `Handle<D>`, or another type that is called a handle.
pub(crate) fn mentions_handle(ty: &Type) -> bool {
    struct Find(bool);
    impl Visit<'_> for Find {
        fn visit_path(&mut self, path: &Path) {
            let mut segments = path.segments.iter();
            self.0 |= segments.any(|segment| segment.ident.to_string().ends_with("Handle"));
            visit::visit_path(self, path);
        }
    }
    let mut find = Find(false);
    find.visit_type(ty);
    find.0
}
