//! The entries of a body that cannot be parsed.

use proc_macro2::{Delimiter, Punct, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};

/// `input(|name: Type| {})` and `route("/path", |name: Type| {})` for the entries in a body.
pub(super) fn entries(body: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = body.into_iter().collect();
    let entries = tokens.windows(2).filter_map(|pair| match pair {
        [TokenTree::Ident(name), TokenTree::Group(inside)]
            if inside.delimiter() == Delimiter::Parenthesis =>
        {
            match name.to_string().as_str() {
                "input" => Some((name, inside.stream(), true)),
                "route" => Some((name, inside.stream(), false)),
                _ => None,
            }
        }
        _ => None,
    });
    let entries = entries.filter_map(|(name, inside, is_last)| {
        let (before, after) = at_bar(inside)?;
        let (inputs, rest) = at_bar(after)?;
        let inputs = with_commas(inputs);
        let is_body = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        let output: TokenStream = match rest.clone().into_iter().any(|token| is_body(&token)) {
            true => rest.into_iter().take_while(|token| !is_body(token)).collect(),
            false => TokenStream::new(),
        };
        let output = output.to_string().starts_with("->").then_some(output);
        let end = (!is_last).then(|| quote!(;));
        Some(quote!(#name(#before |#inputs| #output {}) #end))
    });
    entries.collect()
}

/// The tokens before and after the first `|`.
fn at_bar(tokens: TokenStream) -> Option<(TokenStream, TokenStream)> {
    let is_bar =
        |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == '|');
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let bar = tokens.iter().position(is_bar)?;
    let (before, after) = tokens.split_at(bar);
    Some((
        before.iter().cloned().collect(),
        after[1..].iter().cloned().collect(),
    ))
}

/// With the commas that are forgotten between inputs: a name and a colon begin one.
fn with_commas(inputs: TokenStream) -> TokenStream {
    let is = |token: Option<&TokenTree>, wanted: char| matches!(token, Some(TokenTree::Punct(mark)) if mark.as_char() == wanted && mark.spacing() == Spacing::Alone);
    let tokens: Vec<TokenTree> = inputs.into_iter().collect();
    let mut whole = TokenStream::new();
    for (index, token) in tokens.iter().enumerate() {
        let begins = matches!(token, TokenTree::Ident(_)) && is(tokens.get(index + 1), ':');
        let follows = index > 0 && !is(tokens.get(index - 1), ',');
        if begins && follows {
            Punct::new(',', Spacing::Alone).to_tokens(&mut whole);
        }
        token.to_tokens(&mut whole);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::entries;

    #[test]
    fn inputs_of_half_typed_blocks_are_read() {
        for (body, wanted) in [
            (
                "let a = ; input(|url: Url, n: usize| { a. })",
                "input(|url: Url, n: usize| {})",
            ),
            (
                "input(|a: Vec<(A, B)> b: a::B| { a })",
                "input(|a: Vec<(A, B)>, b: a::B| {})",
            ),
            ("input(|a: A| a. )", "input(|a: A| {})"),
            (
                "route(\"/a\", |a: A| -> B { a. }); route(\"/b\", |b: B| -> A { b })",
                "route(\"/a\", |a: A| -> B {}); route(\"/b\", |b: B| -> A {});",
            ),
            ("input(", ""),
        ] {
            let Ok(body) = body.parse() else { continue };
            let read = entries(body).to_string();
            assert_eq!(read.replace(' ', ""), wanted.replace(' ', ""));
        }
    }
}
