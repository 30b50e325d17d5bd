//! One box of a picture: what it says.

use super::text::{one_line, type_name};
use crate::{BoundDeployment, Execution, Node, Options};

/// One box.
pub(super) struct Figure {
    /// Unique in the scene, made of ASCII letters, digits and `_`.
    pub(super) id: String,
    pub(super) kind: FigureKind,
    /// The first line.
    pub(super) heading: String,
    /// The second line, or an empty string.
    pub(super) subtitle: String,
    /// The options that are worth a look, each in a few words.
    pub(super) badges: Vec<String>,
    /// Everything about it, for readers that want more than fits into a box.
    pub(super) details: String,
}

/// What a box stands for, hence its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FigureKind {
    /// A part of the request.
    Input,
    /// A call on the caller's task.
    InPlace,
    /// A call on a replica's own thread.
    Compute,
    /// A deployment that no node calls: it is reached through a handle.
    Deployment,
    /// The answer.
    Output,
}

impl Figure {
    pub(super) fn input(id: String, heading: &str, route: &str) -> Self {
        Self::end(id, FigureKind::Input, heading, route)
    }

    pub(super) fn output(entry: usize, ty: &str, route: &str) -> Self {
        Self::end(format!("output_{entry}"), FigureKind::Output, ty, route)
    }

    fn end(id: String, kind: FigureKind, heading: &str, route: &str) -> Self {
        let (mut heading, subtitle) = (one_line(heading), one_line(route));
        if heading.is_empty() {
            // The answer of a method that is not there has no type.
            heading.push('_');
        }
        Figure {
            id,
            kind,
            details: join([heading.as_str(), &subtitle]),
            heading,
            subtitle,
            badges: Vec::new(),
        }
    }

    pub(super) fn call(
        index: usize,
        node: &Node<'_>,
        deployment: Option<&BoundDeployment<'_>>,
    ) -> Self {
        let (kind, place) = match node.method.execution {
            Execution::InPlace => (FigureKind::InPlace, "in place"),
            Execution::Compute => (FigureKind::Compute, "compute"),
        };
        let heading = one_line(node.name);
        let name = deployment.map_or_else(String::new, display_name);
        // A function deployment's name is the heading already.
        let name = if name == heading { "function" } else { &name };
        let mut figure = Figure {
            id: format!("node_{index}"),
            kind,
            subtitle: join([name, place]),
            badges: deployment.map_or_else(Vec::new, badges),
            details: String::new(),
            heading,
        };
        figure.details = details(&figure, deployment, place);
        figure
    }

    /// The box of a deployment that no node calls.
    pub(super) fn deployment(index: usize, deployment: &BoundDeployment<'_>) -> Self {
        let mut figure = Figure {
            id: format!("deployment_{index}"),
            kind: FigureKind::Deployment,
            heading: one_line(deployment.variable),
            subtitle: display_name(deployment),
            badges: badges(deployment),
            details: String::new(),
        };
        figure.details = details(&figure, Some(deployment), "");
        figure
    }
}

/// The deployment's name, by which configuration and metrics know it, and its type if the name
/// does not say it.
fn display_name(deployment: &BoundDeployment<'_>) -> String {
    let (name, ty) = (one_line(deployment.name), one_line(deployment.ty));
    match name.strip_prefix(type_name(&ty)) {
        Some(rest) if rest.is_empty() || rest.starts_with('_') => name,
        _ => format!("{name}: {ty}"),
    }
}

/// The options that differ from the defaults. What is only set when the graph is built has no
/// value to show yet.
fn badges(deployment: &BoundDeployment<'_>) -> Vec<String> {
    let Options {
        name: _,
        num_replicas,
        max_ongoing_requests,
        max_queued_requests,
        num_cpus,
        num_gpus,
        budget_ms,
    } = deployment.options;
    let default = Options::DEFAULT;
    let shown = [
        (num_replicas != default.num_replicas)
            .then(|| ("num_replicas", counted(num_replicas.into(), "replica"))),
        num_cpus.map(|n| ("num_cpus", counted(n, "cpu"))),
        num_gpus.map(|n| ("num_gpus", counted(n, "gpu"))),
        max_ongoing_requests.map(|n| ("max_ongoing_requests", format!("max {n} ongoing"))),
        (max_queued_requests != default.max_queued_requests).then(|| {
            (
                "max_queued_requests",
                format!("max {max_queued_requests} queued"),
            )
        }),
        budget_ms.map(|n| ("budget_ms", format!("{n} ms"))),
    ];
    let at_build = deployment.set_at_build;
    let known = shown.into_iter().flatten();
    let known = known.filter(|(option, _)| !at_build.contains(option));
    let late = at_build
        .iter()
        .map(|option| format!("{} at build", one_line(option)));
    known.map(|(_, badge)| badge).chain(late).collect()
}

fn counted(count: f64, what: &str) -> String {
    let plural = if count > 1.0 || count == 0.0 { "s" } else { "" };
    format!("{count} {what}{plural}")
}

fn details(figure: &Figure, deployment: Option<&BoundDeployment<'_>>, place: &str) -> String {
    let (name, ty) = deployment.map_or(("", ""), |it| (it.name, it.ty));
    let name = if name == ty { "" } else { name };
    let (name, ty) = (one_line(name), one_line(ty));
    let parts = [figure.heading.as_str(), &name, &ty, place];
    join(
        parts
            .into_iter()
            .chain(figure.badges.iter().map(String::as_str)),
    )
}

/// The parts that say something, with dots between them.
fn join<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEPLOYMENT: BoundDeployment<'_> = BoundDeployment {
        name: "Classifier_1",
        variable: "fruit",
        ty: "models::Classifier<'static>",
        options: Options::DEFAULT,
        set_at_build: &[],
        graph: None,
    };

    #[test]
    fn the_type_is_shown_if_the_name_hides_it() {
        assert_eq!(display_name(&DEPLOYMENT), "Classifier_1");
        let renamed = BoundDeployment {
            name: "fruit",
            ..DEPLOYMENT
        };
        assert_eq!(display_name(&renamed), "fruit: models::Classifier<'static>");
    }

    #[test]
    fn badges_show_what_is_set() {
        assert_eq!(badges(&DEPLOYMENT), [""; 0]);
        let options = Options {
            num_replicas: 2,
            num_cpus: Some(1.0),
            num_gpus: Some(0.5),
            max_ongoing_requests: Some(64),
            max_queued_requests: 7,
            ..Options::DEFAULT
        };
        let set = BoundDeployment {
            options,
            ..DEPLOYMENT
        };
        let expected = [
            "2 replicas",
            "1 cpu",
            "0.5 gpu",
            "max 64 ongoing",
            "max 7 queued",
        ];
        assert_eq!(badges(&set), expected);
    }

    #[test]
    fn a_value_of_the_build_replaces_the_default() {
        let options = Options {
            num_cpus: Some(1.0),
            ..Options::DEFAULT
        };
        let set_at_build = &["num_replicas", "num_cpus"];
        let late = BoundDeployment {
            options,
            set_at_build,
            ..DEPLOYMENT
        };
        assert_eq!(
            badges(&late),
            ["num_replicas at build", "num_cpus at build"]
        );
    }
}
