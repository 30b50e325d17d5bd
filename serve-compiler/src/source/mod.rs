//! The source of a crate, read before rustc runs.
//!
//! The tokens of a graph name its calls, but not their properties: whether a method waits or computes, what it
//! returns, how many replicas there are. Code that draws a graph before the crate is compiled - a build script,
//! or the page of the graph's documentation - reads them from the definitions, and looks those up as rustc
//! would:
//!
//! ```text
//! Cargo.toml -> roots -> modules -> the path in the graph -> its definition -> facts
//! ```
//!
//! Crates from a registry and items that macros make cannot be read.

mod autoscaling;
pub(crate) mod callee;
mod cfg;
pub(crate) mod enclosing;
mod facts;
mod graphs;
mod module;
pub(crate) mod named;
mod options;
mod package;
mod path;
mod path_dependencies;
mod problem;
mod resolve;
pub(crate) mod served;
mod sketch;
#[cfg(test)]
mod tests;
mod topology;
pub(crate) mod twice;
mod walk;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use module::{Module, ModuleId};
use walk::Walk;

pub use bumpalo::Bump;
pub use cfg::Cfg;
pub use graphs::GraphSource;
pub use problem::{Place, Problem};

/// The modules of a package's crates, and the errors of reading them.
pub struct Sources {
    cfg: Cfg,
    modules: Vec<Module>,
    files: Vec<File>,
    problems: Vec<Problem>,
    /// The roots of the libraries that a package's crates can name: its own, and those of its dependencies.
    libraries: HashMap<(PackageId, String), ModuleId>,
    /// The roots of other packages' libraries.
    others: HashMap<ModuleId, PackageId>,
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sources")
            .field("files", &self.files().collect::<Vec<_>>())
            .field("problems", &self.problems)
            .finish_non_exhaustive()
    }
}

/// A package; the default one is the one that is read for its graphs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct PackageId(usize);

/// A file that was read.
struct File {
    path: PathBuf,
    text: String,
}

impl Sources {
    /// Reads the library and the binaries of the package whose `Cargo.toml` is in `folder`, and for the
    /// definitions that they call, the libraries of its `path` dependencies.
    ///
    /// Files that cannot be read or parsed are among the [`problems`](Self::problems).
    pub fn of_package(folder: &Path, cfg: Cfg) -> Self {
        let mut sources = Sources::empty(cfg);
        match package::targets(folder) {
            Err(problem) => sources.problems.push(problem),
            Ok(targets) => {
                for target in targets {
                    sources.add(target);
                }
                sources.read_path_dependencies(folder);
            }
        }
        sources
    }

    /// Reads one crate from its root file on, such as `tests/graphs.rs`.
    pub fn of_crate(root: &Path, cfg: Cfg) -> Self {
        let mut sources = Sources::empty(cfg);
        let name = root.file_stem().unwrap_or_default().to_string_lossy();
        sources.add(package::Target {
            name: name.into_owned(),
            file: root.to_owned(),
            is_library: false,
        });
        sources
    }

    /// Reads items that belong to no file.
    pub fn of_text(text: &str, cfg: Cfg) -> Self {
        let mut sources = Sources::empty(cfg);
        let file = File {
            path: PathBuf::new(),
            text: text.to_owned(),
        };
        let cfg = sources.cfg.clone();
        sources.walk(&cfg, |walk| {
            walk.text(String::new(), None, file, PathBuf::new())
        });
        sources
    }

    /// The crates that a file may belong to, the most likely first: the package's library and binaries, then
    /// the same with one of its examples, tests or benches, if it is in a folder with the file.
    pub fn around(file: &Path, folder: &Path) -> impl Iterator<Item = Self> {
        let package = || Sources::of_package(folder, Cfg::default());
        let others = package::other_targets(folder).into_iter();
        let others = others.filter(|target| {
            let root = target.file.canonicalize().unwrap_or_default();
            root.parent().is_some_and(|root| file.starts_with(root))
        });
        let with = move |target| {
            let mut sources = package();
            sources.add(target);
            sources
        };
        std::iter::once_with(package).chain(others.map(with))
    }

    /// Adds a graph that is not in a file but belongs to the file's module.
    pub fn adopt(&mut self, file: &Path, graph: &str) -> Option<GraphSource<'_>> {
        let is_file = |module: &Module| {
            let canonical = self.files[module.file].path.canonicalize();
            canonical.is_ok_and(|canonical| canonical == file)
        };
        let module = self.modules.iter().position(is_file)?;
        let item = syn::parse_str(graph).ok()?;
        self.modules[module].add(item, &self.cfg);
        self.last_graph_of(module)
    }

    fn empty(cfg: Cfg) -> Self {
        Sources {
            cfg,
            modules: Vec::new(),
            files: Vec::new(),
            problems: Vec::new(),
            libraries: HashMap::new(),
            others: HashMap::new(),
        }
    }

    fn add(&mut self, target: package::Target) {
        let cfg = self.cfg.clone();
        let root = self.walk(&cfg, |walk| walk.root(target.name.clone(), &target.file));
        if let Some(root) = root
            && target.is_library
        {
            let package = PackageId::default();
            self.libraries.insert((package, target.name), root);
        }
    }

    fn walk<T>(&mut self, cfg: &Cfg, read: impl FnOnce(&mut Walk<'_>) -> T) -> T {
        read(&mut Walk {
            cfg,
            sources: self,
            open: Vec::new(),
        })
    }

    /// The files that were read.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.path.as_path())
    }

    /// The files that could not be read.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The root of the library that has that name in a module.
    fn library(&self, from: ModuleId, name: &str) -> Option<ModuleId> {
        let package = self.package_of(from);
        self.libraries.get(&(package, name.to_owned())).copied()
    }

    fn package_of(&self, module: ModuleId) -> PackageId {
        let root = self.modules[module].root;
        self.others.get(&root).copied().unwrap_or_default()
    }
}
