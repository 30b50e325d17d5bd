//! The crates of a cargo package: where their roots are.

use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::{Document, Item, TableLike};

use super::problem::Problem;

/// A crate of a package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    pub(super) file: PathBuf,
    pub(super) name: String,
    pub(super) is_library: bool,
}

/// The library and the binaries of the package in a folder, as cargo finds them.
pub(super) fn targets(folder: &Path) -> Result<Vec<Target>, Problem> {
    let path = folder.join("Cargo.toml");
    let text = fs::read_to_string(&path).map_err(|error| Problem::unreadable(&path, &error))?;
    let manifest = Document::parse(text.as_str())
        .map_err(|error| Problem::manifest(&path, &text, error.message(), error.span()))?;
    let package = manifest.get("package").and_then(Item::as_table_like);
    let name = package.and_then(|package| text_of(package, "name"));
    let package_name = name.unwrap_or_default();

    let mut targets = Vec::new();
    targets.extend(library(folder, &package_name, manifest.get("lib")));
    let bins = manifest.get("bin").and_then(Item::as_array_of_tables);
    for bin in bins.into_iter().flatten() {
        targets.extend(named_binary(folder, &package_name, bin));
    }
    let automatic = package.and_then(|package| package.get("autobins")?.as_bool());
    if automatic != Some(false) {
        targets.extend(found_binaries(folder, &package_name));
    }
    targets.sort();
    targets.dedup_by(|one, other| one.file == other.file);
    targets.sort_by_key(|target| !target.is_library);
    Ok(targets)
}

fn library(folder: &Path, package: &str, table: Option<&Item>) -> Option<Target> {
    let table = table.and_then(Item::as_table_like);
    let given = |key| table.and_then(|table| text_of(table, key));
    let file = folder.join(given("path").unwrap_or_else(|| "src/lib.rs".to_owned()));
    let name = given("name").unwrap_or_else(|| package.to_owned());
    file.is_file().then(|| Target {
        file,
        name: name.replace('-', "_"),
        is_library: true,
    })
}

/// `[[bin]]`.
fn named_binary(folder: &Path, package: &str, table: &dyn TableLike) -> Option<Target> {
    let name = text_of(table, "name")?;
    let mut candidates = match text_of(table, "path") {
        Some(path) => vec![folder.join(path)],
        None => vec![
            folder.join(format!("src/bin/{name}.rs")),
            folder.join(format!("src/bin/{name}/main.rs")),
        ],
    };
    if name == package {
        candidates.push(folder.join("src/main.rs"));
    }
    let file = candidates.into_iter().find(|file| file.is_file())?;
    Some(binary(file, &name))
}

/// `src/main.rs`, `src/bin/*.rs` and `src/bin/*/main.rs`.
fn found_binaries(folder: &Path, package: &str) -> Vec<Target> {
    let main = binary(folder.join("src/main.rs"), package);
    let entries = fs::read_dir(folder.join("src/bin")).into_iter().flatten();
    let beside = entries.flatten().filter_map(|entry| {
        let path = entry.path();
        let name = path.file_stem()?.to_str()?.to_owned();
        if path.is_dir() {
            return Some(binary(path.join("main.rs"), &name));
        }
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        is_rust.then(|| binary(path, &name))
    });
    let all = std::iter::once(main).chain(beside);
    all.filter(|target| target.file.is_file()).collect()
}

fn binary(file: PathBuf, name: &str) -> Target {
    Target {
        file,
        name: name.replace('-', "_"),
        is_library: false,
    }
}

fn text_of(table: &dyn TableLike, key: &str) -> Option<String> {
    Some(table.get(key)?.as_str()?.to_owned())
}
