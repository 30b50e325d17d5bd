//! The files that pictures are written to.

use std::path::Path;
use std::{fs, io};

use serve_compiler::source::{GraphSource, Sources};

/// The name of each graph's files: the graph's own name. Graphs of one name have their paths before it.
pub(crate) fn names(sources: &Sources) -> Vec<String> {
    let names: Vec<String> = sources.graphs().map(|graph| graph.name()).collect();
    let shared = |graph: &GraphSource<'_>| {
        let same = names.iter().filter(|name| **name == graph.name());
        same.count() > 1
    };
    let name = |graph: GraphSource<'_>| match shared(&graph) {
        true => graph.path().join("."),
        false => graph.name(),
    };
    sources.graphs().map(name).collect()
}

/// Writes a file unless it already has that content, so that a file in a repository stays untouched.
pub(crate) fn write(file: &Path, content: &str) -> io::Result<()> {
    if fs::read(file).is_ok_and(|old| old == content.as_bytes()) {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serve_compiler::source::Cfg;

    #[test]
    fn graphs_that_share_a_name_have_their_paths_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("shop.rs");
        let text =
            "mod v1 { #[graph] fn ask() {} } mod v2 { #[graph] fn ask() {} } #[graph] fn buy() {}";
        fs::write(&root, text).unwrap();
        let sources = Sources::of_crate(&root, Cfg::default());
        assert_eq!(names(&sources), ["buy", "shop.v1.ask", "shop.v2.ask"]);
    }
}
