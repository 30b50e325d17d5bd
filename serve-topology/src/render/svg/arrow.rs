//! Lines with their heads.

use super::{
    element::px,
    geometry::Point,
    style::{self, Look},
};
use crate::render::text::xml;

/// The length of an arrow's head in pixels.
pub(super) const HEAD_LENGTH: f64 = 9.0;
const HEAD_HALF_WIDTH: f64 = 4.0;
/// The path of one line.
pub(super) struct Route {
    /// The points: straight down through a row, curved from row to row, in turn.
    pub(super) points: Vec<Point>,
    /// Whether the line is drawn from its end to its start, against the flow.
    pub(super) upwards: bool,
}

/// A line with its head.
pub(super) fn arrow(class: &str, look: Look, title: &str, route: &Route) -> String {
    let (title, head_look) = (xml(title), style::HEAD);
    let (path, head) = (path(route), head(route));
    format!(
        "<g>\n<title>{title}</title>\n<path class=\"{class}\" d=\"{path}\" {look}/>\n\
         <path class=\"sg-head\" d=\"{head}\" {head_look}/>\n</g>\n"
    )
}

/// Straight and curved pieces in turn, up to the head.
fn path(route: &Route) -> String {
    let mut points = route.points.clone();
    if let (true, Some(first)) = (route.upwards, points.first_mut()) {
        first.y += HEAD_LENGTH - 1.0;
    } else if let Some(last) = points.last_mut() {
        last.y -= HEAD_LENGTH - 1.0;
    }
    let mut out = String::new();
    let mut before: Option<Point> = None;
    for pair in points.chunks_exact(2) {
        let (top, bottom) = (pair[0], pair[1]);
        match before {
            None => out.push_str(&format!("M{} {}", px(top.x), px(top.y))),
            Some(from) => out.push_str(&curve(from, top)),
        }
        if px(bottom.y) != px(top.y) {
            out.push_str(&format!("V{}", px(bottom.y)));
        }
        before = Some(bottom);
    }
    out
}

/// From one row to the next, vertical at both ends.
fn curve(from: Point, to: Point) -> String {
    if px(from.x) == px(to.x) {
        return format!("V{}", px(to.y));
    }
    let middle = px((from.y + to.y) / 2.0);
    let (x0, x1, y1) = (px(from.x), px(to.x), px(to.y));
    format!("C{x0} {middle} {x1} {middle} {x1} {y1}")
}

fn head(route: &Route) -> String {
    let (tip, length) = if route.upwards {
        (route.points.first(), HEAD_LENGTH)
    } else {
        (route.points.last(), -HEAD_LENGTH)
    };
    let (x, y) = tip.map_or((0.0, 0.0), |tip| (tip.x, tip.y));
    let (x, y, width) = (px(x), px(y), px(2.0 * HEAD_HALF_WIDTH));
    format!("M{x} {y}l-{HEAD_HALF_WIDTH} {length}h{width}z")
}
