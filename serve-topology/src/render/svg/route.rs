//! The paths of the lines of a level, which cross no box and no label.
//!
//! The layout puts boxes, labels and the turns of long lines into rows, with space between any two in a row. A
//! line goes straight down through a row and changes its column only in the empty gap between two rows.

use std::collections::BTreeMap;

use super::{
    arrow::HEAD_LENGTH,
    geometry::{Point, Rect},
    layout::Places,
    level::{Level, Line},
};

/// The maximum space between two lines that leave or reach a box side by side.
const PORT_GAP: f64 = 22.0;
/// The minimum space between them that keeps their heads apart.
const LEAST_PORT_GAP: f64 = 12.0;
/// Corners that lines stay away from.
const CORNER: f64 = 22.0;

/// The width of a box that a number of lines can leave or reach.
pub(super) fn width_for(lines: usize) -> f64 {
    LEAST_PORT_GAP * lines.saturating_sub(1) as f64 + 2.0 * CORNER
}

/// The points where lines meet the boxes of a level.
pub(super) trait Borders {
    /// The column at which a line must meet the item, if it is set already.
    fn column(&self, item: usize, line: usize) -> Option<f64>;

    /// The distance from the edge of the item's box to its outline at a column, at the top and at the bottom.
    fn inset(&self, item: usize, x: f64) -> f64;
}

/// The paths of a level's lines.
pub(super) struct Routes {
    /// One per line: straight down through a row, curved from row to row, in turn.
    pub(super) points: Vec<Vec<Point>>,
    /// One per line: the columns of its upper and its lower end.
    pub(super) columns: Vec<[f64; 2]>,
}

/// One path per line, top down.
pub(super) fn routes(level: &Level, places: &Places, borders: &impl Borders) -> Routes {
    let rows = Rows::of(places);
    let exits = columns(level, places, borders, |line, turns| {
        (line.upper, line.lower, turns.first().copied())
    });
    let entries = columns(level, places, borders, |line, turns| {
        (line.lower, line.upper, turns.last().copied())
    });
    let columns: Vec<_> = exits
        .into_iter()
        .zip(entries)
        .map(<[f64; 2]>::from)
        .collect();
    let lines = level.lines.iter().zip(&places.waypoints).zip(&columns);
    let points = lines.map(|((line, turns), &[exit, entry])| {
        let (Some(upper), Some(lower)) = (line.upper, line.lower) else {
            return Vec::new();
        };
        let (above, below) = (places.boxes[upper], places.boxes[lower]);
        let mut points = Vec::with_capacity(2 * turns.len() + 4);
        let mut pass = |x, top, bottom| points.extend([top, bottom].map(|y| Point { x, y }));
        let start = above.bottom() - borders.inset(upper, exit);
        pass(exit, start, rows.bottom(above.centre().y));
        for turn in turns {
            pass(turn.x, rows.top(turn.y), rows.bottom(turn.y));
        }
        let end = below.y + borders.inset(lower, entry);
        pass(entry, rows.top(below.centre().y) - HEAD_LENGTH, end);
        points
    });
    Routes {
        points: points.collect(),
        columns,
    }
}

/// The points where lines meet their boxes: side by side, in the order of the lines' other ends.
fn columns(
    level: &Level,
    places: &Places,
    borders: &impl Borders,
    side: impl Fn(&Line, &[Point]) -> (Option<usize>, Option<usize>, Option<Point>),
) -> Vec<f64> {
    let mut columns = vec![0.0; level.lines.len()];
    let mut by_box: BTreeMap<usize, Vec<(f64, usize)>> = BTreeMap::new();
    for (index, line) in level.lines.iter().enumerate() {
        let (item, other, turn) = side(line, &places.waypoints[index]);
        let Some(item) = item else { continue };
        if let Some(column) = borders.column(item, index) {
            columns[index] = column;
            continue;
        }
        let towards = other.unwrap_or(item);
        let turn = turn.unwrap_or(places.boxes[towards].centre());
        by_box.entry(item).or_default().push((turn.x, index));
    }
    for (item, mut turns) in by_box {
        turns.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let Rect { width, .. } = places.boxes[item];
        let gaps = turns.len() as f64 - 1.0;
        let gap = PORT_GAP.min((width - 2.0 * CORNER).max(0.0) / gaps.max(1.0));
        let first = places.boxes[item].centre().x - gap * gaps / 2.0;
        for (place, (_, index)) in turns.into_iter().enumerate() {
            columns[index] = first + gap * place as f64;
        }
    }
    columns
}

/// The rows of the layout: half of the height of the tallest item, by their middle.
struct Rows(BTreeMap<i64, f64>);

impl Rows {
    fn of(places: &Places) -> Self {
        let mut rows = BTreeMap::new();
        for rect in places.boxes.iter().chain(places.labels.iter().flatten()) {
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

    /// A hundredth of a pixel tells rows apart and allows for rounding.
    fn key(middle: f64) -> i64 {
        (middle * 100.0).round() as i64
    }
}
