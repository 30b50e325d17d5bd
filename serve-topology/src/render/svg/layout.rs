//! Where the boxes and labels are: the layered layout of dagre, as ported by `dugong`.

use dugong::{EdgeLabel, GraphLabel, NodeLabel, graphlib};

use super::card::{Card, Label};
use crate::render::scene::{LinkKind, Scene};

/// Between neighbours in a row.
const NODE_GAP: f64 = 36.0;
/// Between a line and its neighbours in a row.
const EDGE_GAP: f64 = 18.0;
/// Between two rows of boxes, the row of labels between them not counted.
const ROW_GAP: f64 = 68.0;

/// A width and a height in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A position in pixels, from the top left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A box by its top left corner and its size, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Rect {
    fn around(centre: Point, size: Size) -> Self {
        Rect {
            x: centre.x - size.width / 2.0,
            y: centre.y - size.height / 2.0,
            width: size.width,
            height: size.height,
        }
    }

    pub(super) fn centre(self) -> Point {
        Point {
            x: self.x + self.width / 2.0,
            y: self.y + self.height / 2.0,
        }
    }

    pub(super) fn bottom(self) -> f64 {
        self.y + self.height
    }
}

/// Where everything is.
pub(super) struct Layout {
    /// The space that everything takes.
    pub(super) size: Size,
    /// One per figure.
    pub(super) boxes: Vec<Rect>,
    /// One per link that has a label.
    pub(super) labels: Vec<Option<Rect>>,
    /// One per link: the rows' middles that it passes on its way, without its ends.
    pub(super) waypoints: Vec<Vec<Point>>,
}

type Graph = graphlib::Graph<NodeLabel, EdgeLabel, GraphLabel>;

/// Places the cards in rows, each below what it gets values from.
pub(super) fn arrange(cards: &[Card], scene: &Scene, labels: &[Option<Label>]) -> Layout {
    let mut graph = build(cards, scene, labels);
    // A failure leaves the graph without places, and the boxes in one column.
    let _ = dugong::layout(&mut graph);
    let boxes = cards.iter().enumerate().map(|(index, card)| {
        let placed = graph
            .node(&node_id(index))
            .and_then(|it| Some((it.x?, it.y?)));
        let (x, y) = placed.unwrap_or((0.0, index as f64 * 2.0 * ROW_GAP));
        Rect::around(Point { x, y }, card.size)
    });
    let placed = |index: usize| {
        let link = &scene.links[index];
        graph.edge(
            &node_id(link.from),
            &node_id(link.to),
            Some(&index.to_string()),
        )
    };
    let links = 0..scene.links.len();
    Layout {
        size: Size {
            width: 0.0,
            height: 0.0,
        },
        boxes: boxes.collect(),
        labels: links
            .clone()
            .map(|index| {
                let (edge, label) = (placed(index)?, labels[index].as_ref()?);
                let centre = Point {
                    x: edge.x?,
                    y: edge.y?,
                };
                Some(Rect::around(centre, label.size))
            })
            .collect(),
        waypoints: links
            .map(|index| placed(index).map_or_else(Vec::new, waypoints))
            .collect(),
    }
    .at_origin()
}

fn build(cards: &[Card], scene: &Scene, labels: &[Option<Label>]) -> Graph {
    let mut graph = Graph::new(graphlib::GraphOptions {
        multigraph: true,
        ..Default::default()
    });
    graph.set_graph(GraphLabel {
        nodesep: NODE_GAP,
        edgesep: EDGE_GAP,
        ranksep: ROW_GAP,
        ..GraphLabel::default()
    });
    for (index, Card { size, .. }) in cards.iter().enumerate() {
        let node = NodeLabel {
            width: size.width,
            height: size.height,
            ..NodeLabel::default()
        };
        graph.set_node(node_id(index), node);
    }
    for (index, (link, label)) in scene.links.iter().zip(labels).enumerate() {
        let size = label.as_ref().map(|label| label.size);
        let edge = EdgeLabel {
            width: size.map_or(0.0, |size| size.width),
            height: size.map_or(0.0, |size| size.height),
            // Values are kept shorter and straighter than handles.
            weight: if link.kind == LinkKind::Handle {
                1.0
            } else {
                4.0
            },
            ..EdgeLabel::default()
        };
        let (from, to) = (node_id(link.from), node_id(link.to));
        graph.set_edge_named(from, to, Some(index.to_string()), Some(edge));
    }
    graph
}

/// Not a number, as the layout gives ids that are numbers an order of their own.
fn node_id(index: usize) -> String {
    format!("figure_{index}")
}

fn waypoints(edge: &EdgeLabel) -> Vec<Point> {
    let inner = edge.points.len().saturating_sub(1).max(1);
    let points = edge.points.get(1..inner).unwrap_or_default();
    points
        .iter()
        .map(|&dugong::Point { x, y }| Point { x, y })
        .collect()
}

impl Layout {
    /// Moves everything so that it starts at the origin, and measures it.
    fn at_origin(mut self) -> Self {
        let rects = self.boxes.iter().chain(self.labels.iter().flatten());
        let corners = rects.flat_map(|it| [(it.x, it.y), (it.x + it.width, it.bottom())]);
        let points = self.waypoints.iter().flatten().map(|it| (it.x, it.y));
        let mut bounds: Option<[f64; 4]> = None;
        for (x, y) in corners.chain(points) {
            let [left, top, right, bottom] = bounds.unwrap_or([x, y, x, y]);
            bounds = Some([left.min(x), top.min(y), right.max(x), bottom.max(y)]);
        }
        let [left, top, right, bottom] = bounds.unwrap_or_default();
        self.shift(-left, -top);
        self.size = Size {
            width: right - left,
            height: bottom - top,
        };
        self
    }

    /// Takes at least this width, with everything in the middle.
    pub(super) fn widen(&mut self, width: f64) {
        let more = (width - self.size.width).max(0.0);
        self.shift(more / 2.0, 0.0);
        self.size.width += more;
    }

    fn shift(&mut self, x: f64, y: f64) {
        for rect in self
            .boxes
            .iter_mut()
            .chain(self.labels.iter_mut().flatten())
        {
            rect.x += x;
            rect.y += y;
        }
        for point in self.waypoints.iter_mut().flatten() {
            point.x += x;
            point.y += y;
        }
    }
}
