//! A Mermaid flowchart.

use super::{
    cluster::{Cluster, ClusterKind},
    figure::{Figure, FigureKind},
    scene::{End, Link, LinkKind, Scene},
};

/// The classes of boxes: name, brackets of the shape, colours. The colours set text and fill together, so that
/// they are readable on a light and on a dark page.
const STYLES: [(FigureKind, &str, [&str; 2], &str); 6] = [
    (
        FigureKind::Input,
        "input",
        ["([", "])"],
        "fill:#e7f7ec,stroke:#2f8f4e",
    ),
    (
        FigureKind::InPlace,
        "in_place",
        ["(", ")"],
        "fill:#eaf3ff,stroke:#3577b8",
    ),
    (
        FigureKind::Compute,
        "compute",
        ["[[", "]]"],
        "fill:#fff1dc,stroke:#b0640c",
    ),
    (
        FigureKind::Deployment,
        "deployment",
        ["[", "]"],
        "fill:#f3f4f6,stroke:#6b7280,stroke-dasharray:4 3",
    ),
    (
        FigureKind::Choice,
        "choice",
        ["{", "}"],
        "fill:#fdeaf1,stroke:#b83a6f",
    ),
    (
        FigureKind::Output,
        "output",
        ["{{", "}}"],
        "fill:#f1ebfc,stroke:#7a52c0",
    ),
];

/// The frames: a class and its colours each. A class named `graph` would be a keyword of Mermaid's.
const FRAMES: [(ClusterKind, &str, &str); 2] = [
    (ClusterKind::Each, "each", "fill:#fafbe8,stroke:#8a8f2f"),
    (ClusterKind::Graph, "bound", "fill:#f6f8fa,stroke:#59636e"),
];

/// An arm of a choice, in the choice's colour: Mermaid's dashed line of a handle is nearly dotted.
const ARM: &str = "stroke:#b83a6f,stroke-width:1.5px,stroke-dasharray:2 3";

/// Writes the flowchart; its name is its accessible title.
pub(super) fn write(scene: &Scene, name: &str) -> String {
    let mut out = String::new();
    if !scene.limits.is_empty() {
        // The front matter is YAML, in which a JSON string is valid as well.
        let title = serde_json::json!(format!("{name}: {}", scene.limits));
        out.push_str(&format!("---\ntitle: {title}\n---\n"));
    }
    out.push_str(&format!("flowchart TB\n    accTitle: {}\n", escape(name)));
    boxes(scene, None, 1, &mut out);
    for link in &scene.links {
        out.push_str(&format!("    {}\n", edge(scene, link)));
    }
    arms(scene, &mut out);
    classes(scene, &mut out);
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
        out.push_str(&format!("{indent}subgraph {}\n", frame(cluster)));
        boxes(scene, Some(index), depth + 1, out);
        out.push_str(&format!("{indent}end\n"));
    }
}

fn frame(cluster: &Cluster) -> String {
    let mut title = format!("<b>{}</b>", escape(&cluster.heading));
    if !cluster.subtitle.is_empty() {
        title.push_str(&format!(" · {}", escape(&cluster.subtitle)));
    }
    format!("{}[\"{title}\"]", cluster.id)
}

fn arms(scene: &Scene, out: &mut String) {
    let links = scene.links.iter().enumerate();
    let arms = links.filter(|(_, link)| matches!(link.kind, LinkKind::Arm { .. }));
    let arms: Vec<_> = arms.map(|(index, _)| index.to_string()).collect();
    if !arms.is_empty() {
        out.push_str(&format!("    linkStyle {} {ARM}\n", arms.join(",")));
    }
}

fn classes(scene: &Scene, out: &mut String) {
    for (kind, class, colours) in FRAMES {
        let clusters = scene.clusters.iter().filter(|it| it.kind == kind);
        class_of(class, colours, clusters.map(|it| it.id.as_str()), out);
    }
    for (kind, class, _, colours) in STYLES {
        let figures = scene.figures.iter().filter(|it| it.kind == kind);
        class_of(class, colours, figures.map(|it| it.id.as_str()), out);
    }
}

fn class_of<'a>(class: &str, colours: &str, ids: impl Iterator<Item = &'a str>, out: &mut String) {
    let ids: Vec<_> = ids.collect();
    if !ids.is_empty() {
        out.push_str(&format!("    classDef {class} {colours},color:#1f2328\n"));
        out.push_str(&format!("    class {} {class}\n", ids.join(",")));
    }
}

fn node(figure: &Figure) -> String {
    let mut lines = vec![format!("<b>{}</b>", escape(&figure.heading))];
    if !figure.subtitle.is_empty() {
        lines.push(escape(&figure.subtitle));
    }
    if !figure.badges.is_empty() {
        lines.push(format!("<i>{}</i>", escape(&figure.badges.join(" · "))));
    }
    let [open, close] = brackets(figure.kind);
    format!("{}{open}\"{}\"{close}", figure.id, lines.join("<br/>"))
}

fn brackets(kind: FigureKind) -> [&'static str; 2] {
    let style = STYLES.iter().find(|style| style.0 == kind);
    style.map_or(["[", "]"], |style| style.2)
}

fn edge(scene: &Scene, link: &Link) -> String {
    let id = |end| match end {
        End::Figure(figure) => &scene.figures[figure].id,
        End::Cluster(cluster) => &scene.clusters[cluster].id,
    };
    let (from, to) = (id(link.from), id(link.to));
    let mut lines = Vec::new();
    match &link.kind {
        LinkKind::Handle => return format!("{from} -.-> {to}"),
        LinkKind::Start => {}
        LinkKind::Arm { label } => lines.push(("<i>", label, "</i>")),
        LinkKind::Value { ty, label } => {
            lines.extend([("", ty, ""), ("<i>", label, "</i>")]);
        }
    }
    let lines = lines.into_iter().filter(|(_, line, _)| !line.is_empty());
    let lines = lines.map(|(open, line, close)| format!("{open}{}{close}", escape(line)));
    match lines.collect::<Vec<_>>().join("<br/>") {
        text if text.is_empty() => format!("{from} --> {to}"),
        text => format!("{from} -->|\"{text}\"| {to}"),
    }
}

/// Writes everything except plain text as numbered entities: Mermaid also interprets brackets, quotes, `#`,
/// `;`, Markdown and more inside of quotes, and not the same in each version.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // Inside of a name an underscore starts no emphasis.
            '_' if escaped.ends_with(char::is_alphanumeric) => escaped.push(c),
            ' ' | '.' | ',' | '/' | '·' => escaped.push(c),
            c if c.is_alphanumeric() => escaped.push(c),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push_str(&format!("#{};", u32::from(c))),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_all_mermaid_syntax() {
        assert_eq!(escape("Vec<u8>"), "Vec#60;u8#62;");
        assert_eq!(escape("\"#`|]"), "#34;#35;#96;#124;#93;");
        assert_eq!(escape("a: b"), "a#58; b");
    }
}
