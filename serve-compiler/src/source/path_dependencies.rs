//! Dependencies whose folder the manifest names.
//!
//! Their libraries are read only for definitions. Their graphs are drawn by their own build.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::cfg::Cfg;
use super::module::ModuleId;
use super::package::{self, Target};
use super::{PackageId, Sources};

/// The libraries that were read, by their folders; none while one is being read, or if it has none.
type Known = HashMap<PathBuf, Option<(String, ModuleId)>>;

impl Sources {
    /// Reads the libraries that the package in `folder` depends on, and their dependencies in turn.
    pub(super) fn read_path_dependencies(&mut self, folder: &Path) {
        // Errors in another package are not reported here.
        let problems = self.problems.len();
        let mut known = Known::new();
        known.extend(folder.canonicalize().ok().map(|folder| (folder, None)));
        self.name_path_dependencies(folder, PackageId::default(), &mut known);
        self.problems.truncate(problems);
    }

    fn name_path_dependencies(&mut self, folder: &Path, package: PackageId, known: &mut Known) {
        for neighbour in package::neighbours(folder) {
            if let Some((name, root)) = self.neighbour(&neighbour.folder, known) {
                let name = neighbour.renamed.unwrap_or(name);
                self.libraries.entry((package, name)).or_insert(root);
            }
        }
    }

    fn neighbour(&mut self, folder: &Path, known: &mut Known) -> Option<(String, ModuleId)> {
        let folder = folder.canonicalize().ok()?;
        if let Some(library) = known.get(&folder) {
            return library.clone();
        }
        known.insert(folder.clone(), None);
        let mut targets = package::targets(&folder).ok()?.into_iter();
        let Target { name, file, .. } = targets.find(|target| target.is_library)?;
        // It is not known which of its features are enabled.
        let root = self.walk(&Cfg::default(), |walk| walk.root(name.clone(), &file))?;
        let package = PackageId(self.others.len() + 1);
        self.others.insert(root, package);
        let library = (name, root);
        known.insert(folder.clone(), Some(library.clone()));
        self.name_path_dependencies(&folder, package, known);
        Some(library)
    }
}
