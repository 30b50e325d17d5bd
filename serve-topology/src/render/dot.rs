//! A Graphviz digraph.

use super::{
    cluster::{Cluster, ClusterKind},
    figure::{Figure, FigureKind},
    scene::{End, Link, LinkKind, Scene},
    text::xml,
};

/// Writes the digraph.
pub(super) fn write(scene: &Scene, name: &str) -> String {
    let mut out = format!("digraph {} {{\n", quoted(name));
    out.push_str("    graph [rankdir=TB, ranksep=0.4, nodesep=0.35]\n");
    out.push_str("    node [fontname=\"Helvetica\", fontsize=12, margin=\"0.15,0.08\"]\n");
    out.push_str("    edge [fontname=\"Helvetica\", fontsize=10, arrowsize=0.7]\n");
    if !scene.limits.is_empty() {
        let label = quoted(&scene.limits);
        out.push_str(&format!(
            "    graph [label={label}, fontname=\"Helvetica\", fontsize=10]\n"
        ));
    }
    if scene
        .links
        .iter()
        .any(|it| is_cut(it.from) || is_cut(it.to))
    {
        // Lets a line end at a cluster's border.
        out.push_str("    compound=true\n");
    }
    boxes(scene, None, 1, &mut out);
    for link in &scene.links {
        out.push_str(&format!("    {}\n", edge(scene, link)));
    }
    out.push_str("}\n");
    out
}

/// Writes the content that is directly in a cluster, or in none.
fn boxes(scene: &Scene, within: Option<usize>, depth: usize, out: &mut String) {
    let indent = "    ".repeat(depth);
    for figure in scene.figures.iter().filter(|it| it.within == within) {
        out.push_str(&format!("{indent}{}\n", node(figure)));
    }
    let inner = scene.clusters.iter().enumerate();
    for (index, cluster) in inner.filter(|(_, it)| it.within == within) {
        let frame = frame(cluster);
        out.push_str(&format!("{indent}subgraph cluster_{} {{\n", cluster.id));
        out.push_str(&format!("{indent}    graph [{frame}]\n"));
        boxes(scene, Some(index), depth + 1, out);
        out.push_str(&format!("{indent}}}\n"));
    }
}

fn frame(cluster: &Cluster) -> String {
    let mut label = format!("<b>{}</b>", xml(&cluster.heading));
    if !cluster.subtitle.is_empty() {
        label.push_str(&small(&xml(&cluster.subtitle)));
    }
    let look = match cluster.kind {
        ClusterKind::Each => "style=\"filled,rounded\", fillcolor=\"#fafbe8\"",
        ClusterKind::Graph => "style=\"filled,rounded\", fillcolor=\"#f6f8fa\"",
    };
    let tooltip = quoted(&cluster.details());
    format!(
        "label=<{label}>, labeljust=l, fontname=\"Helvetica\", fontsize=12, {look}, \
         tooltip={tooltip}"
    )
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
        FigureKind::Choice => "shape=diamond, margin=\"0,0\"",
        FigureKind::Output => "shape=hexagon, margin=\"0,0\"",
    }
}

fn edge(scene: &Scene, link: &Link) -> String {
    let mut attributes = Vec::new();
    match &link.kind {
        LinkKind::Handle => attributes.push("style=dashed".to_owned()),
        LinkKind::Start => {}
        LinkKind::Arm { label } => {
            attributes.extend(text("", label));
            attributes.push("style=dotted".to_owned());
        }
        LinkKind::Value { ty, label } => attributes.extend(text(ty, label)),
    }
    let mut end = |end, side: &str| match end {
        End::Figure(figure) => &scene.figures[figure].id,
        End::Cluster(cluster) => {
            attributes.push(format!("{side}=cluster_{}", scene.clusters[cluster].id));
            a_figure_in(scene, cluster)
        }
    };
    let (from, to) = (end(link.from, "ltail"), end(link.to, "lhead"));
    if attributes.is_empty() {
        return format!("{from} -> {to}");
    }
    format!("{from} -> {to} [{}]", attributes.join(", "))
}

fn text(ty: &str, label: &str) -> Option<String> {
    let mut lines = Vec::new();
    if !ty.is_empty() {
        lines.push(xml(ty));
    }
    if !label.is_empty() {
        lines.push(format!("<i>{}</i>", xml(label)));
    }
    (!lines.is_empty()).then(|| format!("label=<{}>", lines.join("<br/>")))
}

/// Whether a line is cut at a cluster's border: Graphviz knows only lines from box to box.
fn is_cut(end: End) -> bool {
    matches!(end, End::Cluster(_))
}

/// The first box in a cluster. Each has one.
fn a_figure_in(scene: &Scene, cluster: usize) -> &String {
    let is_in = |figure: &&Figure| {
        let outwards = std::iter::successors(figure.within, |&it| scene.clusters[it].within);
        outwards.into_iter().any(|it| it == cluster)
    };
    let first = scene.figures.iter().find(is_in);
    first.map_or(&scene.clusters[cluster].id, |figure| &figure.id)
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
