//! The meaning of the paths in a graph.

use super::{GRAPH, deployment, means, read};

#[test]
fn paths_are_followed_as_they_are_written() {
    let root = format!(
        "mod models; mod prelude {{ pub use crate::models::deep::Deep; pub use super::models::*; }}
         mod serving;
         {}",
        deployment("Local", "local")
    );
    let models = format!(
        "pub mod deep; pub use self::deep as shallow; pub use deep::{{helper, Deep as Renamed}};
         pub type Big = Classifier<u32>; {}",
        deployment("Classifier", "classify").replace("Classifier", "Classifier<M>")
    )
    .replace("struct Classifier<M>", "struct Classifier<M>(M)");
    let deep = format!(
        "#[deployment] pub fn helper() -> u32 {{ 1 }} {}",
        deployment("Deep", "dive")
    );
    let serving = format!(
        "use crate::prelude::*; use super::{{models::{{self, deep::helper as aid}}, Local}};
         use elsewhere::Other; struct Big; {GRAPH}"
    );
    let (_folder, sources) = read(&[
        ("src/lib.rs", &root),
        ("src/models.rs", &models),
        ("src/models/deep.rs", &deep),
        ("src/serving.rs", &serving),
    ]);
    assert!(sources.problems().is_empty(), "{:?}", sources.problems());
    for (path, wanted) in [
        ("Local", "local"),
        ("crate::Local", "local"),
        ("super::Local", "local"),
        ("self::Local", "local"),
        ("models::Classifier::<u32>", "classify"),
        ("models::Big", "classify"),
        ("Classifier", "classify"),
        ("Deep", "dive"),
        ("Renamed", "dive"),
        ("models::shallow::Deep", "dive"),
        ("crate::models::deep::Deep", "dive"),
        ("crate::models::deep::super::Classifier", "classify"),
        ("helper", "call"),
        ("aid", "call"),
    ] {
        assert_eq!(
            means(&sources, "shop", path).as_deref(),
            Some(wanted),
            "{path}"
        );
    }
    for path in [
        "Big", // the module's own, which hides the one that the glob imports
        "Other",
        "elsewhere::Local",
        "::models::Deep",
        "crate::Deep",
        "models::nowhere::Deep",
        "super::super::Local",
        "input",
    ] {
        assert_eq!(means(&sources, "shop", path), None, "{path}");
    }
}

#[test]
fn re_exports_in_a_cycle_end() {
    let root = format!(
        "mod a {{ pub use super::b::*; }} mod b {{ pub use super::a::*; pub use super::b::Me; }} use a::*; {GRAPH}"
    );
    let (_folder, sources) = read(&[("src/lib.rs", &root)]);
    for path in ["X", "Me", "a::X", "a::b::X"] {
        assert_eq!(means(&sources, "shop", path), None, "{path}");
    }
}

#[test]
fn a_binary_names_the_library_beside_it() {
    let (_folder, sources) = read(&[
        (
            "src/lib.rs",
            &format!("pub mod models {{ {} }}", deployment("Model", "look")),
        ),
        (
            "src/main.rs",
            &format!("use my_shop::models::Model; {GRAPH}"),
        ),
    ]);
    for path in [
        "Model",
        "my_shop::models::Model",
        "::my_shop::models::Model",
    ] {
        assert_eq!(
            means(&sources, "shop", path).as_deref(),
            Some("look"),
            "{path}"
        );
    }
    assert_eq!(means(&sources, "shop", "crate::models::Model"), None);
}

#[test]
fn a_graph_is_found_by_its_name_and_by_its_type() {
    let root = format!(
        "mod ocr {{ #[graph] pub fn read_text() -> u32 {{ input(|x: u32| x) }} }} use ocr::read_text; {GRAPH}"
    );
    let (_folder, sources) = read(&[("src/lib.rs", &root)]);
    for path in ["read_text", "ocr::read_text", "ocr::ReadTextGraph"] {
        let meant = means(&sources, "shop", path);
        assert_eq!(meant.as_deref(), Some("graph read_text"), "{path}");
    }
}
