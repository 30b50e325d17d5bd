//! Compiles the programs with cargo, in a package of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A package below `target`, which has one program after the other.
pub struct Package(PathBuf);

impl Package {
    /// Makes the package, and compiles all dependencies of its programs.
    pub fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let package = Package(Path::new(env!("CARGO_TARGET_TMPDIR")).join("scale"));
        fs::create_dir_all(package.0.join("src")).unwrap();
        let manifest = include_str!("package.toml").replace("{root}", root.to_str().unwrap());
        fs::write(package.0.join("Cargo.toml"), manifest).unwrap();
        fs::write(package.0.join("src/common.rs"), include_str!("common.rs")).unwrap();
        // The versions of the workspace, so that nothing is downloaded.
        fs::copy(root.join("Cargo.lock"), package.0.join("Cargo.lock")).unwrap();
        package
    }

    /// Seconds of processor time that `cargo check` takes for a program, without its dependencies.
    pub fn check(&self, program: &str) -> f64 {
        self.cargo(program, &["check", "--quiet", "--offline"])
    }

    /// Seconds of processor time that `cargo build --release` takes.
    pub fn build(&self, program: &str) -> f64 {
        self.cargo(program, &["build", "--release", "--quiet", "--offline"])
    }

    /// The output of the program that was built last.
    pub fn run(&self) -> Vec<f64> {
        let output = Command::new(self.0.join("target/release/scale"))
            .output()
            .unwrap();
        assert!(output.status.success(), "a generated program failed");
        let output = String::from_utf8(output.stdout).unwrap();
        output.lines().map(|line| line.parse().unwrap()).collect()
    }

    fn cargo(&self, program: &str, arguments: &[&str]) -> f64 {
        fs::write(self.0.join("src/main.rs"), program).unwrap();
        let before = children();
        let status = Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", self.0.join("target"))
            .env("CARGO_INCREMENTAL", "0") // the whole program, whatever was compiled before
            .status()
            .unwrap();
        assert!(status.success(), "a generated program does not compile");
        children() - before
    }
}

/// Seconds of processor time of all processes so far that this one has waited for: on a busy machine it
/// is more precise than the clock.
fn children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("this benchmark needs Linux");
    // The fields after the name, which may have blanks; see proc(5).
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split_whitespace().skip(13).take(2);
    ticks
        .map(|ticks| ticks.parse::<f64>().unwrap())
        .sum::<f64>()
        / 100.0
}
