//! The parameters of constructors and methods that a graph calls, where its own file has them.

use proc_macro2::{Ident, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::{FnArg, GenericArgument, PathArguments, Signature, Type};

use super::enclosing::{Around, InFiles, around, has};
use super::sketch::{Sketch, sketches};

/// The functions of a file that are visible at a name in it.
pub(crate) struct Callees(Around);

/// A parameter; of a `Handle<D>`, `D`.
pub(crate) type Parameter = Option<String>;

impl Callees {
    pub(crate) fn around(name: &Ident) -> Option<Self> {
        around(name, |_| true).map(Callees)
    }

    /// The parameters of a method in an `impl` block of a type, without `self`.
    pub(crate) fn method(&self, ty: &str, method: &str) -> Option<Vec<Parameter>> {
        let _files = InFiles::begin();
        let is_block = |sketch: &Sketch| {
            let of_type = |token: &proc_macro2::TokenTree| token.to_string() == ty;
            has(&sketch.head, "impl") && sketch.head.iter().any(of_type)
        };
        let blocks = self.visible().filter(is_block);
        let methods = blocks.filter_map(|block| Some(sketches(block.body?.stream())));
        parameters(methods.flatten(), method)
    }

    /// The parameters of a function.
    pub(crate) fn function(&self, name: &str) -> Option<Vec<Parameter>> {
        let _files = InFiles::begin();
        parameters(self.visible(), name)
    }

    fn visible(&self) -> impl Iterator<Item = Sketch> {
        self.0.visible.iter().cloned().flat_map(sketches)
    }
}

/// Those of the only function of a name.
fn parameters(functions: impl Iterator<Item = Sketch>, name: &str) -> Option<Vec<Parameter>> {
    let is_it = |sketch: &Sketch| matches!(sketch.defined(), Some(("fn", ident)) if ident == name);
    let mut named = functions.filter(is_it);
    let function = named.next()?;
    if named.next().is_some() {
        return None;
    }
    let from_fn = function
        .head
        .into_iter()
        .skip_while(|token| !["const", "async", "fn"].contains(&&*token.to_string()));
    let signature = |input: ParseStream<'_>| input.parse::<Signature>();
    let signature = signature.parse2(from_fn.collect::<TokenStream>()).ok()?;
    let typed = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(param) => Some(handle(&param.ty)),
        FnArg::Receiver(_) => None,
    });
    Some(typed.collect())
}

/// `D` in `Handle<D>`.
fn handle(ty: &Type) -> Parameter {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(args) = &last.arguments else {
        return None;
    };
    match args.args.first() {
        Some(GenericArgument::Type(Type::Path(of))) if last.ident == "Handle" => {
            Some(of.path.segments.last()?.ident.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::{LineColumn, Span};

    use super::super::enclosing::{find, parsed};
    use super::*;

    #[test]
    fn parameters_are_those_of_the_file() {
        let text = "impl<T> A<T> { pub fn new(a: Handle<x::B>, n: u8) -> Self { f(n) } \
             #[batch] async fn run(&self, a: Vec<Handle<B>>) {} } \
             impl C { fn new() {} } #[deployment] async fn join<T>(a: T, b: &T) {} fn here() {}";
        let name = Ident::new("here", Span::call_site());
        let at = LineColumn {
            line: 1,
            column: text.find("here").unwrap(),
        };
        let callees = Callees(find(&parsed(text).unwrap(), &name, at).unwrap());
        assert_eq!(
            callees.method("A", "new").unwrap(),
            [Some("B".to_owned()), None]
        );
        assert_eq!(callees.method("A", "run").unwrap(), [None]);
        assert_eq!(callees.method("C", "new").unwrap(), []);
        assert_eq!(callees.function("join").unwrap(), [None, None]);
        assert!(callees.method("C", "run").is_none() && callees.function("a").is_none());
    }
}
