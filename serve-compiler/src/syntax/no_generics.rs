//! An item without type parameters says so, `impl<> Model`.
//!
//! Of an unknown type in a user's signature, rustc would say that a type parameter may be missing, and where to write it.
//! It is not missing; and of the same type in generated code, rustc cannot say where, which would be another error.
//! Errors that are the same in all places are one. The brackets are generated, so rustc has nothing to say about them.

use proc_macro2::{Punct, Spacing, TokenStream, TokenTree};

/// The item with `<>` after `impl`, or after the name of the function, if it has no generics.
pub(crate) fn written_out(item: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = item.into_iter().collect();
    let keyword = tokens
        .iter()
        .position(|token| is_word(token, "impl") || is_word(token, "fn"));
    let Some(keyword) = keyword else {
        return tokens.into_iter().collect();
    };
    let before = match is_word(&tokens[keyword], "fn") {
        true => keyword + 2,
        false => keyword + 1,
    };
    let has_generics =
        matches!(tokens.get(before), Some(TokenTree::Punct(punct)) if punct.as_char() == '<');
    let mut tokens = tokens;
    if !has_generics && before < tokens.len() {
        let bracket = |bracket| TokenTree::Punct(Punct::new(bracket, Spacing::Alone));
        tokens.splice(before..before, [bracket('<'), bracket('>')]);
    }
    tokens.into_iter().collect()
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(item: &str) -> String {
        written_out(item.parse().unwrap())
            .to_string()
            .replace(' ', "")
    }

    fn same(item: &str) -> String {
        item.parse::<TokenStream>()
            .unwrap()
            .to_string()
            .replace(' ', "")
    }

    #[test]
    fn brackets_are_added_to_items_without_generics() {
        for (item, with) in [
            ("impl M { fn f(&self) {} }", "impl<> M { fn f(&self) {} }"),
            (
                "pub async fn f(x: u8) -> u8 { x }",
                "pub async fn f<>(x: u8) -> u8 { x }",
            ),
            ("impl<T> M<T> {}", "impl<T> M<T> {}"),
            (
                "fn f<T>(x: T) -> impl Sized { x }",
                "fn f<T>(x: T) -> impl Sized { x }",
            ),
            ("struct M;", "struct M;"),
        ] {
            assert_eq!(written(item), same(with));
        }
    }
}
