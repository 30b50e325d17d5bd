//! The crates of a cargo package: where their roots are.

use std::cell::LazyCell;
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

/// A kind of crate that a package may have several of.
struct Kind {
    /// `[[bin]]`
    table: &'static str,
    folder: &'static str,
    /// The keys that turn their discovery off.
    automatic: &'static str,
}

const BINARIES: Kind = Kind {
    table: "bin",
    folder: "src/bin",
    automatic: "autobins",
};

const OTHERS: [Kind; 3] = [
    Kind {
        table: "example",
        folder: "examples",
        automatic: "autoexamples",
    },
    Kind {
        table: "test",
        folder: "tests",
        automatic: "autotests",
    },
    Kind {
        table: "bench",
        folder: "benches",
        automatic: "autobenches",
    },
];

/// The library and the binaries of the package in a folder, as cargo finds them.
pub(super) fn targets(folder: &Path) -> Result<Vec<Target>, Problem> {
    let manifest = manifest(folder)?;
    let package = Package::of(folder, &manifest);
    let mut targets = package.all(&BINARIES);
    targets.extend(package.library());
    targets.sort();
    targets.dedup_by(|one, other| one.file == other.file);
    targets.sort_by_key(|target| !target.is_library);
    Ok(targets)
}

/// Its examples, tests and benches; none if the manifest cannot be read.
pub(super) fn other_targets(folder: &Path) -> Vec<Target> {
    let Ok(manifest) = manifest(folder) else {
        return Vec::new();
    };
    let package = Package::of(folder, &manifest);
    let mut targets: Vec<_> = OTHERS.iter().flat_map(|kind| package.all(kind)).collect();
    targets.sort();
    targets.dedup_by(|one, other| one.file == other.file);
    targets
}

/// A dependency whose folder the manifest names.
pub(super) struct Neighbour {
    /// The package's name for it, if it is not its own name.
    pub(super) renamed: Option<String>,
    pub(super) folder: PathBuf,
}

/// The dependencies of a package that are in folders themselves.
pub(super) fn neighbours(folder: &Path) -> Vec<Neighbour> {
    let Ok(manifest) = manifest(folder) else {
        return Vec::new();
    };
    let workspace = LazyCell::new(|| workspace(folder));
    let sections = ["dependencies", "dev-dependencies"];
    let tables = sections.map(|section| manifest.get(section).and_then(Item::as_table_like));
    let dependencies = tables.into_iter().flatten().flat_map(TableLike::iter);
    dependencies
        .filter_map(|(key, item)| {
            let table = item.as_table_like()?;
            let inherits = table.get("workspace").and_then(Item::as_bool);
            if inherits != Some(true) {
                return neighbour(key, table, folder);
            }
            let (root, manifest) = workspace.as_ref()?;
            let shared = manifest.get("workspace")?.get("dependencies")?.get(key)?;
            neighbour(key, shared.as_table_like()?, root)
        })
        .collect()
}

fn neighbour(key: &str, table: &dyn TableLike, relative_to: &Path) -> Option<Neighbour> {
    let package = text_of(table, "package");
    // The runtime has no deployments.
    let is_runtime = package.as_deref().unwrap_or(key) == "serve-runtime";
    let path = text_of(table, "path").filter(|_| !is_runtime)?;
    Some(Neighbour {
        renamed: package.map(|_| key.replace('-', "_")),
        folder: relative_to.join(path),
    })
}

/// The folder and the manifest of the workspace that a package belongs to.
fn workspace(folder: &Path) -> Option<(PathBuf, Document<String>)> {
    folder.ancestors().find_map(|folder| {
        let manifest = manifest(folder).ok()?;
        let is_workspace = manifest.get("workspace").is_some();
        is_workspace.then(|| (folder.to_owned(), manifest))
    })
}

fn manifest(folder: &Path) -> Result<Document<String>, Problem> {
    let path = folder.join("Cargo.toml");
    let text = fs::read_to_string(&path).map_err(|error| Problem::unreadable(&path, &error))?;
    Document::parse(text.clone())
        .map_err(|error| Problem::manifest(&path, &text, error.message(), error.span()))
}

struct Package<'m> {
    folder: &'m Path,
    manifest: &'m Document<String>,
    /// The table `[package]`.
    table: Option<&'m dyn TableLike>,
    name: String,
}

impl<'m> Package<'m> {
    fn of(folder: &'m Path, manifest: &'m Document<String>) -> Self {
        let table = manifest.get("package").and_then(Item::as_table_like);
        let name = table.and_then(|package| text_of(package, "name"));
        Package {
            folder,
            manifest,
            table,
            name: name.unwrap_or_default(),
        }
    }

    fn library(&self) -> Option<Target> {
        let table = self.manifest.get("lib").and_then(Item::as_table_like);
        let given = |key| table.and_then(|table| text_of(table, key));
        let path = given("path").unwrap_or_else(|| "src/lib.rs".to_owned());
        let file = self.folder.join(path);
        let name = given("name").unwrap_or_else(|| self.name.clone());
        file.is_file().then(|| Target {
            file,
            name: name.replace('-', "_"),
            is_library: true,
        })
    }

    /// The crates of a kind: those that the manifest names, and those that are found.
    fn all(&self, kind: &Kind) -> Vec<Target> {
        let tables = self.manifest.get(kind.table);
        let tables = tables.and_then(Item::as_array_of_tables);
        let tables = tables.into_iter().flatten();
        let mut targets: Vec<_> = tables.filter_map(|table| self.named(kind, table)).collect();
        let automatic = self.table.and_then(|it| it.get(kind.automatic)?.as_bool());
        if automatic != Some(false) {
            targets.extend(self.found(kind));
        }
        targets
    }

    /// `[[bin]]`.
    fn named(&self, kind: &Kind, table: &dyn TableLike) -> Option<Target> {
        let name = text_of(table, "name")?;
        let folder = self.folder.join(kind.folder);
        let mut candidates = match text_of(table, "path") {
            Some(path) => vec![self.folder.join(path)],
            None => vec![
                folder.join(format!("{name}.rs")),
                folder.join(format!("{name}/main.rs")),
            ],
        };
        if name == self.name && kind.table == BINARIES.table {
            candidates.push(self.folder.join("src/main.rs"));
        }
        let file = candidates.into_iter().find(|file| file.is_file())?;
        Some(target(file, &name))
    }

    /// `src/main.rs`, `src/bin/*.rs` and `src/bin/*/main.rs`.
    fn found(&self, kind: &Kind) -> impl Iterator<Item = Target> {
        let main = target(self.folder.join("src/main.rs"), &self.name);
        let main = (kind.table == BINARIES.table).then_some(main);
        let entries = fs::read_dir(self.folder.join(kind.folder));
        let beside = entries.into_iter().flatten().flatten().filter_map(|entry| {
            let path = entry.path();
            let name = path.file_stem()?.to_str()?.to_owned();
            if path.is_dir() {
                return Some(target(path.join("main.rs"), &name));
            }
            let is_rust = path.extension().is_some_and(|extension| extension == "rs");
            is_rust.then(|| target(path, &name))
        });
        let all = main.into_iter().chain(beside);
        all.filter(|target| target.file.is_file())
    }
}

fn target(file: PathBuf, name: &str) -> Target {
    Target {
        file,
        name: name.replace('-', "_"),
        is_library: false,
    }
}

fn text_of(table: &dyn TableLike, key: &str) -> Option<String> {
    Some(table.get(key)?.as_str()?.to_owned())
}
