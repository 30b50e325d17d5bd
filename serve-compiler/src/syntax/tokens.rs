//! Facts that names and tokens show by themselves, above all the variables in the tokens of a macro call, which
//! syn does not parse.

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::Parser;

/// The identifiers that may be variables: those that do not follow a `.`, and those that a format
/// string captures, as in `"{label}"`.
pub(crate) fn variables(tokens: TokenStream) -> Vec<Ident> {
    let mut found = Vec::new();
    collect(tokens, &mut found);
    found
}

/// The variables that the format strings of a macro call capture.
pub(crate) fn captured_by(tokens: &TokenStream) -> Vec<Ident> {
    let mut found = Vec::new();
    for token in tokens.clone() {
        if let TokenTree::Literal(literal) = token {
            captured(&literal, &mut found);
        }
    }
    found
}

/// Whether a macro formats its arguments, so that it only reads them.
pub(crate) fn is_format(path: &syn::Path) -> bool {
    let formats = [
        "format",
        "format_args",
        "print",
        "println",
        "eprint",
        "eprintln",
        "write",
        "writeln",
        "panic",
        "assert",
        "assert_eq",
    ];
    path.segments
        .last()
        .is_some_and(|last| formats.iter().any(|name| last.ident == name))
}

/// The first segments of lower-case paths that are never a user's function: the standard library, and the
/// primitive types.
const PLAIN: [&str; 20] = [
    "alloc", "bool", "char", "core", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize",
    "std", "str", "u128", "u16", "u32", "u64", "u8", "usize",
];

/// Crates whose functions run futures; none of them is a function deployment.
const OF_FUTURES: [&str; 6] = [
    "async_std",
    "futures",
    "futures_util",
    "rayon",
    "smol",
    "tokio",
];

/// Whether a path that starts like this belongs to a crate that runs futures.
pub(crate) fn runs_futures(first: &Ident) -> bool {
    OF_FUTURES.iter().any(|name| first == name)
}

/// Whether a path that starts like this cannot be a function deployment.
pub(crate) fn begins_plain(first: &Ident) -> bool {
    PLAIN.iter().any(|plain| first == plain)
}

/// Whether a name looks like that of a function or a module.
pub(crate) fn starts_low(ident: &Ident) -> bool {
    let name = ident.to_string();
    name.starts_with(|c: char| c.is_lowercase() || c == '_')
}

fn collect(tokens: TokenStream, found: &mut Vec<Ident>) {
    let mut after_dot = false;
    for token in tokens {
        let is_dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.');
        match token {
            TokenTree::Ident(ident) if !after_dot => found.push(ident),
            TokenTree::Group(group) => collect(group.stream(), found),
            TokenTree::Literal(literal) => captured(&literal, found),
            _ => {}
        }
        after_dot = is_dot;
    }
}

/// The variables that a format string names: `x` in `"{x}"`, `"{x:>8}"` and `"{:x$}"`.
fn captured(literal: &Literal, found: &mut Vec<Ident>) {
    let text = literal.to_string();
    if !text.ends_with('"') {
        return;
    }
    let unescaped = text.replace("{{", "");
    for piece in unescaped.split('{').skip(1) {
        let inside = piece.split('}').next().unwrap_or_default();
        for word in inside.split(|c: char| !(c.is_alphanumeric() || c == '_')) {
            let is_path = ["_", "self", "Self", "super", "crate"].contains(&word);
            if syn::parse_str::<Ident>(word).is_ok() {
                found.push(Ident::new(word, literal.span()));
            } else if !is_path && Ident::parse_any.parse_str(word).is_ok() {
                found.push(Ident::new_raw(word, literal.span())); // `{type}` captures `r#type`
            }
        }
    }
}

/// The place of the last token.
pub(crate) fn last_span(tokens: TokenStream) -> Span {
    match tokens.into_iter().last() {
        Some(TokenTree::Group(group)) => group.span_close(),
        Some(token) => token.span(),
        None => Span::call_site(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(tokens: &str) -> Vec<String> {
        let found = variables(tokens.parse().unwrap());
        found.iter().map(Ident::to_string).collect()
    }

    #[test]
    fn fields_and_methods_are_not_variables() {
        assert_eq!(names("a.b(c).d"), ["a", "c"]);
    }

    #[test]
    fn format_strings_capture_variables() {
        assert_eq!(names(r#""{{no}} {yes} {width:>8}", 'c'"#), ["yes", "width"]);
        assert_eq!(names(r#""{type} {self} {0} {größe}""#), ["r#type", "größe"]);
    }
}
