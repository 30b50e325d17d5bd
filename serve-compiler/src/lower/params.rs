//! Parameters and results of a deployment's functions.

use proc_macro2::Span;
use quote::format_ident;
use syn::spanned::Spanned;
use syn::{
    FnArg, GenericArgument, Ident, Pat, PatType, PathArguments, ReturnType, Signature, Type,
    TypePath, TypeReference, parse_quote, parse_quote_spanned,
};

use crate::diagnostics;
use crate::ir::deployment::{Param, Passing};
use crate::report::Report;

/// Most parameters that a call can have: what witnesses are written out for.
const MOST_PARAMETERS: usize = 12;

/// The parameters without the receiver; wrong ones are reported and stand as they are.
pub(super) fn params(signature: &Signature, report: &mut Report) -> Vec<Param> {
    let typed = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(param) => Some(param),
        FnArg::Receiver(_) => None,
    });
    let params: Vec<Param> = typed
        .enumerate()
        .map(|(index, param)| Param {
            ident: name(param, index),
            passing: passing(&param.ty, report),
        })
        .collect();
    if params.len() > MOST_PARAMETERS {
        let message = diagnostics::too_many_parameters(MOST_PARAMETERS);
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

fn passing(ty: &Type, report: &mut Report) -> Passing {
    match ty {
        Type::Reference(reference) if is_static(reference) => Passing::Value(ty.clone()),
        Type::Reference(reference) => {
            if reference.mutability.is_some() {
                report.error(ty, diagnostics::mutable_parameter());
            } else if matches!(&*reference.elem, Type::TraitObject(_) | Type::ImplTrait(_)) {
                report.error(ty, diagnostics::unsupported_parameter_type());
            }
            Passing::Reference {
                owned: owned(&reference.elem),
                written: ty.clone(),
            }
        }
        Type::ImplTrait(_) => {
            report.error(ty, diagnostics::unsupported_parameter_type());
            Passing::Value(parse_quote!(()))
        }
        _ => Passing::Value(ty.clone()),
    }
}

fn is_static(reference: &TypeReference) -> bool {
    let lifetime = reference.lifetime.as_ref();
    lifetime.is_some_and(|lifetime| lifetime.ident == "static")
}

/// The owned type that can be borrowed as `ty`: the unsized types that are lent in practice have one
/// each, and anything else is its own.
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

/// What a function returns.
pub(super) struct Returns {
    /// The type that goes on.
    pub(super) output: Type,
    pub(super) fallible: bool,
}

/// Reads off what a method returns; a wrong type is reported and stands in as `()`.
pub(super) fn returns(signature: &Signature, report: &mut Report) -> Returns {
    let ReturnType::Type(_, ty) = &signature.output else {
        return infallible(unit(signature.ident.span()));
    };
    match &**ty {
        Type::ImplTrait(_) => {
            report.error(ty, diagnostics::opaque_result());
            infallible(unit(ty.span()))
        }
        Type::Reference(reference) if !is_static(reference) => {
            report.error(ty, diagnostics::borrowed_result());
            infallible(unit(ty.span()))
        }
        Type::Path(path) if is_result(path) => match ok_type(path) {
            Some(output) => Returns {
                output,
                fallible: true,
            },
            None => {
                report.error(ty, diagnostics::result_without_types());
                infallible(unit(ty.span()))
            }
        },
        _ => infallible((**ty).clone()),
    }
}

/// Whether what a function returns is a `Result`.
pub(super) fn is_fallible(signature: &Signature) -> bool {
    matches!(&signature.output, ReturnType::Type(_, ty) if matches!(&**ty, Type::Path(path) if is_result(path)))
}

fn infallible(output: Type) -> Returns {
    Returns {
        output,
        fallible: false,
    }
}

fn unit(span: Span) -> Type {
    parse_quote_spanned!(span=> ())
}

fn is_result(path: &TypePath) -> bool {
    let last = path.path.segments.last();
    last.is_some_and(|segment| segment.ident == "Result")
}

fn ok_type(path: &TypePath) -> Option<Type> {
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    })
}
