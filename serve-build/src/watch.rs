//! The conditions under which cargo runs the script again.

use std::path::Path;

use serve_compiler::source::Sources;

/// Tells cargo which files the pictures depend on.
pub(crate) fn print(package: &Path, sources: &Sources) {
    // The whole folder, since a new file in it can be a new module or a new binary.
    let src = package.join("src");
    let outside = sources.files().filter(|file| !file.starts_with(&src));
    for file in outside {
        changed(file);
    }
    if src.is_dir() {
        changed(&src);
    }
    changed(&package.join("Cargo.toml"));
}

fn changed(path: &Path) {
    println!("cargo::rerun-if-changed={}", path.display());
}
