//! What the file of a graph tells of a name in it, where rustc would speak of types that the user has not written.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Ident, TokenStream};
use syn::{GenericParam, Generics, Path};

use super::enclosing::{Around, InFiles, around, find, has, parsed};
use super::sketch::{Sketch, sketches};

/// What a name is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// A deployment with type parameters that have no defaults.
    Generic(Vec<String>),
    /// A function without `#[deployment]`.
    PlainFunction,
    /// Nothing; the functions with `#[deployment]` in the same places.
    Nothing(Vec<String>),
}

/// Attributes that do not make a deployment of a function.
const HARMLESS: [&str; 9] = [
    "allow",
    "cold",
    "doc",
    "expect",
    "inline",
    "must_use",
    "deny",
    "warn",
    "track_caller",
];

/// Crates that have no function deployments.
const OTHER_CRATES: [&str; 4] = ["serve_runtime", "std", "core", "alloc"];

/// Functions of Rust's own prelude.
const OF_PRELUDE: [&str; 5] = ["drop", "size_of", "size_of_val", "align_of", "align_of_val"];

/// What names of one function are, where that is certain, each with its index.
///
/// The file is parsed only if its words tell that it may be worth it: in most builds they do not.
pub(crate) fn named(names: &[&Ident]) -> Vec<(usize, Named)> {
    let Some(path) = names.first().and_then(|first| first.span().local_file()) else {
        return Vec::new();
    };
    let Ok(text) = std::fs::read_to_string(&path) else {
        return Vec::new();
    };
    let words = Words::of(&text, names);
    let doubtful = names.iter().copied().enumerate().filter(|(_, name)| {
        name.span().local_file().as_ref() == Some(&path) && words.leave_doubt(name)
    });
    let mut doubtful = doubtful.peekable();
    let Some(file) = doubtful.peek().and_then(|_| parsed(&text)) else {
        return Vec::new();
    };
    let named = doubtful.filter_map(|(index, name)| {
        let around = find(&file, name, name.span().start())?;
        Some((index, of(&around, name)?))
    });
    named.collect()
}

/// Whether a type before `::bind` lacks the types of its own.
pub(crate) fn lacks_types(path: &Path) -> bool {
    let named = path.get_ident().map(|name| named(&[name]));
    matches!(named.as_deref(), Some([(_, Named::Generic(_))]))
}

/// Whether a name is certainly that of an `async fn` with `#[deployment]`.
pub(crate) fn is_async_deployment(name: &Ident) -> bool {
    let around = around(name, |text| text.contains(&format!("async fn {name}")));
    around.is_some_and(|around| {
        let visible = around.visible.iter().cloned().flat_map(sketches);
        let mut named = visible.filter(|sketch| sketch.is_named(name) || sketch.imports(name));
        let is_it = |item: &Sketch| item.has_attribute("deployment") && has(&item.head, "async");
        named.next().is_some_and(|item| is_it(&item)) && named.next().is_none()
    })
}

/// Where a text has which words.
struct Words<'t> {
    text: &'t str,
    places: HashMap<&'t str, Vec<usize>>,
}

impl<'t> Words<'t> {
    fn of(text: &'t str, names: &[&Ident]) -> Self {
        let names: HashSet<String> = names.iter().map(ToString::to_string).collect();
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        for word in text.split(|c: char| !(c.is_alphanumeric() || c == '_')) {
            if names.contains(word) {
                let at = word.as_ptr().addr() - text.as_ptr().addr();
                places.entry(word).or_default().push(at);
            }
        }
        Words { text, places }
    }

    /// Whether a name may be generic, or a function without an attribute, or is not defined or imported.
    fn leave_doubt(&self, name: &Ident) -> bool {
        let name = name.to_string();
        let places = self.places.get(&*name).map_or(&[][..], Vec::as_slice);
        let mut is_used_alone = true;
        for &at in places {
            let (before, after) = (&self.text[..at], &self.text[at + name.len()..]);
            let keyword = before.trim_end().rsplit(char::is_whitespace).next();
            let is_function = keyword == Some("fn");
            if is_function || matches!(keyword, Some("struct" | "enum")) {
                let head = before.rsplit(['}', ';']).next().unwrap_or_default();
                return after.starts_with('<') || is_function && !head.contains("deployment");
            }
            is_used_alone &= after.starts_with(['(', ':']);
        }
        is_used_alone
    }
}

fn of(around: &Around, name: &Ident) -> Option<Named> {
    let _files = InFiles::begin();
    let visible: Vec<Sketch> = around.visible.iter().cloned().flat_map(sketches).collect();
    let of_module = sketches(around.visible.first()?.clone());
    if visible.iter().any(|sketch| sketch.imports(name)) || of_module.iter().any(Sketch::is_macro) {
        return None;
    }
    let mut defined = visible.iter().filter(|sketch| sketch.is_named(name));
    let Some(item) = defined.next() else {
        let functions = visible
            .iter()
            .filter(|sketch| sketch.has_attribute("deployment"));
        let functions = functions.filter_map(|sketch| match sketch.defined() {
            Some(("fn", name)) => Some(name.to_string()),
            _ => None,
        });
        if OF_PRELUDE.iter().any(|known| name == known) {
            return None;
        }
        let hidden = visible.iter().any(|sketch| sketch.is_glob(&OTHER_CRATES));
        // A file that is a part of another one, by `include!`, sees what that one has.
        let is_whole = visible
            .iter()
            .any(|sketch| sketch.mentions(&["serve_runtime", "graph"]));
        return (is_whole && !hidden).then(|| Named::Nothing(functions.collect()));
    };
    if defined.next().is_some() || item.has_attribute("cfg") {
        return None;
    }
    let (keyword, _) = item.defined()?;
    if item.has_attribute("deployment") {
        return Some(Named::Generic(parameters(item, name)?));
    }
    let is_plain = item
        .attributes()
        .all(|attribute| HARMLESS.contains(&&*attribute));
    (keyword == "fn" && is_plain).then_some(Named::PlainFunction)
}

/// The parameters that have to be written at every use, if there are any.
fn parameters(item: &Sketch, name: &Ident) -> Option<Vec<String>> {
    let after = item
        .head
        .iter()
        .skip_while(|token| *name != token.to_string())
        .skip(1);
    let mut depth = 0_i32;
    let generics: TokenStream = after
        .take_while(|token| {
            let before = depth;
            depth += match token.to_string().as_str() {
                "<" => 1,
                ">" => -1,
                _ => 0,
            };
            before > 0 || depth > 0
        })
        .cloned()
        .collect();
    let generics: Generics = syn::parse2(generics).ok()?;
    let wanted = generics.params.iter().filter_map(|param| match param {
        GenericParam::Type(param) if param.default.is_none() => Some(param.ident.to_string()),
        GenericParam::Const(param) if param.default.is_none() => Some(param.ident.to_string()),
        _ => None,
    });
    let wanted: Vec<String> = wanted.collect();
    (!wanted.is_empty()).then_some(wanted)
}

#[cfg(test)]
mod tests {
    use proc_macro2::{LineColumn, Span};

    use super::*;

    /// What the last `step` of a text is.
    fn named(text: &str) -> Option<Named> {
        let name = Ident::new("step", Span::call_site());
        let column = text.rfind("step").unwrap();
        let around = find(&parsed(text)?, &name, LineColumn { line: 1, column })?;
        of(&around, &name)
    }

    #[test]
    fn a_name_is_known_only_if_nothing_else_can_define_it() {
        let nothing = |functions: &[&str]| {
            Some(Named::Nothing(
                functions.iter().map(|name| (*name).to_owned()).collect(),
            ))
        };
        let generic = |names: &[&str]| {
            Some(Named::Generic(
                names.iter().map(|name| (*name).to_owned()).collect(),
            ))
        };
        for (items, wanted) in [
            ("use serve_runtime::prelude::*;", nothing(&[])),
            (
                "#[deployment] async fn steps() {} use a::graph;",
                nothing(&["steps"]),
            ),
            ("use a::*;", None),
            ("use a::{b, c::*};", None),
            ("use a::{b, step};", None),
            ("use a::b as step;", None),
            ("items!();", None),
            ("items! { a }", None),
            ("fn step() {}", Some(Named::PlainFunction)),
            (
                "#[inline] pub const fn step() { println!() }",
                Some(Named::PlainFunction),
            ),
            ("#[cfg(a)] fn step() {}", None),
            ("#[other] fn step() {}", None),
            ("#[graph] fn step() {}", None),
            ("#[deployment] fn step() {}", None),
            (
                "#[deployment] fn step<T: Into<u8>, 'a>() {}",
                generic(&["T"]),
            ),
            (
                "#[deployment] struct step<T, U = u8, const N: usize>(T);",
                generic(&["T", "N"]),
            ),
            (
                "use serve_runtime::{deployment, graph}; mod a { fn step() {} }",
                nothing(&[]),
            ),
            // Perhaps a part of another file.
            ("#[deployment] async fn steps() {}", None),
        ] {
            let graph = "#[graph] fn photo() -> u8 { input(|n: u8| { println!(); step(n) }) }";
            let text = format!("{items} {graph}");
            assert_eq!(named(&text), wanted, "{text}");
            let text = format!("use a::*; items!(); mod b {{ {items} {graph} }}");
            assert_eq!(named(&text), wanted, "{text}");
        }
    }
}
