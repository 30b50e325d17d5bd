//! Text that fits into a picture and does no harm in it.

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

/// Whether two types are written the same but for spaces, and for a reference: a value is given to
/// a parameter of type `&T` as it is.
pub(super) fn same_type(a: &str, b: &str) -> bool {
    let plain = |ty: &str| ty.split_whitespace().collect::<String>();
    let (a, b) = (plain(a), plain(b));
    a.trim_start_matches('&') == b.trim_start_matches('&')
}

/// A type of at most `limit` characters: first its paths go, then its end.
pub(super) fn short_type(ty: &str, limit: usize) -> String {
    if ty.chars().count() <= limit {
        return ty.to_owned();
    }
    short(&without_paths(ty), limit)
}

/// The text's first characters, at most `limit`, with an ellipsis if some are left out.
pub(super) fn short(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    kept.push('…');
    kept
}

/// `std::sync::Arc<a::B>` as `Arc<B>`.
fn without_paths(ty: &str) -> String {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut parts = ty.split("::");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let stem = kept.trim_end_matches(is_name).len();
        if stem < kept.len() {
            kept.truncate(stem);
        } else if !kept.is_empty() {
            // No name stands before `::` in `<T as Trait>::Item`.
            kept.push_str("::");
        }
        kept.push_str(part);
    }
    kept
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
    fn escapes_what_xml_reserves() {
        assert_eq!(xml(r#"a<'b>&"c""#), "a&lt;&#39;b&gt;&amp;&quot;c&quot;");
        assert_eq!(xml("a\u{1}\nb"), "a  b");
    }

    #[test]
    fn paths_go_before_letters() {
        assert_eq!(short_type("a::B", 10), "a::B");
        assert_eq!(short_type("std::sync::Arc<a::b::C<D>>", 12), "Arc<C<D>>");
        assert_eq!(
            short_type("<T as a::Trait>::Item", 18),
            "<T as Trait>::Item"
        );
        assert_eq!(short_type("HashMap<String, Vec<u8>>", 12), "HashMap<Str…");
    }

    #[test]
    fn lines_are_joined() {
        assert_eq!(one_line(" a\n\n  b\tc "), "a b c");
    }
}
