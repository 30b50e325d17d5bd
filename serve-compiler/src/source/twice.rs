//! Whether an item is the second one of its name. rustc reports that; what would be generated for it must not
//! repeat it.

use proc_macro2::{Delimiter, Ident, LineColumn, TokenStream, TokenTree};

use super::enclosing::{file_of, find};

/// Whether an item of ours with this name is before this one: a function, or a `struct` or `enum`. Items with a
/// `#[cfg]` are expected to exclude each other.
pub(crate) fn is_second(name: &Ident) -> bool {
    let at = name.span().start();
    let text = file_of(name).filter(|text| is_likely(text, name));
    text.is_some_and(|text| before(&text, name, at, &["fn", "struct", "enum"]).is_some())
}

/// Whether the type that an `impl` block of ours names is the second one of its name, and has had such a block.
pub(crate) fn is_block_of_second(name: &Ident) -> bool {
    let at = name.span().start();
    let text = file_of(name).filter(|text| is_likely(text, name));
    text.is_some_and(|text| {
        let types = items(&text, name, at).unwrap_or_default();
        let is_type = |item: &&Item| item.keyword != "fn" && item.keyword != "impl";
        types.iter().filter(is_type).count() > 1 && before(&text, name, at, &["impl"]).is_some()
    })
}

/// Whether a text can have two definitions of a name.
fn is_likely(text: &str, name: &Ident) -> bool {
    let defined = |keyword: &str| text.matches(&format!("{keyword} {name}")).count();
    ["fn", "struct", "enum"]
        .into_iter()
        .map(defined)
        .sum::<usize>()
        > 1
}

/// An item of ours that has or names the wanted name.
struct Item {
    keyword: String,
    at: LineColumn,
}

fn before(text: &str, name: &Ident, at: LineColumn, keywords: &[&str]) -> Option<Item> {
    let items = items(text, name, at)?.into_iter();
    let mut before = items.filter(|item| item.at < at);
    before.find(|item| keywords.contains(&&*item.keyword))
}

/// The items of ours beside the name at a place that have the name as well.
fn items(text: &str, name: &Ident, at: LineColumn) -> Option<Vec<Item>> {
    let (_, beside) = find(text, name, at)?;
    let mut items = Vec::new();
    let mut head = Vec::new();
    for token in beside {
        let ends = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            _ => false,
        };
        match ends {
            true => items.extend(item(&std::mem::take(&mut head), name)),
            false => head.push(token),
        }
    }
    Some(items)
}

/// The item that begins with these tokens, if it is of ours and has the name.
fn item(head: &[TokenTree], name: &Ident) -> Option<Item> {
    let attributes: Vec<TokenStream> = head.iter().filter_map(attribute).collect();
    let has = |wanted: &str| attributes.iter().any(|attribute| is_of(attribute, wanted));
    if has("cfg") || !(has("deployment") || has("graph")) {
        return None;
    }
    let keyword = head.iter().find_map(|token| match token {
        TokenTree::Ident(ident) => ["fn", "struct", "enum", "impl"]
            .contains(&&*ident.to_string())
            .then(|| ident.to_string()),
        _ => None,
    })?;
    let named = head.iter().find(|token| *name == token.to_string())?;
    Some(Item {
        keyword,
        at: named.span().start(),
    })
}

fn attribute(token: &TokenTree) -> Option<TokenStream> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => Some(group.stream()),
        _ => None,
    }
}

/// Whether an attribute has this name, with or without a path.
fn is_of(attribute: &TokenStream, wanted: &str) -> bool {
    let path = attribute.clone().into_iter();
    let path = path.take_while(|token| !matches!(token, TokenTree::Group(_)));
    let last = path
        .filter(|token| matches!(token, TokenTree::Ident(_)))
        .last();
    last.is_some_and(|last| last.to_string() == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether each `two` of a text, from left to right, comes after another one.
    fn seconds(text: &str, keywords: &[&str]) -> Vec<bool> {
        let name = Ident::new("two", proc_macro2::Span::call_site());
        let places = text.match_indices("two").map(|(at, _)| LineColumn {
            line: 1,
            column: at,
        });
        let places = places.map(|at| before(text, &name, at, keywords).is_some());
        places.collect()
    }

    #[test]
    fn only_items_of_ours_in_the_same_module_count() {
        let functions = ["fn", "struct", "enum"];
        for (text, wanted) in [
            (
                "#[graph] fn two() {} #[deployment] async fn two() {}",
                [false, true],
            ),
            (
                "#[serve::deployment(a = 1)] struct two; #[deployment] struct two {}",
                [false, true],
            ),
            ("fn two() {} #[deployment] fn two() {}", [false, false]),
            (
                "#[cfg(a)] #[deployment] fn two() {} #[cfg(b)] #[deployment] fn two() {}",
                [false, false],
            ),
            (
                "#[deployment] fn two() {} mod a { #[deployment] fn two() {} }",
                [false, false],
            ),
            (
                "#[deployment] struct two; #[deployment] impl two {}",
                [false, true],
            ),
            (
                "#[deployment] impl two {} #[deployment] struct two;",
                [false, false],
            ),
        ] {
            assert_eq!(seconds(text, &functions), wanted, "{text}");
        }
        let blocks = "#[deployment] impl two {} #[deployment] impl two {}";
        assert_eq!(seconds(blocks, &["impl"]), [false, true]);
    }
}
