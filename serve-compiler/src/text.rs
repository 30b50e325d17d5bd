//! Tokens as text for people.

use quote::ToTokens;
use syn::Ident;
use syn::ext::IdentExt;

/// A name as it is shown in pictures and used in requests: without its `r#`.
pub(crate) fn name_text(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// A type as its user would write it: `Vec<Label>`, not `Vec < Label >`.
pub(crate) fn type_text(ty: &impl ToTokens) -> String {
    tidy(&ty.to_token_stream().to_string())
}

/// Removes the spaces that printing tokens adds: `Vec < Label >` becomes `Vec<Label>`.
pub(crate) fn tidy(tokens: &str) -> String {
    let mut tidy = String::with_capacity(tokens.len());
    let mut rest = tokens.trim();
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c != ' ' || !is_glued(&tidy, rest) {
            tidy.push(c);
        }
    }
    tidy
}

/// Whether there is no space between two pieces of code.
fn is_glued(before: &str, after: &str) -> bool {
    if is_comparison(before, after) || before.ends_with(" <") || before.ends_with(" >") {
        return false;
    }
    let colon = before.ends_with(':') && !before.ends_with("::");
    let opened = before.ends_with(['<', '&', '(', '[', '.', '!', ':']) && !before.ends_with(" &&");
    let closes = after.starts_with(['<', '>', ',', ';', ')', ']', '.', ':', '?', '!', '(']);
    !colon && (opened || closes)
}

/// Whether `<` or `>` comes next and is a comparison: it is between values, not around types.
fn is_comparison(before: &str, after: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    if let Some(right) = after.strip_prefix("> ") {
        let right = right.trim_start_matches('-').trim_start();
        return right.starts_with(|c: char| is_name(c) || c == '"');
    }
    let word = before.rsplit(|c| !is_name(c)).next().unwrap_or_default();
    let is_value = !word.starts_with(char::is_uppercase) && !before.ends_with("::");
    after.starts_with("< ") && is_value
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn types_and_expressions_are_printed_as_they_are_written() {
        for (tokens, wanted) in [
            ("Vec < Label >", "Vec<Label>"),
            ("& 'a Image", "&'a Image"),
            (
                "std :: collections :: HashMap < K , V >",
                "std::collections::HashMap<K, V>",
            ),
            ("request . url . clone ( )", "request.url.clone()"),
            ("(a , b)", "(a, b)"),
            ("a + b . c", "a + b.c"),
            ("Point { x : 1 , y }", "Point { x: 1, y }"),
            ("n > 3 && all . len () > 0", "n > 3 && all.len() > 0"),
            ("score < 0.5 || - 1 < b", "score < 0.5 || - 1 < b"),
            ("parse :: < Vec < u8 > > (& x)", "parse::<Vec<u8>>(&x)"),
            ("Option < fn () -> bool >", "Option<fn() -> bool>"),
        ] {
            assert_eq!(tidy(tokens), wanted);
        }
    }
}
