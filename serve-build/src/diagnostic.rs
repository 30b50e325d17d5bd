//! Errors in the format of rustc.

use std::path::Path;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serve_compiler::source::Problem;

/// The error with the line that it points at.
pub(crate) fn show(problem: &Problem, package: &Path) -> String {
    let Some(place) = &problem.place else {
        return format!("error: {}", short(problem, package));
    };
    let path = path(problem, package);
    let guilty = AnnotationKind::Primary.span(place.bytes.clone());
    let snippet = Snippet::source(&place.text).path(path).annotation(guilty);
    let report = Level::ERROR
        .primary_title(&problem.message)
        .element(snippet);
    Renderer::plain().render(&[report])
}

/// The error on one line.
pub(crate) fn short(problem: &Problem, package: &Path) -> String {
    let problem = Problem {
        file: path(problem, package).into(),
        ..problem.clone()
    };
    problem.to_string().replace('\n', "; ")
}

/// The path as rustc shows it: relative to the folder with the lock file.
fn path(problem: &Problem, package: &Path) -> String {
    let mut outward = package.ancestors();
    let workspace = outward.find(|folder| folder.join("Cargo.lock").is_file());
    let inside = problem.file.strip_prefix(workspace.unwrap_or(package));
    inside.unwrap_or(&problem.file).display().to_string()
}
