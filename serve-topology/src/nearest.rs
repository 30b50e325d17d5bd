//! The name that a misspelled one was probably meant to be.

/// The most similar name, if it is similar enough.
///
/// One letter in three may differ; in a short name, one.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let known = known.into_iter();
    let distances = known.map(|known| (strsim::damerau_levenshtein(name, known), known));
    let (distance, nearest) = distances.min()?;
    (distance <= name.len().max(3) / 3).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_in_three_may_differ() {
        assert_eq!(nearest("nmae", ["name", "memory"]), Some("name"));
        assert_eq!(
            nearest("num_replica", ["num_replicas"]),
            Some("num_replicas")
        );
        assert_eq!(nearest("colour", ["name", "memory"]), None);
        assert_eq!(nearest("abcd", ["cdab"]), None);
    }
}
