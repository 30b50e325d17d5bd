//! Packages beside the one that is read.

use super::super::{Cfg, Sources};
use super::{deployment, files, means, package};

const MANIFEST: &str = "[package]
name = \"shop\"
[dependencies]
tokio = \"1\"
my-models = { path = \"models\" }
looks = { package = \"my-models\", path = \"models\" }
nothing = { path = \"nowhere\" }
wrong = { path = \"wrong\" }
serve-runtime = { path = \"runtime\" }
[dependencies.base]
workspace = true
[workspace.dependencies]
base = { path = \"base\" }";

const ROOT: &str = "use base::prelude::*; use looks::Model as Renamed;
    #[graph] fn shop() -> u32 { input(|x: u32| x) }";

#[test]
fn path_dependencies_are_looked_up_and_not_drawn() {
    let base = format!(
        "pub mod prelude {{ pub use crate::Base; }} #[graph] fn theirs() {{}} {}",
        deployment("Base", "stand")
    );
    let models = format!(
        "pub use base::Base as Below; pub mod sub {{ pub use super::*; }} {}",
        deployment("Model", "look")
    );
    let folder = package(&[
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", ROOT),
        (
            "models/Cargo.toml",
            "[package]\nname = \"my-models\"\n[dependencies]\nbase.path = \"../base\"",
        ),
        ("models/src/lib.rs", &models),
        (
            "base/Cargo.toml",
            "[package]\nname = \"base\"\n[dev-dependencies]\nshop.path = \"..\"\nmy-models.path = \"../models\"",
        ),
        ("base/src/lib.rs", &base),
        ("wrong/Cargo.toml", "[package]\nname = \"wrong\""),
        ("wrong/src/lib.rs", "fn"),
        ("runtime/Cargo.toml", "[package]\nname = \"serve-runtime\""),
        ("runtime/src/lib.rs", ""),
    ]);
    let sources = Sources::of_package(folder.path(), Cfg::default());
    assert!(sources.problems().is_empty(), "{:?}", sources.problems());
    let names: Vec<_> = sources.graphs().map(|graph| graph.name()).collect();
    assert_eq!(names, ["shop"]);
    for (path, wanted) in [
        ("my_models::Model", "look"),
        ("looks::sub::Model", "look"),
        ("Renamed", "look"),
        ("::my_models::Below", "stand"),
        ("Base", "stand"),
    ] {
        assert_eq!(
            means(&sources, "shop", path).as_deref(),
            Some(wanted),
            "{path}"
        );
    }
    for unknown in [
        "shop::Model",
        "tokio::Model",
        "wrong::Model",
        "nothing::Model",
    ] {
        assert_eq!(means(&sources, "shop", unknown), None, "{unknown}");
    }
    assert!(
        !files(&folder, &sources)
            .iter()
            .any(|file| file.contains("runtime"))
    );
}
