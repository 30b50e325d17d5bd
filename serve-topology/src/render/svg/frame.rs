//! The space that a frame takes.

use std::collections::HashMap;

use super::{
    block::Parts,
    geometry::Rect,
    layout::Places,
    level::{Item, Level},
};
use crate::render::cluster::ClusterKind;

/// Between a frame and its content.
const PADDING: f64 = 16.0;
/// From a frame's top to its content: room for the title.
const BAND: f64 = 28.0;
/// How far the sheets below the first one of a stack stick out.
pub(super) const SHEETS: f64 = 8.0;

/// The space that the boxes, labels and lines of a level take.
pub(super) fn content(places: &Places) -> Rect {
    let rects = places.boxes.iter().chain(places.labels.iter().flatten());
    let corners = rects.flat_map(|it| it.corners());
    Rect::around_all(corners.chain(places.waypoints.iter().flatten().copied()))
}

/// The space that a cluster takes, with its frame and its title.
pub(super) fn around(
    parts: &Parts<'_>,
    cluster: usize,
    level: &Level,
    places: &Places,
    columns: &HashMap<usize, f64>,
) -> Rect {
    let content = content(places);
    let title = parts.titles[cluster].width + PADDING;
    let mut left = content.x - PADDING;
    let mut right = content.right() + PADDING;
    let (mut top, mut bottom) = (content.y - BAND, content.bottom() + PADDING);
    if level.find(Item::Bottom).is_some() {
        bottom = content.bottom();
    }
    match level.find(Item::Top) {
        // The title is left of the lines that enter the frame.
        Some(_) => {
            let first = columns.values().copied().fold(right, f64::min);
            left = left.min(first - PADDING - title);
        }
        None => top -= PADDING / 2.0,
    }
    right = right.max(left + title + PADDING);
    let sheets = sheets(parts, cluster);
    (right, bottom) = (right + sheets, bottom + sheets);
    Rect {
        x: left,
        y: top,
        width: right - left,
        height: bottom - top,
    }
}

fn sheets(parts: &Parts<'_>, cluster: usize) -> f64 {
    match parts.scene.clusters[cluster].kind {
        ClusterKind::Each => SHEETS,
        ClusterKind::Graph => 0.0,
    }
}

/// A cluster's frame without the sheets below it.
pub(super) fn front(parts: &Parts<'_>, cluster: usize, bounds: Rect) -> Rect {
    let sheets = sheets(parts, cluster);
    Rect {
        width: bounds.width - sheets,
        height: bounds.height - sheets,
        ..bounds
    }
}
