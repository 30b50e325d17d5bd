//! Tokens as text that people read.

use quote::ToTokens;

/// A type as its user would write it: `Vec<Label>`, not `Vec < Label >`.
pub(crate) fn type_text(ty: &impl ToTokens) -> String {
    tidy(&ty.to_token_stream().to_string())
}

/// Takes out the spaces that printing tokens puts in: `Vec < Label >` becomes `Vec<Label>`.
pub(crate) fn tidy(tokens: &str) -> String {
    let mut tidy = String::with_capacity(tokens.len());
    let mut chars = tokens.chars().peekable();
    while let Some(c) = chars.next() {
        if c != ' ' {
            tidy.push(c);
            continue;
        }
        let (before, after) = (tidy.chars().last(), chars.peek().copied());
        let glued_before = before.is_none_or(|c| "<&([.!:{".contains(c)) && before != Some('{');
        let glued_after = after.is_none_or(|c| "<>,;)].:?!(".contains(c));
        let colon = tidy.ends_with(':') && !tidy.ends_with("::");
        if colon || !(glued_before || glued_after) {
            tidy.push(' ');
        }
    }
    tidy
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn types_and_expressions_read_as_they_are_written() {
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
        ] {
            assert_eq!(tidy(tokens), wanted);
        }
    }
}
