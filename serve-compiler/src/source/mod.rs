//! The source of a crate, read before rustc has seen it.
//!
//! The tokens of a graph tell what it calls, but not what that is: whether a method waits or
//! computes, what it returns, how many replicas there are. Whoever draws a graph before the crate is
//! compiled - a build script, or the page of the graph's documentation - reads that off the
//! definitions, which are looked up as rustc would:
//!
//! ```text
//! Cargo.toml -> roots -> modules -> the path in the graph -> its definition -> facts
//! ```
//!
//! Out of reach are other crates, and what macros make.

mod cfg;
mod facts;
mod graphs;
mod module;
mod options;
mod package;
mod path;
mod problem;
mod resolve;
#[cfg(test)]
mod tests;
mod topology;
mod walk;

use std::path::{Path, PathBuf};

use module::{Module, ModuleId};
use walk::Walk;

pub use bumpalo::Bump;
pub use cfg::Cfg;
pub use graphs::GraphSource;
pub use problem::{Place, Problem};

/// The modules of a package's crates, and what went wrong in reading them.
pub struct Sources {
    cfg: Cfg,
    modules: Vec<Module>,
    files: Vec<File>,
    problems: Vec<Problem>,
    /// The library's name and root, which the binaries beside it can name.
    library: Option<(String, ModuleId)>,
}

/// A file that was read.
struct File {
    path: PathBuf,
    text: String,
}

impl Sources {
    /// Reads the library and the binaries of the package whose `Cargo.toml` is in `folder`.
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

    /// Reads items that stand for themselves.
    pub fn of_text(text: &str, cfg: Cfg) -> Self {
        let mut sources = Sources::empty(cfg);
        let file = File {
            path: PathBuf::new(),
            text: text.to_owned(),
        };
        sources.walk(|walk| walk.text(String::new(), None, file, PathBuf::new()));
        sources
    }

    /// What a file may belong to, the most likely first: the package's library and binaries, then
    /// with one more of its examples, tests and benches each, if they are in a folder with the file.
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

    fn empty(cfg: Cfg) -> Self {
        Sources {
            cfg,
            modules: Vec::new(),
            files: Vec::new(),
            problems: Vec::new(),
            library: None,
        }
    }

    fn add(&mut self, target: package::Target) {
        let root = self.walk(|walk| walk.root(target.name.clone(), &target.file));
        if let Some(root) = root
            && target.is_library
        {
            self.library = Some((target.name, root));
        }
    }

    fn walk<T>(&mut self, read: impl FnOnce(&mut Walk<'_>) -> T) -> T {
        let cfg = self.cfg.clone();
        read(&mut Walk {
            cfg: &cfg,
            sources: self,
            open: Vec::new(),
        })
    }

    /// The files that were read.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.path.as_path())
    }

    /// What could not be read.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The root of the package's library, if that is its name.
    fn library(&self, name: &str) -> Option<ModuleId> {
        let (library, root) = self.library.as_ref()?;
        (library == name).then_some(*root)
    }
}
