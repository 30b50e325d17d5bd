//! The colours and the font.
//!
//! Programs that print or convert a picture know little of CSS: every element has the colours of the light theme
//! as attributes, which all of them know. The style sheet is for browsers alone. It replaces each of those
//! colours by the one of the dark theme, and finds it by the attribute: a colour that is in [`FILLS`] or
//! [`STROKES`] cannot be forgotten there.
//!
//! A style inside of an SVG element applies to the whole page, and the page's style applies to the element:
//! every selector has the class `serve-graph`, and the prefix marks the classes as ours.

use std::fmt;

use crate::render::{cluster::ClusterKind, figure::FigureKind};

/// A colour of the light theme, by which it is found, and the one of the dark theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour {
    light: &'static str,
    dark: &'static str,
}

const fn colour(light: &'static str, dark: &'static str) -> Colour {
    Colour { light, dark }
}

const PANEL: Colour = colour("#ffffff", "#0d1117");
const PANEL_LINE: Colour = colour("#d0d7de", "#30363d");
const TEXT: Colour = colour("#1f2328", "#e6edf3");
const MUTED: Colour = colour("#59636e", "#a5adb8");
const LINE: Colour = colour("#6e7781", "#8b949e");
const CHIP: Colour = colour("#fefefe", "#00000073");
const INPUT: Colour = colour("#e7f7ec", "#12301f");
const INPUT_LINE: Colour = colour("#2f8f4e", "#3fb068");
const IN_PLACE: Colour = colour("#eaf3ff", "#12263f");
const IN_PLACE_LINE: Colour = colour("#3577b8", "#539bf5");
const COMPUTE: Colour = colour("#fff1dc", "#38260c");
const COMPUTE_LINE: Colour = colour("#b0640c", "#d98e2b");
const DEPLOYMENT: Colour = colour("#f3f4f6", "#22272e");
const DEPLOYMENT_LINE: Colour = colour("#6b7280", "#8b949e");
const OUTPUT: Colour = colour("#f1ebfc", "#281d40");
const OUTPUT_LINE: Colour = colour("#7a52c0", "#a07cf0");
const CHOICE: Colour = colour("#fdeaf1", "#3d1528");
const CHOICE_LINE: Colour = colour("#b83a6f", "#e0689a");
const EACH: Colour = colour("#fafbe8", "#1a1c0d");
const EACH_LINE: Colour = colour("#8a8f2f", "#9aa03c");
const GRAPH: Colour = colour("#f6f8fa", "#161b22");
const GRAPH_LINE: Colour = colour("#848d97", "#6e7681");

/// The colours of areas and texts. No two have the same light colour.
const FILLS: [Colour; 13] = [
    PANEL, TEXT, MUTED, LINE, CHIP, INPUT, IN_PLACE, COMPUTE, DEPLOYMENT, OUTPUT, CHOICE, EACH,
    GRAPH,
];

/// The colours of lines. No two have the same light colour.
const STROKES: [Colour; 10] = [
    PANEL_LINE,
    LINE,
    INPUT_LINE,
    IN_PLACE_LINE,
    COMPUTE_LINE,
    DEPLOYMENT_LINE,
    OUTPUT_LINE,
    CHOICE_LINE,
    EACH_LINE,
    GRAPH_LINE,
];

/// The look of one element, as attributes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    fill: Option<Colour>,
    stroke: Option<Colour>,
    /// Its other attributes.
    more: &'static str,
}

impl fmt::Display for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fill = self.fill.map_or("none", |colour| colour.light);
        write!(f, "fill=\"{fill}\"")?;
        if let Some(stroke) = self.stroke {
            write!(f, " stroke=\"{}\"", stroke.light)?;
        }
        f.write_str(self.more)
    }
}

const fn filled(fill: Colour, more: &'static str) -> Look {
    Look {
        fill: Some(fill),
        stroke: None,
        more,
    }
}

const fn outlined(fill: Colour, stroke: Colour, more: &'static str) -> Look {
    Look {
        stroke: Some(stroke),
        ..filled(fill, more)
    }
}

const fn stroked(stroke: Colour, more: &'static str) -> Look {
    Look {
        fill: None,
        stroke: Some(stroke),
        more,
    }
}

pub(super) const PICTURE: Look = outlined(PANEL, PANEL_LINE, "");
pub(super) const BADGE: Look = filled(CHIP, " fill-opacity=\"0.69\"");
pub(super) const HEAD: Look = filled(LINE, "");
pub(super) const LINK: Look = stroked(LINE, " stroke-width=\"1.5\"");
pub(super) const HANDLE: Look = stroked(LINE, " stroke-width=\"1.5\" stroke-dasharray=\"6 4\"");
pub(super) const ARM: Look = stroked(
    LINE,
    " stroke-width=\"1.8\" stroke-dasharray=\"0.1 4\" stroke-linecap=\"round\"",
);
/// The background of an arm's pattern.
pub(super) const PATTERN: Look = outlined(CHOICE, CHOICE_LINE, "");

pub(super) const HEADING: Look = filled(TEXT, " font-size=\"13\" font-weight=\"700\"");
/// A heading that begins at its place, and is not around it.
pub(super) const TITLE: Look = filled(
    TEXT,
    " font-size=\"13\" font-weight=\"700\" text-anchor=\"start\"",
);
pub(super) const STRONG: Look = filled(TEXT, "");
pub(super) const PLAIN: Look = filled(MUTED, "");
/// A plain text that begins at its place, and is not around it.
pub(super) const PLAIN_START: Look = filled(MUTED, " text-anchor=\"start\"");
/// An expression.
pub(super) const EXPRESSION: Look = filled(MUTED, " font-style=\"italic\"");

/// The outline of a box.
pub(super) const fn shape(kind: FigureKind) -> Look {
    let (fill, stroke) = of_figure(kind);
    outlined(fill, stroke, " stroke-width=\"1.5\"")
}

/// A line within a box.
pub(super) const fn bars(kind: FigureKind) -> Look {
    stroked(of_figure(kind).1, " stroke-width=\"1.5\"")
}

const fn of_figure(kind: FigureKind) -> (Colour, Colour) {
    match kind {
        FigureKind::Input => (INPUT, INPUT_LINE),
        FigureKind::InPlace => (IN_PLACE, IN_PLACE_LINE),
        FigureKind::Compute => (COMPUTE, COMPUTE_LINE),
        FigureKind::Deployment => (DEPLOYMENT, DEPLOYMENT_LINE),
        FigureKind::Choice => (CHOICE, CHOICE_LINE),
        FigureKind::Output => (OUTPUT, OUTPUT_LINE),
    }
}

/// The outline of a frame.
pub(super) const fn frame(kind: ClusterKind) -> Look {
    match kind {
        ClusterKind::Each => outlined(EACH, EACH_LINE, ""),
        ClusterKind::Graph => outlined(GRAPH, GRAPH_LINE, ""),
    }
}

/// The background of a label, which looks like the frame around it.
pub(super) const fn paper(on: Option<ClusterKind>) -> Look {
    let fill = match on {
        Some(ClusterKind::Each) => EACH,
        Some(ClusterKind::Graph) => GRAPH,
        None => PANEL,
    };
    filled(fill, "")
}

/// What all texts share, for the element around them. The widths of the boxes are made for fonts in which all
/// characters have one width.
pub(super) const FONT: &str = "font-family=\"monospace\" font-size=\"11\" text-anchor=\"middle\"";

/// For browsers: other programs take the first one that is named, whether they have it or not.
const FONTS: &str = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',\
'Liberation Mono',monospace";

/// The `style` element: light or dark as the reader's system, or as `data-theme` says on a page of rustdoc.
pub(super) fn element() -> String {
    let system = dark(".serve-graph:not([data-theme=light] *)");
    let rustdoc = dark(":is([data-theme=dark],[data-theme=ayu]) .serve-graph");
    // All rules are for media, which programs that are no browsers leave out: some take `height:auto` for nothing.
    format!(
        "<style>\n@media all{{\n.serve-graph{{max-width:100%;height:auto}}\n\
         .serve-graph text{{font-family:{FONTS}}}\n{rustdoc}}}\n\
         @media screen and (prefers-color-scheme:dark){{\n{system}}}\n</style>\n"
    )
}

/// A rule for each colour.
fn dark(within: &str) -> String {
    let rule = |attribute: &str, Colour { light, dark }: Colour| {
        format!("{within} [{attribute}=\"{light}\"]{{{attribute}:{dark}}}\n")
    };
    let fills = FILLS.map(|colour| rule("fill", colour));
    let strokes = STROKES.map(|colour| rule("stroke", colour));
    fills.concat() + &strokes.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_found_by_the_light_one() {
        for colours in [FILLS.as_slice(), &STROKES] {
            let mut light: Vec<_> = colours.iter().map(|it| it.light).collect();
            light.sort_unstable();
            light.dedup();
            assert_eq!(light.len(), colours.len());
        }
    }
}
