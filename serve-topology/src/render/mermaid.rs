//! A Mermaid flowchart.

use super::{
    figure::{Figure, FigureKind},
    scene::{Link, LinkKind, Scene},
};

/// One class of boxes each: its name, the brackets of its shape, its colours. The colours hold
/// text and fill together, so that they can be read on a light and on a dark page.
const STYLES: [(FigureKind, &str, [&str; 2], &str); 5] = [
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
        FigureKind::Output,
        "output",
        ["{{", "}}"],
        "fill:#f1ebfc,stroke:#7a52c0",
    ),
];

/// Writes the flowchart, named by its accessible title.
pub(super) fn write(scene: &Scene, name: &str) -> String {
    let mut out = format!("flowchart TB\n    accTitle: {}\n", escape(name));
    for figure in &scene.figures {
        out.push_str(&format!("    {}\n", node(figure)));
    }
    for link in &scene.links {
        out.push_str(&format!("    {}\n", edge(scene, link)));
    }
    for (kind, class, _, colours) in STYLES {
        let figures = scene.figures.iter().filter(|figure| figure.kind == kind);
        let ids: Vec<_> = figures.map(|figure| figure.id.as_str()).collect();
        if !ids.is_empty() {
            out.push_str(&format!("    classDef {class} {colours},color:#1f2328\n"));
            out.push_str(&format!("    class {} {class}\n", ids.join(",")));
        }
    }
    out
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
    let (from, to) = (&scene.figures[link.from].id, &scene.figures[link.to].id);
    match &link.kind {
        LinkKind::Handle => format!("{from} -.-> {to}"),
        LinkKind::Start => format!("{from} --> {to}"),
        LinkKind::Value { ty, label } => {
            let mut lines = Vec::new();
            if !ty.is_empty() {
                lines.push(escape(ty));
            }
            if !label.is_empty() {
                lines.push(format!("<i>{}</i>", escape(label)));
            }
            match lines.join("<br/>") {
                text if text.is_empty() => format!("{from} --> {to}"),
                text => format!("{from} -->|\"{text}\"| {to}"),
            }
        }
    }
}

/// Writes all but plain text as numbered entities: Mermaid reads brackets, quotes, `#`, `;`,
/// Markdown and more also inside of quotes, and not the same in each version.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // Inside of a name an underscore opens no emphasis.
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
    fn leaves_nothing_that_mermaid_reads() {
        assert_eq!(escape("Vec<u8>"), "Vec#60;u8#62;");
        assert_eq!(escape("\"#`|]"), "#34;#35;#96;#124;#93;");
        assert_eq!(escape("a: b"), "a#58; b");
    }
}
