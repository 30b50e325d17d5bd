//! Inputs and answers of a graph that is served, whose types cannot be read from or written to HTTP.

use syn::{GenericArgument, Ident, PathArguments, Type};

use crate::diagnostics;
use crate::ir::graph::{Graph, Signature};
use crate::report::Report;
use crate::source::served::Served;

/// Types that can be served if what they hold can be.
const WRAPPERS: [&str; 9] = [
    "Vec",
    "Option",
    "Box",
    "Arc",
    "Shared",
    "Streaming",
    "VecDeque",
    "HashMap",
    "BTreeMap",
];

/// Reports what the graph's file tells for certain; rustc reports the rest, at the call of `run`.
pub(crate) fn check(signature: &Signature, graph: &Graph, report: &mut Report) {
    let Some(served) = Served::of(&signature.ident) else {
        return;
    };
    for entry in &graph.entries {
        let inputs = entry.params.iter().map(|param| &param.ty);
        for (ty, is_answer) in inputs.map(|ty| (ty, false)).chain([(&entry.output, true)]) {
            if let Some((wrapper, inside)) = of_axum(ty, &served) {
                let message = diagnostics::wrapped_for_the_server(wrapper, inside, is_answer);
                report.error(wrapper, message);
                report.spoil(ty);
            }
        }
        for param in &entry.params {
            for name in names(&param.ty) {
                if let Some(keyword) = served.lacks(name, "Deserialize", "FromBody") {
                    report.error_once(name, diagnostics::input_not_read(name, keyword));
                    report.spoil(&param.ty);
                }
            }
        }
        for name in names(&entry.output) {
            if let Some(keyword) = served.lacks(name, "Serialize", "ToJson") {
                report.error_once(name, diagnostics::answer_not_written(name, keyword));
                report.spoil(&entry.output);
            }
        }
    }
}

/// `Json` and `T`, if a type is axum's `Json<T>`.
fn of_axum<'t>(ty: &'t Type, served: &Served) -> Option<(&'t Ident, &'t Type)> {
    let Type::Path(path) = ty else { return None };
    let (segments, last) = (&path.path.segments, path.path.segments.last()?);
    let PathArguments::AngleBracketed(inside) = &last.arguments else {
        return None;
    };
    let GenericArgument::Type(inside) = inside.args.first()? else {
        return None;
    };
    let is_axum = match segments.len() {
        1 => served.imports_from("axum", &last.ident),
        _ => segments.iter().any(|segment| segment.ident == "axum"),
    };
    let is_wrapper = last.ident == "Json" || last.ident == "Form";
    (is_axum && is_wrapper).then_some((&last.ident, inside))
}

/// The types of a user that are in a type.
fn names(ty: &Type) -> Vec<&Ident> {
    match ty {
        Type::Path(path) if path.qself.is_none() => {
            let Some(last) = path.path.segments.last() else {
                return Vec::new();
            };
            match &last.arguments {
                PathArguments::None => path.path.get_ident().into_iter().collect(),
                PathArguments::AngleBracketed(inside)
                    if WRAPPERS.iter().any(|known| last.ident == known) =>
                {
                    let types = inside.args.iter().filter_map(|argument| match argument {
                        GenericArgument::Type(ty) => Some(ty),
                        _ => None,
                    });
                    types.flat_map(names).collect()
                }
                _ => Vec::new(),
            }
        }
        Type::Tuple(tuple) => tuple.elems.iter().flat_map(names).collect(),
        Type::Array(array) => names(&array.elem),
        _ => Vec::new(),
    }
}
