//! Whether a graph is certainly served over HTTP, and its types certainly cannot be: rustc says so far from both, in
//! the words of the server.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

use super::enclosing::{Around, InFiles, around, has};
use super::sketch::{Sketch, sketches};

/// The file of a graph that `run` serves.
pub(crate) struct Served(Around);

/// Attributes that implement nothing.
const HARMLESS: [&str; 9] = [
    "derive",
    "doc",
    "allow",
    "expect",
    "warn",
    "serde",
    "repr",
    "non_exhaustive",
    "must_use",
];

impl Served {
    /// The file of a graph function of this name, if `serve_runtime::run(name(..))` is in it.
    pub(crate) fn of(graph: &Ident) -> Option<Self> {
        let around = around(graph, |text| {
            text.contains("run(") && text.contains("serve_runtime")
        })?;
        let _files = InFiles::begin();
        let is_run = around
            .visible
            .iter()
            .any(|tokens| is_run_with(tokens.clone(), graph));
        is_run.then_some(Served(around))
    }

    /// Whether an import from a crate has this name.
    pub(crate) fn imports_from(&self, from: &str, name: &Ident) -> bool {
        let _files = InFiles::begin();
        let mut visible = self.0.visible.iter().cloned().flat_map(sketches);
        visible.any(|sketch| sketch.imports(name) && has(&sketch.head, from))
    }

    /// `struct` or `enum`, if a type of this name is defined here and has no such trait.
    pub(crate) fn lacks(&self, ty: &Ident, wanted: &str, by_hand: &str) -> Option<&'static str> {
        let _files = InFiles::begin();
        let visible: Vec<Sketch> = self.0.visible.iter().cloned().flat_map(sketches).collect();
        let of_module = sketches(self.0.visible.first()?.clone());
        let mut defined = visible.iter().filter(|sketch| sketch.is_named(ty));
        let (item, None) = (defined.next()?, defined.next()) else {
            return None;
        };
        let (keyword @ ("struct" | "enum"), _) = item.defined()? else {
            return None;
        };
        let mentions = |sketch: &Sketch, name: &str| {
            sketch
                .head
                .iter()
                .any(|token| token.to_string().ends_with(name))
        };
        let is_impl = |sketch: &Sketch| {
            has(&sketch.head, "impl") && (mentions(sketch, wanted) || mentions(sketch, by_hand))
        };
        let may_have = visible
            .iter()
            .any(|sketch| is_impl(sketch) || sketch.imports(ty))
            || of_module.iter().any(Sketch::is_macro)
            || item
                .attributes()
                .any(|attribute| !HARMLESS.contains(&&*attribute))
            || derives(item, wanted);
        (!may_have).then_some(keyword)
    }
}

/// Whether an item derives a trait, by whatever path.
fn derives(item: &Sketch, wanted: &str) -> bool {
    item.head.iter().any(|token| match token {
        TokenTree::Group(attribute) if attribute.delimiter() == Delimiter::Bracket => {
            attribute.stream().into_iter().any(|token| match token {
                TokenTree::Group(derived) => derived
                    .stream()
                    .into_iter()
                    .any(|name| name.to_string() == wanted),
                _ => false,
            })
        }
        _ => false,
    })
}

/// `serve_runtime::run(graph(..))`
fn is_run_with(tokens: TokenStream, graph: &Ident) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is = |at: usize, text: &str| {
        tokens
            .get(at)
            .is_some_and(|token| token.to_string() == text)
    };
    let is_here = |at: usize| {
        let path =
            is(at, "serve_runtime") && is(at + 1, ":") && is(at + 2, ":") && is(at + 3, "run");
        let arguments = match tokens.get(at + 4) {
            Some(TokenTree::Group(arguments)) => arguments.stream(),
            _ => TokenStream::new(),
        };
        let first = arguments.into_iter().next();
        path && first.is_some_and(|first| *graph == first.to_string())
    };
    (0..tokens.len()).any(is_here)
        || tokens.into_iter().any(|token| match token {
            TokenTree::Group(group) => is_run_with(group.stream(), graph),
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use proc_macro2::{LineColumn, Span};

    use super::super::enclosing::{find, parsed};
    use super::*;

    /// What is said of the type `Answer` in a file with these items.
    fn lacks(items: &str) -> Option<&'static str> {
        let text = format!("{items} fn graph() -> Answer {{}}");
        let name = Ident::new("graph", Span::call_site());
        let at = LineColumn {
            line: 1,
            column: text.rfind("graph").unwrap(),
        };
        let served = Served(find(&parsed(&text).unwrap(), &name, at).unwrap());
        served.lacks(
            &Ident::new("Answer", Span::call_site()),
            "Serialize",
            "ToJson",
        )
    }

    #[test]
    fn a_type_lacks_a_trait_only_if_nothing_else_can_give_it() {
        for (items, wanted) in [
            ("#[derive(Debug, Clone)] struct Answer;", Some("struct")),
            (
                "#[derive(serde::Deserialize)] pub enum Answer { A }",
                Some("enum"),
            ),
            ("#[derive(serde::Serialize)] struct Answer(u8);", None),
            ("#[derive(Clone, Serialize)] struct Answer {}", None),
            ("struct Answer; impl serde::Serialize for Answer {}", None),
            ("struct Answer; impl ToJson for Answer {}", None),
            ("#[cfg_attr(a, derive(Serialize))] struct Answer;", None),
            ("#[answer] struct Answer;", None),
            ("struct Answer; json!(Answer);", None),
            ("type Answer = u8;", None),
            ("use a::Answer;", None),
        ] {
            assert_eq!(lacks(items), wanted, "{items}");
        }
    }

    #[test]
    fn only_the_graph_that_runs_is_served() {
        let graph = Ident::new("graph", Span::call_site());
        for (main, wanted) in [
            (
                "async fn main() { serve_runtime::run(graph(1)).await }",
                true,
            ),
            (
                "fn main() { start(async { ::serve_runtime::run(graph()).await }) }",
                true,
            ),
            ("fn main() { serve_runtime::run(other()) }", false),
            ("fn main() { other::run(graph()) }", false),
        ] {
            assert_eq!(is_run_with(main.parse().unwrap(), &graph), wanted, "{main}");
        }
    }
}
