//! Small crates, read from a folder.

mod around;
mod modules;
mod path_dependencies;
mod paths;
mod reading;

use std::fs;
use std::path::Path;

use bumpalo::Bump;
use tempfile::TempDir;

use super::graphs::Bound;
use super::{Cfg, GraphSource, Sources};

/// A package of these files, with a `Cargo.toml` if none is given.
fn package(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let manifest = ("Cargo.toml", "[package]\nname = \"my-shop\"");
    for (path, text) in [manifest].iter().chain(files) {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn read(files: &[(&str, &str)]) -> (TempDir, Sources) {
    let folder = package(files);
    let sources = Sources::of_package(folder.path(), Cfg::default());
    (folder, sources)
}

/// The paths of all graphs.
fn graphs(sources: &Sources) -> Vec<String> {
    sources
        .graphs()
        .map(|graph| graph.path().join("::"))
        .collect()
}

/// The files that were read, relative to the package's folder.
fn files(folder: &TempDir, sources: &Sources) -> Vec<String> {
    let inside = |path: &Path| {
        path.strip_prefix(folder.path())
            .unwrap()
            .display()
            .to_string()
    };
    sources.files().map(inside).collect()
}

/// The meaning of the paths in the graph of that name: the methods of deployments, the name of a graph.
fn means(sources: &Sources, graph: &str, path: &str) -> Option<String> {
    let graph = sources.graphs().find(|it| it.name() == graph).unwrap();
    let bump = Bump::new();
    let bound = graph.bound(&syn::parse_str(path).unwrap(), &bump)?;
    Some(match bound {
        Bound::Deployment(facts) => {
            let names: Vec<_> = facts.methods.iter().map(|method| method.name).collect();
            names.join(" ")
        }
        Bound::Graph(graph) => format!("graph {}", GraphSource::name(&graph)),
    })
}

/// A deployment `name` with a method `method`.
fn deployment(name: &str, method: &str) -> String {
    format!(
        "#[deployment] pub struct {name};
         #[deployment] impl {name} {{
             fn new() -> Self {{ todo }}
             async fn {method}(&self) -> u32 {{ 1 }}
         }}"
    )
}

const GRAPH: &str = "#[graph] fn shop() -> u32 { input(|x: u32| x) }";
