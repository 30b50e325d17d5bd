//! The parameters of constructors and methods that a graph calls, where its own file has them.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{FnArg, GenericArgument, PathArguments, Signature, Type};

use super::enclosing::{Around, InFiles, around, has};
use super::sketch::{Sketch, sketches};
use crate::text::type_text;

/// The functions of a file that are visible at a name in it.
pub(crate) struct Callees(Around);

#[derive(Debug)]
pub(crate) struct Parameter {
    /// `name: Type`.
    pub(crate) text: String,
    /// `D`, if it is a `Handle<D>`.
    pub(crate) handle_of: Option<String>,
}

impl Callees {
    pub(crate) fn around(name: &Ident) -> Option<Self> {
        around(name, |_| true).map(Callees)
    }

    /// The same if the file's text leaves a doubt about a call: most builds do not parse it.
    pub(crate) fn in_doubt(name: &Ident, leaves_doubt: impl FnOnce(&str) -> bool) -> Option<Self> {
        around(name, leaves_doubt).map(Callees)
    }

    /// The parameters of a method in an `impl` block of a type, without `self`.
    pub(crate) fn method(&self, ty: &str, method: &str) -> Option<Vec<Parameter>> {
        let _files = InFiles::begin();
        let is_block = |sketch: &Sketch| {
            let of_type = |token: &TokenTree| token.to_string() == ty;
            has(&sketch.head, "impl") && sketch.head.iter().any(of_type)
        };
        let blocks = self.visible().filter(is_block);
        let methods = blocks.filter_map(|block| Some(sketches(block.body?.stream())));
        parameters(methods.flatten(), method)
    }

    /// The parameters of a function with `#[deployment]`.
    pub(crate) fn function(&self, name: &Ident) -> Option<Vec<Parameter>> {
        let _files = InFiles::begin();
        if self.visible().any(|sketch| sketch.imports(name)) {
            return None;
        }
        let ours = self
            .visible()
            .filter(|sketch| sketch.has_attribute("deployment"));
        parameters(ours, &name.to_string())
    }

    /// The methods of a deployment, if its only `impl` block with `#[deployment]` is here; of a graph or a function,
    /// `call`.
    pub(crate) fn methods(&self, ty: &Ident) -> Option<Vec<(String, Use)>> {
        let _files = InFiles::begin();
        let mut ours = Vec::new();
        for sketch in self.visible() {
            if sketch.imports(ty) || sketch.has_attribute("cfg") {
                return None;
            }
            let is_ours = sketch.has_attribute("deployment") || sketch.has_attribute("graph");
            let is_named = sketch.head.iter().any(|token| *ty == token.to_string());
            if is_ours && is_named && !matches!(sketch.defined(), Some(("struct" | "enum", _))) {
                ours.push(sketch);
            }
        }
        let (Some(it), true) = (ours.pop(), ours.is_empty()) else {
            return None;
        };
        let body = it.body.as_ref()?.stream();
        match it.defined() {
            Some(("fn", _)) => {
                let has_routes = it.has_attribute("graph") && !mentions_input(body);
                (!has_routes).then(|| vec![("call".to_owned(), Use::ByCallers)])
            }
            Some(_) => None,
            None => sketches(body).iter().map(use_of).collect(),
        }
    }

    /// Whether a type, a function or a graph of this name is here.
    pub(crate) fn is_deployment(&self, name: &str) -> bool {
        let is_it = |sketch: &Sketch| sketch.defined().is_some_and(|(_, other)| other == name);
        let mut named = self.visible().filter(is_it);
        let is_ours =
            |sketch: &Sketch| sketch.has_attribute("deployment") || sketch.has_attribute("graph");
        named.next().is_some_and(|sketch| is_ours(&sketch)) && named.next().is_none()
    }

    fn visible(&self) -> impl Iterator<Item = Sketch> {
        self.0.visible.iter().cloned().flat_map(sketches)
    }
}

/// How many parameters a function of a text seems to have.
pub(crate) fn guessed_parameters(text: &str, function: &Ident) -> Option<usize> {
    let (_, after) = text.split_once(&format!("fn {function}("))?;
    let (mut depth, mut count, mut is_open) = (0_i32, 0, false);
    for c in after.chars() {
        match c {
            ')' if depth == 0 => break,
            '(' | '[' | '<' => depth += 1,
            ')' | ']' | '>' => depth -= 1,
            ',' if depth == 0 => is_open = false,
            c if !c.is_whitespace() && !is_open => {
                count += 1;
                is_open = true;
            }
            _ => {}
        }
    }
    Some(count)
}

/// What calls a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Nodes, and handles.
    ByCallers,
    /// Methods of its own type: it loads models.
    Loader,
    /// The runtime, or the type itself.
    Inside,
}

fn mentions_input(body: TokenStream) -> bool {
    body.into_iter().any(|token| token.to_string() == "input")
}

/// The name and use of an item of an `impl` block; `None` if it may be several, or none.
fn use_of(item: &Sketch) -> Option<(String, Use)> {
    let (keyword, name) = item.defined()?;
    let name = name.to_string();
    if item.has_attribute("cfg") {
        return None;
    }
    let parameters = item.head.iter().find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
            Some(group.stream())
        }
        _ => None,
    });
    let takes_self =
        parameters.is_some_and(|tokens| has(&tokens.into_iter().collect::<Vec<_>>(), "self"));
    let is_hook = ["check_health", "warm_up", "reconfigure"].contains(&&*name);
    let used = match () {
        () if item.has_attribute("multiplexed") => Use::Loader,
        () if keyword != "fn" || !takes_self || is_hook => Use::Inside,
        () => Use::ByCallers,
    };
    Some((name, used))
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
    let is_plain = |input: &FnArg| matches!(input, FnArg::Typed(param) if param.attrs.is_empty());
    if !signature
        .inputs
        .iter()
        .skip_while(|input| matches!(input, FnArg::Receiver(_)))
        .all(is_plain)
    {
        return None; // a `#[cfg]` may remove one
    }
    let typed = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(param) => Some(Parameter {
            text: type_text(param),
            handle_of: handle(&param.ty),
        }),
        FnArg::Receiver(_) => None,
    });
    Some(typed.collect())
}

/// `D` in `Handle<D>`.
fn handle(ty: &Type) -> Option<String> {
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
        let texts = |params: Option<Vec<Parameter>>| {
            let texts = params.unwrap().into_iter().map(|param| param.text);
            texts.collect::<Vec<String>>()
        };
        let new = callees.method("A", "new");
        assert_eq!(new.as_ref().unwrap()[0].handle_of.as_deref(), Some("B"));
        assert_eq!(texts(new), ["a: Handle<x::B>", "n: u8"]);
        assert_eq!(texts(callees.method("A", "run")), ["a: Vec<Handle<B>>"]);
        assert!(texts(callees.method("C", "new")).is_empty());
        let ident = |name: &str| Ident::new(name, Span::call_site());
        assert_eq!(texts(callees.function(&ident("join"))), ["a: T", "b: &T"]);
        for (head, wanted) in [("fn a()", 0), ("fn a(b: C<D, E>, f: (G, H),) -> (I, J)", 2)] {
            assert_eq!(
                guessed_parameters(head, &ident("a")),
                Some(wanted),
                "{head}"
            );
        }
        assert!(callees.method("C", "run").is_none() && callees.function(&ident("a")).is_none());
    }
    #[test]
    fn methods_are_told_from_what_callers_do_not_call() {
        let text = "#[deployment] struct A; #[deployment] impl A { fn new() -> Self { A } \
             async fn run(&self, n: u8) {} #[multiplexed] fn load(&self, id: &str) {} \
             async fn check_health(&self) {} } impl Drop for A { fn drop(&mut self) {} } \
             #[graph] fn photo() -> u8 { input(|n: u8| n) } #[graph] fn routed() { route(0) } fn here() {}";
        let name = Ident::new("here", Span::call_site());
        let at = LineColumn {
            line: 1,
            column: text.find("here").unwrap(),
        };
        let callees = Callees(find(&parsed(text).unwrap(), &name, at).unwrap());
        let methods = |ty: &str| callees.methods(&Ident::new(ty, Span::call_site()));
        let wanted = [
            ("new", Use::Inside),
            ("run", Use::ByCallers),
            ("load", Use::Loader),
            ("check_health", Use::Inside),
        ];
        assert_eq!(
            methods("A").unwrap(),
            wanted.map(|(name, used)| (name.to_owned(), used))
        );
        assert_eq!(
            methods("photo").unwrap(),
            [("call".to_owned(), Use::ByCallers)]
        );
        assert!(methods("routed").is_none() && methods("B").is_none());
    }
}
