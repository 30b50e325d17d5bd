//! Every message that a user can get from the macros: what is wrong, then what to do.

mod batch;
mod deployment;
mod graph;
mod multiplexed;
mod options;

pub(crate) use self::batch::*;
pub(crate) use self::deployment::*;
pub(crate) use self::graph::*;
pub(crate) use self::multiplexed::*;
pub(crate) use self::options::*;

/// The nearest of some names, if one is near enough to have been meant.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate));
    let (distance, candidate) = scored.min()?;
    (distance <= name.len().max(3) / 3).then_some(candidate)
}

fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(name, known) {
        Some(near) => format!("\nhelp: did you mean `{near}`?"),
        None => String::new(),
    }
}

fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
