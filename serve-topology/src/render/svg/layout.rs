//! The places of the boxes and labels of a level: the layered layout of dagre, as ported by `dugong`.

use dugong::{EdgeLabel, GraphLabel, NodeLabel, graphlib};

use super::{
    geometry::{Point, Rect, Size},
    level::{Item, Level},
};

/// Between neighbours in a row.
const NODE_GAP: f64 = 36.0;
/// Between a line and its neighbours in a row.
const EDGE_GAP: f64 = 18.0;
/// Between two rows of boxes, the row of labels between them not counted.
const ROW_GAP: f64 = 68.0;

/// The places of everything in a level.
pub(super) struct Places {
    /// One per item.
    pub(super) boxes: Vec<Rect>,
    /// One per line that has a label.
    pub(super) labels: Vec<Option<Rect>>,
    /// One per line: the middles of the rows that it passes, without its ends.
    pub(super) waypoints: Vec<Vec<Point>>,
}

/// The input of the layout for a line.
pub(super) struct Wish {
    /// The size of its label.
    pub(super) label: Option<Size>,
    /// How important it is that the line is short and straight.
    pub(super) weight: f64,
}

type Graph = graphlib::Graph<NodeLabel, EdgeLabel, GraphLabel>;

/// Places the items in rows, each below the items that it gets lines from.
pub(super) fn arrange(level: &Level, sizes: &[Size], wishes: &[Wish]) -> Places {
    let mut graph = build(level, sizes, wishes);
    // A failure leaves the graph without places, and the boxes in one column.
    let _ = dugong::layout(&mut graph);
    let mut below = 0.0;
    let boxes = sizes.iter().enumerate().map(|(index, &size)| {
        let placed = graph.node(&node_id(index));
        let placed = placed.and_then(|it| Some((it.x?, it.y?)));
        let (x, y) = placed.unwrap_or((0.0, below + size.height / 2.0));
        below = y + size.height / 2.0 + ROW_GAP;
        Rect::around(Point { x, y }, size)
    });
    let boxes = boxes.collect();
    let placed = |index: usize| {
        let (upper, lower) = (level.lines[index].upper?, level.lines[index].lower?);
        graph.edge(&node_id(upper), &node_id(lower), Some(&index.to_string()))
    };
    let labels = wishes.iter().enumerate().map(|(index, wish)| {
        let (edge, size) = (placed(index)?, wish.label?);
        let centre = Point {
            x: edge.x?,
            y: edge.y?,
        };
        Some(Rect::around(centre, size))
    });
    let mut places = Places {
        boxes,
        labels: labels.collect(),
        waypoints: (0..wishes.len())
            .map(|index| placed(index).map_or_else(Vec::new, waypoints))
            .collect(),
    };
    places.draw_borders_near(level);
    places
}

fn build(level: &Level, sizes: &[Size], wishes: &[Wish]) -> Graph {
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
    for (index, size) in sizes.iter().enumerate() {
        let node = NodeLabel {
            width: size.width,
            height: size.height,
            ..NodeLabel::default()
        };
        graph.set_node(node_id(index), node);
    }
    for (index, (line, wish)) in level.lines.iter().zip(wishes).enumerate() {
        let edge = EdgeLabel {
            width: wish.label.map_or(0.0, |size| size.width),
            height: wish.label.map_or(0.0, |size| size.height),
            weight: wish.weight,
            ..EdgeLabel::default()
        };
        if let (Some(upper), Some(lower)) = (line.upper, line.lower) {
            let name = Some(index.to_string());
            graph.set_edge_named(node_id(upper), node_id(lower), name, Some(edge));
        }
    }
    for (upper, lower) in borders(level) {
        let edge = EdgeLabel::default();
        graph.set_edge_named(node_id(upper), node_id(lower), None::<String>, Some(edge));
    }
    graph
}

/// An invisible item that keeps the frame's top above and its bottom below everything.
fn borders(level: &Level) -> Vec<(usize, usize)> {
    let has = |index: usize, side: fn(&super::level::Line) -> Option<usize>| {
        level.lines.iter().any(|line| side(line) == Some(index))
    };
    let (top, bottom) = (level.find(Item::Top), level.find(Item::Bottom));
    let mut borders = Vec::new();
    for (index, item) in level.items.iter().enumerate() {
        if matches!(item, Item::Top | Item::Bottom) {
            continue;
        }
        if let (Some(top), false) = (top, has(index, |line| line.lower)) {
            borders.push((top, index));
        }
        if let (Some(bottom), false) = (bottom, has(index, |line| line.upper)) {
            borders.push((index, bottom));
        }
    }
    borders
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

impl Places {
    /// Moves the frame's top and bottom to the box next to them: the layout leaves a row for labels
    /// in between, which lines from and to a border do not have.
    fn draw_borders_near(&mut self, level: &Level) {
        let top = level.find(Item::Top);
        let bottom = level.find(Item::Bottom);
        if let Some(top) = top {
            self.boxes[top].y += ROW_GAP / 2.0;
        }
        if let Some(bottom) = bottom {
            self.boxes[bottom].y -= ROW_GAP / 2.0;
        }
        for (line, points) in level.lines.iter().zip(&mut self.waypoints) {
            if line.upper.is_some() && line.upper == top && !points.is_empty() {
                points.remove(0);
            }
            if line.lower.is_some() && line.lower == bottom {
                points.pop();
            }
        }
    }
}
