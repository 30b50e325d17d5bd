//! Whether an item is the second one of its name. rustc reports that; what would be generated for it must not
//! repeat it.

use proc_macro2::{Ident, LineColumn, TokenTree};

use super::enclosing::{Around, around, has};
use super::sketch::{Sketch, sketches};

/// Whether an item of ours with this name is before this one: a function, or a `struct` or `enum`. Items with a
/// `#[cfg]` are expected to exclude each other.
pub(crate) fn is_second(name: &Ident) -> bool {
    let around = around(name, |text| is_likely(text, name));
    around.is_some_and(|around| has_before(&around, name, name.span().start(), is_definition))
}

/// Whether the type that an `impl` block of ours names is the second one of its name, and has had such a block.
pub(crate) fn is_block_of_second(name: &Ident) -> bool {
    let around = around(name, |text| is_likely(text, name));
    around.is_some_and(|around| {
        let types = items(&around, name).into_iter();
        let types = types.filter(|(item, _)| is_definition(item)).count();
        types > 1 && has_before(&around, name, name.span().start(), is_block)
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

fn is_definition(item: &Sketch) -> bool {
    matches!(item.defined(), Some(("fn" | "struct" | "enum", _)))
}

fn is_block(item: &Sketch) -> bool {
    item.defined().is_none() && has(&item.head, "impl")
}

fn has_before(
    around: &Around,
    name: &Ident,
    at: LineColumn,
    is_wanted: fn(&Sketch) -> bool,
) -> bool {
    let items = items(around, name).into_iter();
    let mut before = items.filter(|(_, place)| *place < at);
    before.any(|(item, _)| is_wanted(&item))
}

/// The items of ours beside a name that have the name as well, each with the place of the name.
fn items(around: &Around, name: &Ident) -> Vec<(Sketch, LineColumn)> {
    let beside = around.visible.last().cloned();
    let items = sketches(beside.unwrap_or_default()).into_iter();
    let items = items.filter_map(|item| {
        let ours = item.has_attribute("deployment") || item.has_attribute("graph");
        if !ours || item.has_attribute("cfg") {
            return None;
        }
        let is_name = |token: &&TokenTree| *name == token.to_string();
        let at = item.head.iter().find(is_name)?.span().start();
        Some((item, at))
    });
    items.collect()
}

#[cfg(test)]
mod tests {
    use super::super::enclosing::{find, parsed};
    use super::*;

    /// Whether each `two` of a text, from left to right, comes after another one.
    fn seconds(text: &str, is_wanted: fn(&Sketch) -> bool) -> Vec<bool> {
        let name = Ident::new("two", proc_macro2::Span::call_site());
        let places = text.match_indices("two").map(|(at, _)| LineColumn {
            line: 1,
            column: at,
        });
        let places = places.map(|at| {
            has_before(
                &find(&parsed(text).unwrap(), &name, at).unwrap(),
                &name,
                at,
                is_wanted,
            )
        });
        places.collect()
    }

    #[test]
    fn only_items_of_ours_in_the_same_module_count() {
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
            assert_eq!(seconds(text, is_definition), wanted, "{text}");
        }
        let blocks = "#[deployment] impl two {} #[deployment] impl two {}";
        assert_eq!(seconds(blocks, is_block), [false, true]);
    }
}
