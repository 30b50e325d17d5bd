//! Rewrites the calls of nodes in an input block into calls that return values.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use super::scope::{Scope, is_punct, tokens};
use super::split::{Statement, arguments, is_parens};
use crate::runtime_path::runtime_path;
use crate::syntax::tokens::{begins_plain, starts_low};

/// Rewrites the calls of nodes among these tokens, at any depth.
pub(super) fn rewrite(stream: TokenStream, scope: &mut Scope) -> TokenStream {
    let tokens = tokens(stream);
    let mut out = TokenStream::new();
    let mut pattern = Pattern::None;
    let mut at = 0;
    while at < tokens.len() {
        pattern.step(&tokens, at, scope);
        let before = at.checked_sub(1).map(|before| &tokens[before]);
        let call = match &tokens[at] {
            TokenTree::Ident(ident) if !is_punct(before, '.') && !is_punct(before, ':') => {
                method_call(&tokens[at..], ident, scope)
                    .or_else(|| function_call(&tokens[at..], scope))
            }
            _ => None,
        };
        if let Some((length, call)) = call {
            out.extend(call);
            at += length;
        } else {
            out.extend(inner(&tokens[at], scope));
            at += 1;
        }
    }
    out
}

/// The content of a group is rewritten as well; names that it declares end with it.
fn inner(token: &TokenTree, scope: &Scope) -> TokenStream {
    match token {
        TokenTree::Group(group) => {
            regroup(group, rewrite(group.stream(), &mut scope.clone())).into_token_stream()
        }
        token => token.to_token_stream(),
    }
}

/// A group with other tokens. An editor must still know where it opens, to show the parameters of a call there;
/// a span of the whole would hide those of inner calls. An empty group knows both ends.
pub(super) fn regroup(group: &Group, stream: TokenStream) -> Group {
    if group.stream().is_empty() {
        return group.clone();
    }
    let mut regrouped = Group::new(group.delimiter(), stream);
    regrouped.set_span(group.span_open());
    regrouped
}

/// `model.forward(image)` becomes `model.forward(image.__given()).__value()`.
fn method_call(tokens: &[TokenTree], ident: &Ident, scope: &Scope) -> Option<(usize, TokenStream)> {
    match tokens {
        [
            _,
            dot,
            TokenTree::Ident(method),
            list @ TokenTree::Group(group),
            ..,
        ] if scope.has(ident) && is_punct(Some(dot), '.') && is_parens(list) => {
            let given = given(group, scope);
            Some((4, quote!(#ident #dot #method #given .__value())))
        }
        _ => None,
    }
}

/// `aggregate(image)` becomes `aggregate(image.__given()).__outcome::<aggregate>()`.
fn function_call(tokens: &[TokenTree], scope: &Scope) -> Option<(usize, TokenStream)> {
    let length = path_length(tokens)?;
    let (path, rest) = tokens.split_at(length);
    let [list @ TokenTree::Group(group), ..] = rest else {
        return None;
    };
    if !is_parens(list) || matches!(&path[0], TokenTree::Ident(first) if begins_plain(first)) {
        return None;
    }
    // The name occurs twice: an editor that renames the function must rename its type as well.
    let function: TokenStream = path.iter().cloned().collect();
    let given = given(group, scope);
    Some((
        length + 1,
        quote!(#function #given .__outcome::<#function>()),
    ))
}

/// How many tokens a path of lower-case names has, with the generic arguments of the last one.
fn path_length(tokens: &[TokenTree]) -> Option<usize> {
    let is_name = |token: Option<&TokenTree>| match token {
        Some(TokenTree::Ident(ident)) => starts_low(ident) && !is_keyword(ident),
        _ => false,
    };
    let is_colons = |at: usize| is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':');
    let mut length = 0;
    while is_name(tokens.get(length)) {
        length += 1;
        if !is_colons(length) {
            return Some(length);
        }
        length += 2;
    }
    let mut open = 0;
    for (at, token) in tokens.iter().enumerate().skip(length) {
        open += i32::from(is_punct(Some(token), '<')) - i32::from(is_punct(Some(token), '>'));
        if open <= 0 {
            return (at > length && length > 0).then_some(at + 1);
        }
    }
    None
}

/// Words that can come before parentheses and are not a call.
fn is_keyword(ident: &Ident) -> bool {
    let keyword = [
        "as", "async", "await", "break", "const", "continue", "dyn", "else", "fn", "for", "if",
        "impl", "in", "let", "loop", "match", "move", "mut", "pub", "ref", "return", "static",
        "unsafe", "use", "where", "while", "yield",
    ];
    keyword.iter().any(|keyword| ident == keyword)
}

/// The arguments of a call. Each becomes whatever type its parameter has, as an edge does: a parameter that
/// borrows takes a value and shares it.
fn given(list: &Group, scope: &Scope) -> Group {
    let rt = runtime_path();
    let given = arguments(list.stream()).map(|Statement { tokens, end }| {
        let is_empty = tokens.is_empty();
        // At an argument that the user starts to type, nothing comes before the cursor.
        let is_word = matches!(tokens[..], [TokenTree::Ident(_) | TokenTree::Literal(_)]);
        let argument = rewrite(tokens.into_iter().collect(), &mut scope.clone());
        match (is_empty, is_word) {
            (true, _) => quote!(#end),
            (false, true) => quote!(#argument.__given() #end),
            (false, false) => quote!(#rt::private::editor::give(#argument) #end),
        }
    });
    regroup(list, given.collect())
}

/// The place where the names of a pattern are declared.
enum Pattern {
    None,
    /// In a `let`, whose names are visible after its semicolon.
    Let(Vec<TokenTree>),
    /// Between the bars of a closure.
    Closure,
}

impl Pattern {
    fn step(&mut self, tokens: &[TokenTree], at: usize, scope: &mut Scope) {
        let token = &tokens[at];
        match self {
            Pattern::None if is_opening_bar(tokens, at) => *self = Pattern::Closure,
            Pattern::Closure if is_punct(Some(token), '|') => *self = Pattern::None,
            Pattern::Closure => scope.shadow([token.clone()]),
            Pattern::Let(names) if is_punct(Some(token), ';') => {
                scope.shadow(names.drain(..));
                *self = Pattern::None;
            }
            _ => {}
        }
        if matches!(token, TokenTree::Ident(ident) if ident == "let") {
            let pattern = tokens[at + 1..].iter();
            let pattern = pattern.take_while(|token| !is_punct(Some(token), '='));
            *self = Pattern::Let(pattern.cloned().collect());
        }
    }
}

/// Whether a `|` opens a closure: no operand comes before it.
fn is_opening_bar(tokens: &[TokenTree], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| &tokens[before]);
    let starts = match before {
        None | Some(TokenTree::Punct(_)) => true,
        Some(TokenTree::Ident(ident)) => ident == "move",
        Some(TokenTree::Group(_) | TokenTree::Literal(_)) => false,
    };
    starts && is_punct(tokens.get(at), '|')
}
