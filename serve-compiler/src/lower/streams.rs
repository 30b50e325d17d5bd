//! Parses the result of a streaming method.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{
    GenericArgument, Ident, PathArguments, PathSegment, ReturnType, Signature, Type,
    TypeParamBound, parse_quote_spanned,
};

use super::params::{error_span, is_result, ok_type};
use crate::diagnostics;
use crate::ir::deployment::Streams;
use crate::report::Report;
use crate::runtime_path::runtime_path_at;

/// Whether a method is written as one that returns a stream.
pub(super) fn returns_stream(signature: &Signature) -> bool {
    let ReturnType::Type(_, ty) = &signature.output else {
        return false;
    };
    let of_result = match &**ty {
        Type::Path(path) if is_result(path) => ok_type(path),
        _ => None,
    };
    match of_result.as_ref().unwrap_or(ty) {
        Type::ImplTrait(opaque) => opaque.bounds.iter().any(|bound| match bound {
            TypeParamBound::Trait(bound) => {
                let last = bound.path.segments.last();
                last.is_some_and(|last| named(last).is_some())
            }
            _ => false,
        }),
        Type::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| last.ident == "Streaming")
        }
        _ => false,
    }
}

/// `impl Stream<Item = T>`, `impl Iterator<Item = T>` or `Streaming<T>`; `None` for any other type.
pub(super) fn streams(
    returned: &Type,
    signature: &Signature,
    report: &mut Report,
) -> Option<Streams> {
    let (kind, item) = match returned {
        Type::ImplTrait(opaque) => opaque.bounds.iter().find_map(|bound| match bound {
            TypeParamBound::Trait(bound) => named(bound.path.segments.last()?),
            _ => None,
        })?,
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let item = first_type(last).filter(|_| last.ident == "Streaming")?;
            (Kind::Streaming, Some(item))
        }
        _ => return None,
    };
    let Some(item) = item else {
        report.error(returned, diagnostics::stream_without_item());
        return Some(Streams::of(report.poison(), None));
    };
    match (kind, &signature.asyncness) {
        (Kind::Stream | Kind::Streaming, None) => {
            report.error(
                signature.fn_token,
                diagnostics::stream_of_a_fn(&signature.ident),
            );
        }
        (Kind::Iterator, Some(keyword)) => {
            report.error(
                keyword,
                diagnostics::iterator_of_an_async_fn(&signature.ident),
            );
        }
        _ => {}
    }
    Some(match item {
        Type::Path(path) if kind != Kind::Streaming && is_result(&path) => match ok_type(&path) {
            Some(item) => Streams::of(item, Some(error_span(&path))),
            None => {
                report.error(&path, diagnostics::result_without_types());
                Streams::of(report.poison(), None)
            }
        },
        item => {
            let error = (kind == Kind::Streaming).then(|| item.span());
            Streams::of(item, error)
        }
    })
}

/// The type on its edge.
pub(super) fn carried(streams: &Streams) -> Type {
    let (item, span): (_, Span) = (&streams.item, streams.item.span());
    let rt = runtime_path_at(span);
    let name = Ident::new("Streaming", span);
    parse_quote_spanned!(span=> #rt::#name<#item>)
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Stream,
    Iterator,
    Streaming,
}

/// A stream trait, and its item type if it names one.
fn named(segment: &PathSegment) -> Option<(Kind, Option<Type>)> {
    let kind = match segment.ident.to_string().as_str() {
        "Stream" => Kind::Stream,
        "Iterator" => Kind::Iterator,
        _ => return None,
    };
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return Some((kind, None));
    };
    let item = arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(item) if item.ident == "Item" => Some(item.ty.clone()),
        _ => None,
    });
    Some((kind, item))
}

fn first_type(segment: &PathSegment) -> Option<Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    })
}
