//! A Graphviz digraph.

use super::{
    figure::{Figure, FigureKind},
    scene::{Link, LinkKind, Scene},
    text::xml,
};

/// Writes the digraph.
pub(super) fn write(scene: &Scene, name: &str) -> String {
    let mut out = format!("digraph {} {{\n", quoted(name));
    out.push_str("    graph [rankdir=TB, ranksep=0.4, nodesep=0.35]\n");
    out.push_str("    node [fontname=\"Helvetica\", fontsize=12, margin=\"0.15,0.08\"]\n");
    out.push_str("    edge [fontname=\"Helvetica\", fontsize=10, arrowsize=0.7]\n");
    for figure in &scene.figures {
        out.push_str(&format!("    {}\n", node(figure)));
    }
    for link in &scene.links {
        out.push_str(&format!("    {}\n", edge(scene, link)));
    }
    out.push_str("}\n");
    out
}

fn node(figure: &Figure) -> String {
    let mut label = format!("<b>{}</b>", xml(&figure.heading));
    if !figure.subtitle.is_empty() {
        label.push_str(&small(&xml(&figure.subtitle)));
    }
    if !figure.badges.is_empty() {
        label.push_str(&small(&xml(&figure.badges.join(" · "))));
    }
    let id = &figure.id;
    let shape = shape(figure.kind);
    let tooltip = quoted(&figure.details);
    format!("{id} [label=<{label}>, {shape}, tooltip={tooltip}]")
}

fn small(line: &str) -> String {
    format!("<br/><font point-size=\"10\">{line}</font>")
}

fn shape(kind: FigureKind) -> &'static str {
    match kind {
        FigureKind::Input => "shape=oval, margin=\"0,0\"",
        FigureKind::InPlace => "shape=box, style=rounded",
        FigureKind::Compute => "shape=box, peripheries=2",
        FigureKind::Deployment => "shape=box, style=dashed",
        FigureKind::Output => "shape=hexagon, margin=\"0,0\"",
    }
}

fn edge(scene: &Scene, link: &Link) -> String {
    let (from, to) = (&scene.figures[link.from].id, &scene.figures[link.to].id);
    match &link.kind {
        LinkKind::Handle => format!("{from} -> {to} [style=dashed]"),
        LinkKind::Start => format!("{from} -> {to}"),
        LinkKind::Value { ty, label } => {
            let mut lines = Vec::new();
            if !ty.is_empty() {
                lines.push(xml(ty));
            }
            if !label.is_empty() {
                lines.push(format!("<i>{}</i>", xml(label)));
            }
            match lines.join("<br/>") {
                text if text.is_empty() => format!("{from} -> {to}"),
                text => format!("{from} -> {to} [label=<{text}>]"),
            }
        }
    }
}

/// A quoted string, in which only quotes need an escape; `\\` keeps a backslash in a tooltip.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_end_only_at_their_end() {
        assert_eq!(quoted(r#"a"b\"#), r#""a\"b\\""#);
    }
}
