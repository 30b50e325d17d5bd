//! Text that fits into a picture and is safe in it.

/// Escapes text for XML and for the labels of Graphviz that look like HTML.
///
/// Control characters, which XML cannot hold, become spaces.
pub(super) fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The text on one line, with single spaces.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The last name of a type's path: `Arc` of `std::sync::Arc<a::B>`.
pub(super) fn type_name(ty: &str) -> &str {
    let path = ty.split('<').next().unwrap_or_default();
    path.rsplit("::").next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_reserved_xml_characters() {
        assert_eq!(xml(r#"a<'b>&"c""#), "a&lt;&#39;b&gt;&amp;&quot;c&quot;");
        assert_eq!(xml("a\u{1}\nb"), "a  b");
    }

    #[test]
    fn lines_are_joined() {
        assert_eq!(one_line(" a\n\n  b\tc "), "a b c");
    }
}
