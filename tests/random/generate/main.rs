//! The build script of the property test: writes random graphs, and the same programs as plain Rust.
//!
//! `RANDOM_GRAPHS=1000..1040 cargo test -p serve-tests --test random` tries others than the default ones.

mod code;
mod control;
mod expr;
mod functions;
mod inner;
mod program;
mod random;
mod scope;

use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

/// The graphs that are tried by default.
const USUAL: Range<u64> = 0..32;

fn main() {
    println!("cargo::rerun-if-changed=random/generate");
    println!("cargo::rerun-if-env-changed=RANDOM_GRAPHS");
    // The macros read it: all tests of this package are compiled again.
    println!("cargo::rerun-if-env-changed=SERVE_MACROS_UNDIVIDED");
    let seeds = std::env::var("RANDOM_GRAPHS").map_or(USUAL, |text| range(&text));
    let mut source = String::new();
    let mut bindable = Vec::new();
    for seed in seeds {
        let program = program::generate(seed, &bindable);
        write!(source, "{}", program.source).expect("a string takes all");
        bindable.push(program.bindable);
    }
    let out = std::env::var("OUT_DIR").expect("cargo says where to write");
    std::fs::write(Path::new(&out).join("random.rs"), source).expect("the programs can be written");
}

fn range(text: &str) -> Range<u64> {
    let numbers = text.split_once("..");
    let parsed = numbers.and_then(|(first, end)| Some(first.parse().ok()?..end.parse().ok()?));
    parsed.unwrap_or_else(|| panic!("RANDOM_GRAPHS is a range such as `100..132`, not `{text}`"))
}
