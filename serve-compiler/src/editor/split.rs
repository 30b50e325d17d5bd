//! Splits statements and arguments by their tokens alone: neither needs to parse.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

use super::scope::is_punct;

/// Tokens up to a semicolon, and the semicolon if there is one.
pub(super) struct Statement {
    pub(super) tokens: Vec<TokenTree>,
    pub(super) end: Option<TokenTree>,
}

/// The statements of a block.
pub(super) fn statements(block: TokenStream) -> impl Iterator<Item = Statement> {
    parts(block, ';')
}

/// The arguments of a call, each with its comma.
pub(super) fn arguments(list: TokenStream) -> impl Iterator<Item = Statement> {
    parts(list, ',')
}

fn parts(stream: TokenStream, mark: char) -> impl Iterator<Item = Statement> {
    let mut stream = stream.into_iter().peekable();
    std::iter::from_fn(move || {
        stream.peek()?;
        let mut tokens: Vec<TokenTree> = Vec::new();
        // The number of open generic argument lists: `first::<A, 2>(list)` is one argument.
        let mut open = 0;
        for token in stream.by_ref() {
            if open == 0 && is_punct(Some(&token), mark) {
                let end = Some(token);
                return Some(Statement { tokens, end });
            }
            let opens = mark == ',' && (open > 0 || is_punct(tokens.last(), ':'));
            open += i32::from(opens && is_punct(Some(&token), '<'));
            open -= i32::from(open > 0 && is_punct(Some(&token), '>'));
            tokens.push(token);
        }
        Some(Statement { tokens, end: None })
    })
}

/// `model` in `let model = some::Model::<A>::bind(..).num_replicas(2)`.
pub(super) fn bound_variable(statement: &[TokenTree]) -> Option<&Ident> {
    let start = statement.iter().position(|token| !is_attribute(token))?;
    let [TokenTree::Ident(keyword), rest @ ..] = &statement[start..] else {
        return None;
    };
    let rest = match rest {
        [TokenTree::Ident(mutable), rest @ ..] if mutable == "mut" => rest,
        rest => rest,
    };
    let [TokenTree::Ident(variable), rest @ ..] = rest else {
        return None;
    };
    let init = rest.iter().position(|token| is_punct(Some(token), '='))? + 1;
    (keyword == "let" && is_bind(&rest[init..])).then_some(variable)
}

fn is_attribute(token: &TokenTree) -> bool {
    let is_bracket = matches!(token, TokenTree::Group(it) if it.delimiter() == Delimiter::Bracket);
    is_bracket || is_punct(Some(token), '#')
}

/// A path that ends in `::bind(..)`, with the calls after it.
fn is_bind(init: &[TokenTree]) -> bool {
    let end = init.iter().position(is_parens);
    let Some(end) = end else { return false };
    let path = &init[..end];
    let [.., colon, TokenTree::Ident(bind)] = path else {
        return false;
    };
    let in_path = |token: &TokenTree| match token {
        TokenTree::Punct(punct) => "<:,>".contains(punct.as_char()),
        token => matches!(token, TokenTree::Ident(_)),
    };
    bind == "bind" && is_punct(Some(colon), ':') && path.iter().all(in_path)
}

/// `(..)`.
pub(super) fn is_parens(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis)
}
