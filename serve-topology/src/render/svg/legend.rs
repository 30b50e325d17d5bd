//! The meaning of the shapes and lines: only those that the picture has.

use super::{
    card::line_width,
    element,
    geometry::{Point, Rect, Size},
    style::{self, Look},
};
use crate::render::{
    cluster::ClusterKind,
    figure::FigureKind,
    scene::{LinkKind, Scene},
};

const SWATCH: Size = Size {
    width: 26.0,
    height: 14.0,
};
/// Between a swatch and its text.
const TEXT_GAP: f64 = 7.0;
const ITEM_GAP: f64 = 20.0;
const ROW_HEIGHT: f64 = 22.0;
/// A narrower picture still gets a legend of this width.
const NARROWEST: f64 = 300.0;

/// The items with their places.
pub(super) struct Legend {
    pub(super) size: Size,
    items: Vec<(Item, Point)>,
    /// The limits of the graph, or an empty string.
    limits: String,
}

#[derive(Clone, Copy)]
enum Item {
    Box(FigureKind),
    Frame(ClusterKind),
    Arm,
    Handle,
}

impl Item {
    const ALL: [Self; 10] = [
        Self::Box(FigureKind::Input),
        Self::Box(FigureKind::InPlace),
        Self::Box(FigureKind::Compute),
        Self::Box(FigureKind::Deployment),
        Self::Box(FigureKind::Choice),
        Self::Arm,
        Self::Frame(ClusterKind::Each),
        Self::Frame(ClusterKind::Graph),
        Self::Box(FigureKind::Output),
        Self::Handle,
    ];

    fn is_in(self, scene: &Scene) -> bool {
        match self {
            Self::Box(kind) => scene.figures.iter().any(|figure| figure.kind == kind),
            Self::Frame(kind) => scene.clusters.iter().any(|it| it.kind == kind),
            Self::Arm => scene
                .links
                .iter()
                .any(|it| matches!(it.kind, LinkKind::Arm { .. })),
            Self::Handle => scene.links.iter().any(|it| it.kind == LinkKind::Handle),
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Box(FigureKind::Input) => "request",
            Self::Box(FigureKind::InPlace) => "in place",
            Self::Box(FigureKind::Compute) => "compute",
            Self::Box(FigureKind::Deployment) => "deployment",
            Self::Box(FigureKind::Choice) => "choice",
            Self::Box(FigureKind::Output) => "answer",
            Self::Frame(ClusterKind::Each) => "for each item",
            Self::Frame(ClusterKind::Graph) => "graph",
            Self::Arm => "if chosen",
            Self::Handle => "handle",
        }
    }

    fn width(self) -> f64 {
        SWATCH.width + TEXT_GAP + line_width(self.text())
    }
}

impl Legend {
    /// The legend of a picture, in rows no wider than the picture.
    pub(super) fn of(scene: &Scene, width: f64) -> Self {
        let widest = width.max(NARROWEST);
        let (mut x, mut y): (f64, f64) = (0.0, 0.0);
        let mut right: f64 = 0.0;
        let mut items = Vec::new();
        for item in Item::ALL.into_iter().filter(|item| item.is_in(scene)) {
            if x > 0.0 && x + item.width() > widest {
                (x, y) = (0.0, y + ROW_HEIGHT);
            }
            items.push((item, Point { x, y }));
            right = right.max(x + item.width());
            x += item.width() + ITEM_GAP;
        }
        if !scene.limits.is_empty() {
            y += ROW_HEIGHT;
            right = right.max(line_width(&scene.limits));
        }
        let size = Size {
            width: right,
            height: y + SWATCH.height,
        };
        Legend {
            size,
            items,
            limits: scene.limits.clone(),
        }
    }

    /// Draws the legend with its top left corner at `x = 0`.
    pub(super) fn draw(&self, top: f64) -> String {
        let mut out = String::from("<g class=\"sg-legend\">\n");
        for &(item, Point { x, y }) in &self.items {
            out.push_str(&draw(item, Point { x, y: y + top }));
        }
        if !self.limits.is_empty() {
            let y = top + self.size.height - 3.0;
            out.push_str(&element::text(
                "sg-limits",
                style::PLAIN_START,
                Point { x: 0.0, y },
                &self.limits,
            ));
        }
        out.push_str("</g>\n");
        out
    }
}

fn draw(item: Item, Point { x, y }: Point) -> String {
    let swatch = match item {
        Item::Box(kind) => {
            let at = Rect {
                x,
                y,
                width: SWATCH.width,
                height: SWATCH.height,
            };
            let class = element::class(kind);
            format!("<g class=\"{class}\">\n{}</g>\n", element::shape(kind, at))
        }
        Item::Frame(kind) => {
            let class = element::frame_class(kind);
            let sheets = match kind {
                ClusterKind::Each => 4.0,
                ClusterKind::Graph => 0.0,
            };
            let at = Rect {
                x,
                y,
                width: SWATCH.width - sheets,
                height: SWATCH.height - sheets,
            };
            let outline = element::outline(kind, at, sheets);
            format!("<g class=\"{class}\">\n{outline}</g>\n")
        }
        Item::Arm => line("sg-way", style::ARM, Point { x, y }),
        Item::Handle => line("sg-handle", style::HANDLE, Point { x, y }),
    };
    let text = Point {
        x: x + SWATCH.width + TEXT_GAP,
        y: y + 11.0,
    };
    swatch + &element::text("sg-item", style::PLAIN_START, text, item.text())
}

fn line(class: &str, look: Look, Point { x, y }: Point) -> String {
    let (y, width) = (y + SWATCH.height / 2.0, SWATCH.width);
    format!("<path class=\"sg-link {class}\" d=\"M{x} {y}h{width}\" {look}/>\n")
}
