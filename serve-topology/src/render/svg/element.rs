//! The elements of the drawing as text. There are no ids, so any number of drawings fits on a page.

use super::{
    card::{CHIP_GAP, CHIP_HEIGHT, Card, Chip, LINE_HEIGHT, Label, Title, row_width},
    frame::SHEETS,
    geometry::{Point, Rect},
    style::{self, Look},
};
use crate::render::{
    cluster::{Cluster, ClusterKind},
    figure::{Figure, FigureKind},
    text::xml,
};

/// The distance of the side bars of a compute box, or of the tips of an answer's hexagon, from its sides.
const INSET: f64 = 8.0;

/// A rectangle.
pub(super) fn rect(class: &str, look: Look, at: Rect, radius: f64) -> String {
    let Rect {
        x,
        y,
        width,
        height,
    } = at;
    let [x, y, width, height] = [x, y, width, height].map(px);
    format!(
        "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
         rx=\"{radius}\" {look}/>\n"
    )
}

/// A line of text on its baseline.
pub(super) fn text(class: &str, look: Look, at: Point, text: &str) -> String {
    let (x, y) = (px(at.x), px(at.y));
    let text = xml(text);
    format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\" {look}>{text}</text>\n")
}

/// A box with its text.
pub(super) fn figure(figure: &Figure, card: &Card, at: Rect) -> String {
    let class = class(figure.kind);
    let mut out = format!(
        "<g class=\"sg-figure {class}\">\n<title>{}</title>\n",
        xml(&figure.details)
    );
    out.push_str(&shape(figure.kind, at));
    let x = at.centre().x;
    let mut y = at.y + card.first_baseline(figure.kind);
    let at = Point { x, y };
    out.push_str(&text("sg-heading", style::HEADING, at, &card.heading));
    if !card.subtitle.is_empty() {
        y += LINE_HEIGHT + 1.0;
        let at = Point { x, y };
        out.push_str(&text("sg-subtitle", style::PLAIN, at, &card.subtitle));
    }
    y += CHIP_GAP + 2.0;
    for row in &card.badges {
        out.push_str(&chips(row, Point { x, y }));
        y += CHIP_HEIGHT + CHIP_GAP;
    }
    out.push_str("</g>\n");
    out
}

/// The frame of a cluster with its title.
pub(super) fn frame(cluster: &Cluster, title: &Title, at: Rect) -> String {
    let class = frame_class(cluster.kind);
    let details = xml(&cluster.details());
    let mut out = format!("<g class=\"sg-cluster {class}\">\n<title>{details}</title>\n");
    out.push_str(&outline(cluster.kind, at, SHEETS));
    let (x, y) = (at.x + 12.0, at.y + 18.0);
    let at = Point { x, y };
    out.push_str(&text("sg-heading", style::TITLE, at, &title.heading));
    if !title.subtitle.is_empty() {
        let x = x + title.subtitle_at;
        let (look, at) = (style::PLAIN_START, Point { x, y });
        out.push_str(&text("sg-subtitle", look, at, &title.subtitle));
    }
    out.push_str("</g>\n");
    out
}

/// The outline of a frame: a stack of sheets, if its content runs for each item.
pub(super) fn outline(kind: ClusterKind, at: Rect, sheets: f64) -> String {
    let (mut out, look) = (String::new(), style::frame(kind));
    if kind == ClusterKind::Each {
        for by in [sheets, sheets / 2.0] {
            let at = at.shifted(Point { x: by, y: by });
            out.push_str(&rect("sg-sheet", look, at, 6.0));
        }
    }
    out + &rect("sg-frame", look, at, 6.0)
}

/// The class of a kind of frame in the style sheet.
pub(super) fn frame_class(kind: ClusterKind) -> &'static str {
    match kind {
        ClusterKind::Each => "sg-each",
        ClusterKind::Graph => "sg-graph",
    }
}

/// A row of badges around a middle, below a top.
fn chips(row: &[Chip], at: Point) -> String {
    let mut x = at.x - row_width(row) / 2.0;
    let mut out = String::new();
    for chip in row {
        let chip_rect = Rect {
            x,
            y: at.y,
            width: chip.width,
            height: CHIP_HEIGHT,
        };
        let baseline = Point {
            x: chip_rect.centre().x,
            y: at.y + 12.0,
        };
        out.push_str(&rect("sg-chip", style::BADGE, chip_rect, 8.0));
        out.push_str(&text("sg-badge", style::PLAIN, baseline, &chip.text));
        x += chip.width + CHIP_GAP;
    }
    out
}

/// The class of a kind of box in the style sheet.
pub(super) fn class(kind: FigureKind) -> &'static str {
    match kind {
        FigureKind::Input => "sg-input",
        FigureKind::InPlace => "sg-in-place",
        FigureKind::Compute => "sg-compute",
        FigureKind::Deployment => "sg-deployment",
        FigureKind::Choice => "sg-choice",
        FigureKind::Output => "sg-output",
    }
}

/// The outline of a box, which shows its kind without colours as well.
pub(super) fn shape(kind: FigureKind, at: Rect) -> String {
    let look = style::shape(kind);
    let rounded = |radius| rect("sg-shape", look, at, radius);
    match kind {
        FigureKind::Input => rounded(at.height / 2.0),
        FigureKind::InPlace => rounded(8.0),
        FigureKind::Deployment => rounded(0.0),
        FigureKind::Compute => {
            let inset = INSET.min(at.width / 6.0);
            let bar = |x: f64| format!("M{} {}v{}", px(x), px(at.y), px(at.height));
            let bars = bar(at.x + inset) + &bar(at.x + at.width - inset);
            let look = style::bars(kind);
            rounded(1.0) + &format!("<path class=\"sg-shape\" d=\"{bars}\" {look}/>\n")
        }
        FigureKind::Choice => diamond(look, at),
        FigureKind::Output => hexagon(look, at),
    }
}

fn hexagon(look: Look, at: Rect) -> String {
    let (left, right) = (at.x, at.x + at.width);
    let (top, middle, bottom) = (at.y, at.centre().y, at.bottom());
    let inset = INSET.min(at.width / 4.0) + 2.0;
    let corners = [
        (left, middle),
        (left + inset, top),
        (right - inset, top),
        (right, middle),
        (right - inset, bottom),
        (left + inset, bottom),
    ];
    polygon(look, &corners)
}

fn diamond(look: Look, at: Rect) -> String {
    let Point { x, y } = at.centre();
    let corners = [(at.x, y), (x, at.y), (at.right(), y), (x, at.bottom())];
    polygon(look, &corners)
}

fn polygon(look: Look, corners: &[(f64, f64)]) -> String {
    let corners = corners.iter().map(|&(x, y)| format!("{},{}", px(x), px(y)));
    let corners: Vec<_> = corners.collect();
    format!(
        "<polygon class=\"sg-shape\" points=\"{}\" {look}/>\n",
        corners.join(" ")
    )
}

/// The text of a link, on a background that covers the line and looks like the frame around it. A pattern looks
/// like its choice instead.
pub(super) fn label(at: Rect, label: &Label, on: Option<ClusterKind>) -> String {
    let mut out = if label.is_pattern {
        let round = at.height / 2.0;
        rect("sg-paper sg-pattern", style::PATTERN, at, round)
    } else {
        rect("sg-paper", style::paper(on), at, 2.0)
    };
    let x = at.centre().x;
    let mut y = at.y + 12.0;
    let expression = match label.is_pattern {
        true => style::STRONG,
        false => style::EXPRESSION,
    };
    let lines = [
        ("sg-type", style::STRONG, &label.ty),
        ("sg-label", expression, &label.label),
    ];
    for (class, look, line) in lines {
        if !line.is_empty() {
            out.push_str(&text(class, look, Point { x, y }, line));
            y += LINE_HEIGHT;
        }
    }
    out
}

/// A length to the tenth of a pixel, without a needless zero.
pub(super) fn px(length: f64) -> f64 {
    // Adding zero turns a negative zero, which would be written with its sign, into zero.
    (length * 10.0).round() / 10.0 + 0.0
}
