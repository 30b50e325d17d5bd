//! What a function stands in: a module, or the block of an `impl`. An attribute is given the function alone, so
//! its file tells.

use proc_macro2::{Delimiter, Ident, LineColumn, TokenStream, TokenTree, fallback};

/// Where a function stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Enclosing {
    /// Between the items of a module or of another function.
    Items,
    /// In a block with this head, such as `impl App`.
    Block(String),
    /// A macro has made the function, or its file cannot be read.
    Unknown,
}

/// Whether the first token is further right than rustfmt puts an item of a file's own module: only then it may
/// be in a block.
pub(crate) fn is_indented(item: &TokenStream) -> bool {
    let first = item.clone().into_iter().next();
    first.is_some_and(|first| first.span().start().column > 0)
}

/// Where the function of this name stands.
pub(crate) fn enclosing(name: &Ident) -> Enclosing {
    let at = name.span().start();
    let found = file_of(name).and_then(|text| find(&text, name, at));
    found.map_or(Enclosing::Unknown, |(enclosing, _)| enclosing)
}

/// The file with a name.
pub(super) fn file_of(name: &Ident) -> Option<String> {
    std::fs::read_to_string(name.span().local_file()?).ok()
}

/// What the name at a place is in, and the tokens beside it.
pub(super) fn find(text: &str, name: &Ident, at: LineColumn) -> Option<(Enclosing, TokenStream)> {
    let _files = InFiles::begin();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut tokens: TokenStream = text.parse().ok()?;
    let mut enclosing = Enclosing::Items;
    while let Some((head, inside)) = group_around(&tokens, at) {
        enclosing = block(&head).map_or(Enclosing::Items, Enclosing::Block);
        tokens = inside;
    }
    let is_name = |token: &TokenTree| token.span().start() == at && *name == token.to_string();
    let is_there = tokens.clone().into_iter().any(|token| is_name(&token));
    is_there.then_some((enclosing, tokens))
}

/// The group that contains a place, and the tokens of its item before it.
fn group_around(tokens: &TokenStream, at: LineColumn) -> Option<(Vec<TokenTree>, TokenStream)> {
    let mut head = Vec::new();
    for token in tokens.clone() {
        match &token {
            TokenTree::Group(group) if group.span().start() < at && at < group.span().end() => {
                return Some((head, group.stream()));
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => head.clear(),
            TokenTree::Punct(punct) if punct.as_char() == ';' => head.clear(),
            _ => head.push(token),
        }
    }
    None
}

/// `impl App`, if these tokens begin a block of methods.
fn block(head: &[TokenTree]) -> Option<String> {
    let at = |wanted: &str| {
        let is_wanted =
            |token: &TokenTree| matches!(token, TokenTree::Ident(ident) if ident == wanted);
        head.iter().position(is_wanted)
    };
    if at("fn").is_some() {
        return None;
    }
    let first = at("trait").or_else(|| at("impl"))?;
    let whole = head[first].span().join(head.last()?.span())?;
    let words: Vec<String> = whole
        .source_text()?
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    Some(words.join(" "))
}

/// Tokens that are made from files must be proc-macro2's own: the compiler's would have no places, and an error
/// in a file would be an error of the crate.
pub(crate) struct InFiles;

impl InFiles {
    pub(crate) fn begin() -> Self {
        fallback::force();
        InFiles
    }
}

impl Drop for InFiles {
    fn drop(&mut self) {
        fallback::unforce();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the first `fn two` of a text stands.
    fn of_two(text: &str) -> Enclosing {
        let before = &text[..text.find("fn two").unwrap() + 3];
        let line = before.matches('\n').count() + 1;
        let column = before.len() - before.rfind('\n').map_or(0, |end| end + 1);
        let name = Ident::new("two", proc_macro2::Span::call_site());
        find(text, &name, LineColumn { line, column }).unwrap().0
    }

    #[test]
    fn a_function_of_a_block_is_told_from_one_of_a_module() {
        let block = |head: &str| Enclosing::Block(head.to_owned());
        for (text, wanted) in [
            ("struct A;\n#[graph]\nfn two() {}", Enclosing::Items),
            ("impl A {}\nfn two() {}", Enclosing::Items),
            (
                "impl A {\n    /// Two.\n    #[graph] fn two() {}\n}",
                block("impl A"),
            ),
            ("pub trait A { fn two() {} }", block("trait A")),
            (
                "use a; impl<T: Send> B for Vec<T> { fn one() {} fn two() {} }",
                block("impl<T: Send> B for Vec<T>"),
            ),
            (
                "impl A { fn one(x: impl Send) { fn two() {} } }",
                Enclosing::Items,
            ),
            (
                "mod a { fn one() {} mod b { fn two() {} } }",
                Enclosing::Items,
            ),
        ] {
            assert_eq!(of_two(text), wanted, "{text}");
        }
    }
}
