//! One box of a picture: its text.

use super::{
    badges,
    text::{one_line, type_name},
};
use crate::{BoundDeployment, Choice, Execution, Node};

/// One box.
pub(super) struct Figure {
    /// Unique in the scene, made of ASCII letters, digits and `_`.
    pub(super) id: String,
    pub(super) kind: FigureKind,
    /// The first line.
    pub(super) heading: String,
    /// The second line, or an empty string.
    pub(super) subtitle: String,
    /// The notable options, each in a few words.
    pub(super) badges: Vec<String>,
    /// All of its text, for viewers that can show more than fits into a box.
    pub(super) details: String,
    /// The cluster that it is in: an index into the scene's.
    pub(super) within: Option<usize>,
}

/// The kind of a box, which sets its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FigureKind {
    /// A part of the request.
    Input,
    /// A call on the caller's task.
    InPlace,
    /// A call on a replica's own thread.
    Compute,
    /// A deployment that no node calls: other deployments call it through a handle.
    Deployment,
    /// A `match` or an `if`.
    Choice,
    /// The answer.
    Output,
}

/// How a deployment is called.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    /// The number of its nodes.
    pub(super) calls: usize,
    /// Whether other deployments call it as well.
    pub(super) by_handle: bool,
}

impl Figure {
    /// The box of a part of the request, or of an input of a bound graph; `value` is what it is always called with,
    /// or an empty string.
    pub(super) fn input(id: String, heading: &str, route: &str, value: &str) -> Self {
        let mut figure = Self::end(id, FigureKind::Input, heading, route);
        if !value.is_empty() {
            let value = format!("= {}", one_line(value));
            figure.subtitle = join([figure.subtitle.as_str(), &value]);
            figure.details = join([figure.heading.as_str(), &figure.subtitle]);
        }
        figure
    }

    pub(super) fn output(id: String, ty: &str, route: &str) -> Self {
        Self::end(id, FigureKind::Output, ty, route)
    }

    fn end(id: String, kind: FigureKind, heading: &str, route: &str) -> Self {
        let (mut heading, subtitle) = (one_line(heading), one_line(route));
        if heading.is_empty() {
            // The answer of an unknown method has no type.
            heading.push('_');
        }
        Figure {
            id,
            kind,
            details: join([heading.as_str(), &subtitle]),
            heading,
            subtitle,
            badges: Vec::new(),
            within: None,
        }
    }

    /// The box of a call.
    pub(super) fn call(
        id: String,
        node: &Node<'_>,
        deployment: Option<&BoundDeployment<'_>>,
        reach: Reach,
    ) -> Self {
        let (kind, place) = match node.method.execution {
            Execution::InPlace => (FigureKind::InPlace, "in place"),
            Execution::Compute => (FigureKind::Compute, "compute"),
        };
        let heading = one_line(node.name);
        let name = deployment.map_or_else(String::new, name_and_type);
        // A function deployment's name is the heading already.
        let is_function = deployment.is_some_and(|it| type_name(it.ty) == heading);
        let name = if is_function { "function" } else { &name };
        let mut figure = Figure {
            id,
            kind,
            subtitle: join([name, place]),
            badges: deployment.map_or_else(Vec::new, badges::badges),
            details: String::new(),
            heading,
            within: None,
        };
        let batch = node.method.batch.as_ref();
        figure.badges.extend(batch.map(badges::batch));
        if let (Some(deployment), true) = (deployment, reach.by_handle) {
            let others = badges::batches(deployment, Some(&node.method));
            figure.badges.extend(others);
        }
        figure.badges.extend(badges::shared(reach.calls));
        figure.details = details(&figure, deployment, place);
        figure
    }

    /// The box of a deployment that no node calls.
    pub(super) fn deployment(id: String, deployment: &BoundDeployment<'_>) -> Self {
        let mut figure = Figure {
            id,
            kind: FigureKind::Deployment,
            heading: one_line(deployment.variable),
            subtitle: name_and_type(deployment),
            badges: badges::badges(deployment),
            details: String::new(),
            within: None,
        };
        figure.badges.extend(badges::batches(deployment, None));
        figure.details = details(&figure, Some(deployment), "");
        figure
    }

    pub(super) fn choice(id: String, choice: &Choice<'_>) -> Self {
        let heading = one_line(choice.name);
        let arms: Vec<_> = choice.arms.iter().map(|arm| one_line(arm)).collect();
        Figure {
            id,
            kind: FigureKind::Choice,
            details: join([heading.as_str(), &arms.join(" | ")]),
            heading,
            subtitle: String::new(),
            badges: Vec::new(),
            within: None,
        }
    }
}

/// The deployment's type, and its name before it if that is not the variable, which the heading has.
fn name_and_type(deployment: &BoundDeployment<'_>) -> String {
    let (name, ty) = (one_line(deployment.name), one_line(deployment.ty));
    if deployment.name == deployment.variable {
        ty
    } else {
        format!("{name}: {ty}")
    }
}

fn details(figure: &Figure, deployment: Option<&BoundDeployment<'_>>, place: &str) -> String {
    let (name, ty) = deployment.map_or(("", ""), |it| (it.name, it.ty));
    let name = if deployment.is_some_and(|it| it.name == it.variable) {
        ""
    } else {
        name
    };
    let (name, ty) = (one_line(name), one_line(ty));
    let parts = [figure.heading.as_str(), &name, &ty, place];
    join(
        parts
            .into_iter()
            .chain(figure.badges.iter().map(String::as_str)),
    )
}

/// The parts that are not empty, with dots between them.
pub(super) fn join<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEPLOYMENT: BoundDeployment<'_> =
        BoundDeployment::new("fruit", "fruit", "models::Classifier<'static>");

    #[test]
    fn a_name_is_shown_if_it_is_not_the_variable() {
        assert_eq!(name_and_type(&DEPLOYMENT), "models::Classifier<'static>");
        let renamed = BoundDeployment {
            name: "resnet",
            ..DEPLOYMENT
        };
        assert_eq!(
            name_and_type(&renamed),
            "resnet: models::Classifier<'static>"
        );
    }
}
