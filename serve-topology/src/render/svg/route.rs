//! The ways of the lines, which cross no box and no label.
//!
//! The layout puts boxes, labels and the turns of long lines into rows, with space between any two
//! in a row. A line goes straight down through a row and changes its column only in the gap
//! between two rows, where nothing else is.

use std::collections::BTreeMap;

use super::{
    element::HEAD_LENGTH,
    layout::{Layout, Point, Rect},
};
use crate::render::scene::Scene;

/// The most space between two lines that leave or reach a box side by side.
const PORT_GAP: f64 = 22.0;
/// The least space between them that leaves their heads apart.
const LEAST_PORT_GAP: f64 = 12.0;
/// Corners that lines stay away from.
const CORNER: f64 = 22.0;

/// The width of a box at which a number of lines can leave it or reach it.
pub(super) fn width_for(lines: usize) -> f64 {
    LEAST_PORT_GAP * lines.saturating_sub(1) as f64 + 2.0 * CORNER
}

/// The way of one line.
pub(super) struct Route {
    /// The turns: straight down through a row, curved from row to row, in turn.
    pub(super) points: Vec<Point>,
    /// Whether the line is drawn from its end to its start, against the flow.
    pub(super) upwards: bool,
}

/// One route per link, top down; none for a link from a box to itself.
pub(super) fn routes(scene: &Scene, layout: &Layout) -> Vec<Option<Route>> {
    let rows = Rows::of(layout);
    let lines: Vec<_> = (0..scene.links.len())
        .map(|index| Line::of(scene, layout, index))
        .collect();
    let exits = ports(layout, &lines, |line| (line.upper, line.first_turn(layout)));
    let entries = ports(layout, &lines, |line| (line.lower, line.last_turn(layout)));
    let ends = exits.into_iter().zip(entries);
    lines
        .iter()
        .zip(ends)
        .map(|(line, ends)| (line.upper != line.lower).then(|| line.route(layout, &rows, ends)))
        .collect()
}

/// A link seen from top to bottom.
struct Line {
    upper: usize,
    lower: usize,
    turns: Vec<Point>,
    upwards: bool,
}

impl Line {
    fn of(scene: &Scene, layout: &Layout, index: usize) -> Self {
        let link = &scene.links[index];
        let mut turns = layout.waypoints[index].clone();
        // A cycle, which only a topology written by hand has, needs a line that goes up.
        let upwards = layout.boxes[link.from].y > layout.boxes[link.to].y;
        let (mut upper, mut lower) = (link.from, link.to);
        if upwards {
            turns.reverse();
            (upper, lower) = (lower, upper);
        }
        Line {
            upper,
            lower,
            turns,
            upwards,
        }
    }

    fn first_turn(&self, layout: &Layout) -> f64 {
        let end = || layout.boxes[self.lower].centre();
        self.turns.first().copied().unwrap_or_else(end).x
    }

    fn last_turn(&self, layout: &Layout) -> f64 {
        let end = || layout.boxes[self.upper].centre();
        self.turns.last().copied().unwrap_or_else(end).x
    }

    fn route(&self, layout: &Layout, rows: &Rows, (exit, entry): (f64, f64)) -> Route {
        let (upper, lower) = (layout.boxes[self.upper], layout.boxes[self.lower]);
        let mut points = Vec::with_capacity(2 * self.turns.len() + 4);
        let mut pass = |x, top, bottom| points.extend([top, bottom].map(|y| Point { x, y }));
        pass(exit, upper.bottom(), rows.bottom(upper.centre().y));
        for turn in &self.turns {
            pass(turn.x, rows.top(turn.y), rows.bottom(turn.y));
        }
        pass(entry, rows.top(lower.centre().y) - HEAD_LENGTH, lower.y);
        Route {
            points,
            upwards: self.upwards,
        }
    }
}

/// Where each line meets its box: side by side, in the order of where the lines come from.
fn ports(layout: &Layout, lines: &[Line], side: impl Fn(&Line) -> (usize, f64)) -> Vec<f64> {
    let mut by_box: BTreeMap<usize, Vec<(f64, usize)>> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        let (figure, turn) = side(line);
        by_box.entry(figure).or_default().push((turn, index));
    }
    let mut ports = vec![0.0; lines.len()];
    for (figure, mut turns) in by_box {
        turns.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let Rect { width, .. } = layout.boxes[figure];
        let gaps = turns.len() as f64 - 1.0;
        let gap = PORT_GAP.min((width - 2.0 * CORNER).max(0.0) / gaps.max(1.0));
        let first = layout.boxes[figure].centre().x - gap * gaps / 2.0;
        for (place, (_, index)) in turns.into_iter().enumerate() {
            ports[index] = first + gap * place as f64;
        }
    }
    ports
}

/// The rows of the layout: half of the height of the tallest thing, by their middle.
struct Rows(BTreeMap<i64, f64>);

impl Rows {
    fn of(layout: &Layout) -> Self {
        let mut rows = BTreeMap::new();
        for rect in layout.boxes.iter().chain(layout.labels.iter().flatten()) {
            let half = rows.entry(Self::key(rect.centre().y)).or_insert(0.0);
            *half = rect.height.max(2.0 * *half) / 2.0;
        }
        Rows(rows)
    }

    fn top(&self, middle: f64) -> f64 {
        middle - self.half(middle)
    }

    fn bottom(&self, middle: f64) -> f64 {
        middle + self.half(middle)
    }

    fn half(&self, middle: f64) -> f64 {
        self.0.get(&Self::key(middle)).copied().unwrap_or_default()
    }

    /// A hundredth of a pixel tells rows apart and forgives rounding.
    fn key(middle: f64) -> i64 {
        (middle * 100.0).round() as i64
    }
}
