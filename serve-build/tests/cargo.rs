//! A test with real packages: cargo runs their build scripts.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::UNIX_EPOCH;

/// A package with a graph in its binary. Only its library is built: that runs the build script, and the
/// test need not build the runtime.
struct Package(PathBuf);

const MODEL: &str = "
use serve_runtime::prelude::*;

#[deployment(num_replicas = 2)]
pub struct Model;

#[deployment]
impl Model {
    fn new() -> Self { Model }
    fn look(&self, photo: String) -> Vec<String> { vec![photo] }
}
";

const GRAPH: &str = "
mod model;

#[graph]
fn names() -> Vec<String> {
    let model = model::Model::bind();

    input(|photo: String| model.look(photo))
}

fn main() {}
";

impl Package {
    fn new() -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let package = Package(Path::new(env!("CARGO_TARGET_TMPDIR")).join("package"));
        let _ = fs::remove_dir_all(&package.0);
        let manifest = format!(
            "[package]\nname = \"shop\"\nedition = \"2024\"\n\
             [build-dependencies]\nserve-build = {{ path = {here:?} }}\n[workspace]\n"
        );
        package.write("Cargo.toml", &manifest);
        // The same versions, so that nothing has to be downloaded.
        let lock = fs::read_to_string(here.join("../Cargo.lock")).unwrap();
        package.write("Cargo.lock", &lock);
        let script = "fn main() { serve_build::pictures().to(\"pictures\").write(); }";
        package.write("build.rs", script);
        package.write("src/lib.rs", "");
        package.write("src/main.rs", GRAPH);
        package.write("src/model.rs", MODEL);
        package
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn picture(&self) -> String {
        fs::read_to_string(self.0.join("pictures/names.mmd")).unwrap()
    }

    /// Whether the build succeeded, and the output of cargo.
    fn build(&self) -> (bool, String) {
        let cargo = Command::new(env!("CARGO"))
            .args(["build", "--lib", "--offline", "--color=never"])
            .current_dir(&self.0)
            // Beside the package and kept, so that the script's dependencies are compiled once.
            .env("CARGO_TARGET_DIR", self.0.with_file_name("target"))
            .output()
            .unwrap();
        let said = String::from_utf8(cargo.stderr).unwrap();
        (cargo.status.success(), said)
    }
}

#[test]
fn pictures_follow_the_source_and_a_wrong_graph_fails_the_build() {
    let package = Package::new();

    let (built, said) = package.build();
    assert!(built, "{said}");
    assert!(package.picture().contains("2 replicas"));
    let formats = ["svg", "mmd", "dot", "json"];
    let files = formats.map(|it| package.0.join(format!("pictures/names.{it}")));
    assert!(files.iter().all(|file| file.is_file()));

    // Changes a file without the graph, and adds a binary.
    package.write("src/model.rs", &MODEL.replace("= 2", "= 7"));
    package.write(
        "src/bin/other.rs",
        "#[graph] fn other() -> u8 { input(|n: u8| n) }",
    );
    let (built, said) = package.build();
    assert!(built, "{said}");
    assert!(package.picture().contains("7 replicas"));
    assert!(package.0.join("pictures/other.svg").is_file());

    package.write("src/main.rs", &GRAPH.replace("look(photo)", "look(phoot)"));
    package.write(
        "src/bin/other.rs",
        "#[graph] fn other() -> u8 { input(|n: u8| n.await) }",
    );
    let (built, said) = package.build();
    assert!(!built, "{said}");
    for shown in [
        "  error: cannot find `phoot` in this graph\n         help: did you mean `photo`?",
        "   --> src/main.rs:8:38\n",
        "  8 |     input(|photo: String| model.look(phoot))\n    |                                      ^^^^^",
        "   --> src/bin/other.rs:1:45\n",
    ] {
        assert!(said.contains(shown), "{shown}\n---\n{said}");
    }
    assert!(
        package.picture().contains("7 replicas"),
        "it is left as it was"
    );

    package.write("src/main.rs", GRAPH);
    package.write("src/bin/other.rs", "fn main() { 1 + }");
    let kept = fs::File::options().append(true).open(&files[0]).unwrap();
    kept.set_modified(UNIX_EPOCH).unwrap();
    let (built, said) = package.build();
    assert!(built, "{said}");
    let warning = "no pictures of the graphs in src/bin/other.rs:1:17: unexpected end of input";
    assert!(said.contains(warning), "{said}");
    let modified = fs::metadata(&files[0]).unwrap().modified().unwrap();
    assert_eq!(modified, UNIX_EPOCH, "what stays the same is not written");
}
