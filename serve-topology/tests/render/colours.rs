//! The colours: programs that know no CSS have those of the light theme, browsers those of both.

use roxmltree::{Document, Node};
use serve_topology::render;

use crate::svg::all;

/// Elements that are painted.
const PAINTED: [&str; 4] = ["rect", "path", "polygon", "text"];

fn is_colour(value: &str) -> bool {
    value.strip_prefix('#').is_some_and(|digits| {
        // Not eight, with an opacity: not every program knows those.
        digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

fn painted<'a>(document: &'a Document<'_>) -> impl Iterator<Item = Node<'a, 'a>> {
    let elements = document.descendants().filter(|it| it.is_element());
    elements.filter(|it| PAINTED.contains(&it.tag_name().name()))
}

/// The colours of an element with the attributes that they are in.
fn colours<'a>(element: Node<'a, '_>) -> Vec<(&'static str, &'a str)> {
    let each = ["fill", "stroke"].into_iter();
    let given = each.filter_map(|name| Some((name, element.attribute(name)?)));
    given.filter(|(_, value)| *value != "none").collect()
}

#[test]
fn every_shape_and_text_has_its_colours_without_css() {
    for topology in all() {
        let svg = render::svg(&topology);
        for element in painted(&Document::parse(&svg).unwrap()) {
            let name = element.tag_name().name();
            // Without it, it would be black.
            assert!(element.has_attribute("fill"), "{name}");
            let colours = colours(element);
            assert!(!colours.is_empty(), "{name}");
            assert!(colours.iter().all(|(_, it)| is_colour(it)), "{colours:?}");
        }
    }
}

#[test]
fn every_text_has_its_font_without_css() {
    for topology in all() {
        let svg = render::svg(&topology);
        let document = Document::parse(&svg).unwrap();
        let root = document.root_element();
        assert_eq!(root.attribute("font-family"), Some("monospace"));
        for attribute in ["font-size", "text-anchor"] {
            assert!(root.has_attribute(attribute), "{attribute}");
        }
    }
}

#[test]
fn the_style_sheet_only_replaces_colours_that_are_there() {
    for topology in all() {
        let svg = render::svg(&topology);
        let document = Document::parse(&svg).unwrap();
        let style = document.descendants().find(|it| it.has_tag_name("style"));
        let style = style.and_then(|it| it.text()).unwrap();
        assert!(!style.contains("var("), "few programs know variables");
        let mut top = style.lines().filter(|line| !line.is_empty());
        assert!(top.next().is_some_and(|line| line.starts_with("@media ")));
        let closed = style
            .match_indices("}\n}\n")
            .map(|(at, _)| &style[at + 4..]);
        for rest in closed {
            assert!(rest.is_empty() || rest.starts_with("@media "), "{rest}");
        }
        for rule in style.lines() {
            for (name, start) in [("fill", "{fill:"), ("stroke", "{stroke:")] {
                let replaced = format!("[{name}=\"#");
                assert!(!rule.contains(start) || rule.contains(&replaced), "{rule}");
            }
        }
        for (name, light) in painted(&document).flat_map(colours) {
            let replaced = format!("[{name}=\"{light}\"]{{{name}:#");
            let rules = style.matches(&replaced).count();
            assert_eq!(rules, 2, "dark by the system and by rustdoc: {replaced}");
        }
    }
}
