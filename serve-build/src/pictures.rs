//! The API for build scripts.

use std::path::{Path, PathBuf};
use std::{env, fmt, io};

use serve_compiler::source::{Bump, Cfg, Problem, Sources};
use serve_topology::render::Format;

use crate::{diagnostic, files, watch};

/// Returns the pictures of all graphs of the package that is built: in all formats, to `OUT_DIR`.
pub fn pictures() -> Pictures {
    Pictures {
        folder: None,
        formats: Format::ALL.to_vec(),
    }
}

/// Selects which pictures are written, and the folder. Made by [`pictures`].
#[derive(Debug, Clone)]
#[must_use = "nothing is written before `write` is called"]
pub struct Pictures {
    folder: Option<PathBuf>,
    formats: Vec<Format>,
}

impl Pictures {
    /// Writes to this folder, relative to the package's, instead of `OUT_DIR`. The folder is created if it does
    /// not exist; pictures of removed graphs stay in it.
    ///
    /// `cargo publish` refuses a build script that changes files outside of `OUT_DIR`: commit the pictures to
    /// the repository, so that the script changes nothing.
    pub fn to(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Writes only these formats.
    pub fn formats(mut self, formats: impl IntoIterator<Item = Format>) -> Self {
        self.formats = formats.into_iter().collect();
        self
    }

    /// Writes the pictures. If that fails, the build fails: the errors are printed in the format of rustc, and
    /// the script ends with exit code 1.
    ///
    /// A file is written only if its content changes. A source file that does not parse gets a warning and no
    /// pictures; rustc reports its errors.
    pub fn write(&self) {
        match self.try_write() {
            Ok(_) => {}
            Err(error) => {
                eprintln!("{error}");
                std::process::exit(1);
            }
        }
    }

    /// As [`write`](Self::write), for scripts that handle errors themselves. Returns the paths of all files,
    /// changed or not.
    ///
    /// # Errors
    ///
    /// If a graph has a mistake, if a file cannot be written, or if this is not called from a build
    /// script.
    pub fn try_write(&self) -> Result<Vec<PathBuf>, Error> {
        let package = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
        let folder = match &self.folder {
            Some(folder) => package.join(folder),
            None => PathBuf::from(variable("OUT_DIR")?),
        };
        let sources = Sources::of_package(&package, Cfg::of_build_script(env::vars()));
        watch::print(&package, &sources);
        for problem in sources.problems() {
            let place = diagnostic::short(problem, &package);
            println!("cargo::warning=no pictures of the graphs in {place}");
        }
        self.draw(&sources, &package, &folder)
    }

    fn draw(
        &self,
        sources: &Sources,
        package: &Path,
        folder: &Path,
    ) -> Result<Vec<PathBuf>, Error> {
        let (bump, mut written, mut wrong) = (Bump::new(), Vec::new(), Vec::new());
        let names = files::names(sources);
        for (graph, name) in sources.graphs().zip(names) {
            match graph.topology(&bump) {
                Ok(topology) => {
                    for &format in &self.formats {
                        let file = folder.join(format!("{name}.{}", format.extension()));
                        files::write(&file, &topology.render(format))
                            .map_err(|error| Error::Write(file.clone(), error))?;
                        written.push(file);
                    }
                }
                Err(problems) => wrong.extend(problems),
            }
        }
        match wrong.is_empty() {
            true => Ok(written),
            false => Err(Error::Graphs(Wrong {
                problems: wrong,
                package: package.to_owned(),
            })),
        }
    }
}

fn variable(name: &'static str) -> Result<std::ffi::OsString, Error> {
    env::var_os(name).ok_or(Error::NoBuildScript(name))
}

/// The reason why pictures could not be written.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// Graphs with mistakes.
    Graphs(Wrong),
    /// A file that cannot be written.
    Write(PathBuf, io::Error),
    /// An environment variable that cargo sets for build scripts is missing.
    NoBuildScript(&'static str),
}

/// The mistakes in graphs.
#[derive(Debug)]
pub struct Wrong {
    problems: Vec<Problem>,
    package: PathBuf,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Graphs(Wrong { problems, package }) => {
                let shown = problems.iter().map(|it| diagnostic::show(it, package));
                f.write_str(&shown.collect::<Vec<_>>().join("\n\n"))
            }
            Error::Write(file, error) => {
                write!(f, "error: cannot write `{}`: {error}", file.display())
            }
            Error::NoBuildScript(variable) => write!(
                f,
                "error: `{variable}` is not set\nhelp: call this from a build script, which cargo runs"
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Write(_, error) => Some(error),
            Error::Graphs(_) | Error::NoBuildScript(_) => None,
        }
    }
}
