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
    let around = around(name, |_| true);
    around.map_or(Enclosing::Unknown, |around| around.enclosing)
}

/// What is around a name in its file.
pub(super) struct Around {
    pub(super) enclosing: Enclosing,
    /// The tokens of its module, and of the groups in it, from the outside to the name.
    pub(super) visible: Vec<TokenStream>,
}

/// Reads what is around a name, if its file's text is worth it.
pub(super) fn around(name: &Ident, is_worth: impl FnOnce(&str) -> bool) -> Option<Around> {
    let text = std::fs::read_to_string(name.span().local_file()?).ok()?;
    is_worth(&text).then(|| find(&parsed(&text)?, name, name.span().start()))?
}

/// The tokens of a file.
pub(super) fn parsed(text: &str) -> Option<TokenStream> {
    let _files = InFiles::begin();
    text.strip_prefix('\u{feff}').unwrap_or(text).parse().ok()
}

/// The name at a place; `None` if a macro has other tokens there, or is given the name.
pub(super) fn find(file: &TokenStream, name: &Ident, at: LineColumn) -> Option<Around> {
    let mut visible = vec![file.clone()];
    let mut enclosing = Enclosing::Items;
    while let Some((head, inside)) = group_around(visible.last()?, at) {
        enclosing = block(&head).map_or(Enclosing::Items, Enclosing::Block);
        if is_macro(&head) {
            return None;
        }
        if has(&head, "mod") {
            visible.clear();
        }
        visible.push(inside);
    }
    let is_name = |token: TokenTree| token.span().start() == at && *name == token.to_string();
    let is_there = visible.last()?.clone().into_iter().any(is_name);
    is_there.then_some(Around { enclosing, visible })
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

/// `macro_rules! name`, or `name!` itself.
fn is_macro(head: &[TokenTree]) -> bool {
    let is_call = matches!(head.last(), Some(TokenTree::Punct(mark)) if mark.as_char() == '!');
    is_call || has(head, "macro_rules")
}

pub(super) fn has(head: &[TokenTree], keyword: &str) -> bool {
    position(head, keyword).is_some()
}

fn position(head: &[TokenTree], keyword: &str) -> Option<usize> {
    let is_keyword =
        |token: &TokenTree| matches!(token, TokenTree::Ident(ident) if ident == keyword);
    head.iter().position(is_keyword)
}

/// `impl App`, if these tokens begin a block of methods.
fn block(head: &[TokenTree]) -> Option<String> {
    if has(head, "fn") {
        return None;
    }
    let first = position(head, "trait").or_else(|| position(head, "impl"))?;
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
        find(&parsed(text).unwrap(), &name, LineColumn { line, column })
            .unwrap()
            .enclosing
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
