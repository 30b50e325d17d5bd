//! Text that fits into a box.

/// A type of at most `limit` characters: first its paths are removed, then its end.
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
            // No name comes before `::` in `<T as Trait>::Item`.
            kept.push_str("::");
        }
        kept.push_str(part);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_removed_before_letters() {
        assert_eq!(short_type("a::B", 10), "a::B");
        assert_eq!(short_type("std::sync::Arc<a::b::C<D>>", 12), "Arc<C<D>>");
        assert_eq!(
            short_type("<T as a::Trait>::Item", 18),
            "<T as Trait>::Item"
        );
        assert_eq!(short_type("HashMap<String, Vec<u8>>", 12), "HashMap<Str…");
    }
}
