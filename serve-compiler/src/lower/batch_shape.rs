//! The signature of a batched method: a `Vec` of each parameter, and a `Vec` of results.
//!
//! A method that is written for one call is one mistake, however many of its types are affected.

use syn::{
    FnArg, GenericArgument, Path, PathArguments, ReturnType, Signature, Type, TypeParamBound,
    TypePath, parse_quote,
};

use super::params::{is_result, ok_type, value_of};
use crate::diagnostics;
use crate::report::Report;
use crate::syntax::owned::is_static;
use crate::text::type_text;

/// Reports a signature that is not of this shape. `false` if it is not.
pub(super) fn check(signature: &Signature, report: &mut Report) -> bool {
    let part = report.scope();
    let name = &signature.ident;
    let types = || {
        signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(param) => Some(&*param.ty),
            FnArg::Receiver(_) => None,
        })
    };
    let params: Vec<&Type> = types().filter(|ty| item_of(ty).is_none()).collect();
    let result = match &signature.output {
        ReturnType::Default => true,
        ReturnType::Type(_, ty) => results_of(ty).is_none(),
    };
    if types().next().is_none() {
        report.error(name, diagnostics::batch_of_nothing());
    } else if let Some(keyword) = &signature.asyncness {
        let help = match params.is_empty() && !result {
            true => "make it a `fn`".to_owned(),
            false => format!("write `{}`", meant(signature)),
        };
        report.error(keyword, diagnostics::batched_async_fn(name, help));
    } else {
        match (&params[..], result) {
            ([], false) => {}
            ([], true) => match &signature.output {
                ReturnType::Default => {
                    report.error(name, diagnostics::batched_result("()", "Vec<()>"))
                }
                ReturnType::Type(_, ty) => {
                    let message = diagnostics::batched_result(type_text(ty), results_meant(ty));
                    report.error(ty, message);
                }
            },
            ([ty], false) => {
                let (ty, item) = (*ty, type_text(&item_meant(ty)));
                report.error(ty, diagnostics::batched_parameter(type_text(ty), &item));
            }
            ([first, ..], _) => report.error(*first, diagnostics::batch_of_one(meant(signature))),
        }
    }
    !part.failed(report)
}

/// The signature of this shape that was meant.
fn meant(signature: &Signature) -> String {
    let inputs = signature.inputs.iter().map(|input| match input {
        FnArg::Receiver(receiver) => type_text(receiver),
        FnArg::Typed(param) => {
            let name = type_text(&param.pat);
            match item_of(&param.ty) {
                Some(_) => format!("{name}: {}", type_text(&param.ty)),
                None => format!("{name}: Vec<{}>", type_text(&item_meant(&param.ty))),
            }
        }
    });
    let inputs = inputs.collect::<Vec<_>>().join(", ");
    let output = match &signature.output {
        ReturnType::Default => "Vec<()>".to_owned(),
        ReturnType::Type(_, ty) if results_of(ty).is_some() => type_text(ty),
        ReturnType::Type(_, ty) => results_meant(ty),
    };
    format!("fn {}({inputs}) -> {output}", signature.ident)
}

/// `T` of `Vec<T>`.
pub(super) fn item_of(ty: &Type) -> Option<&Type> {
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

/// `T` of `Vec<T>` and of `Result<Vec<T>>`. What has an error of its own is accepted here.
fn results_of(ty: &Type) -> Option<Type> {
    match ty {
        Type::Path(path) if is_result(path) => match ok_type(path) {
            Some(values) => item_of(&values).cloned(),
            None => Some(ty.clone()),
        },
        _ => item_of(ty).cloned(),
    }
}

/// The type of the results, where it should have been a `Vec`, or a `Result` of one.
fn results_meant(ty: &Type) -> String {
    let mut meant = ty.clone();
    match &mut meant {
        Type::Path(path) if is_result(path) && ok_type(path).is_some() => {
            let ok = first_argument(path);
            if let Some(ok) = ok {
                let item = item_meant(ok);
                *ok = parse_quote!(Vec<#item>);
            }
            type_text(&meant)
        }
        _ => format!("Vec<{}>", type_text(&item_meant(ty))),
    }
}

fn first_argument(path: &mut TypePath) -> Option<&mut Type> {
    let PathArguments::AngleBracketed(arguments) = &mut path.path.segments.last_mut()?.arguments
    else {
        return None;
    };
    arguments
        .args
        .iter_mut()
        .find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
}

/// The type of one item, where the parameter should have been a `Vec` of them. A reference to several values
/// means those, and a reference to one value is shared with its other readers.
fn item_meant(ty: &Type) -> Type {
    match ty {
        Type::Reference(reference) if !is_static(reference) => match &*reference.elem {
            Type::Slice(slice) => value_of(&slice.elem, true),
            one => match item_of(one) {
                Some(item) => value_of(item, true),
                None => value_of(ty, true),
            },
        },
        Type::ImplTrait(opaque) => {
            let item = opaque.bounds.iter().find_map(|bound| match bound {
                TypeParamBound::Trait(bound) => item_named(&bound.path),
                _ => None,
            });
            item.map_or_else(|| parse_quote!(T), |item| value_of(&item, true))
        }
        Type::Path(path) if path.path.is_ident("Vec") => parse_quote!(T),
        one => one.clone(),
    }
}

/// `T` of `Iterator<Item = T>`.
fn item_named(path: &Path) -> Option<Type> {
    let PathArguments::AngleBracketed(arguments) = &path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(assoc) if assoc.ident == "Item" => Some(assoc.ty.clone()),
        _ => None,
    })
}
