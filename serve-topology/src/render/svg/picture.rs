//! The places of everything in the picture.

use super::{
    arrow::Route,
    block::{Parts, block},
    geometry::{Point, Rect, Size},
};
use crate::render::cluster::ClusterKind;

/// The places of everything, by its index in the scene.
pub(super) struct Picture {
    /// The size of everything together.
    pub(super) size: Size,
    /// One per figure.
    pub(super) boxes: Vec<Rect>,
    /// One per cluster.
    pub(super) frames: Vec<Rect>,
    /// One per link that has a label, with the kind of the frame around it.
    pub(super) labels: Vec<Option<(Rect, Option<ClusterKind>)>>,
    /// One per link; none for a link from a box to itself.
    pub(super) routes: Vec<Option<Route>>,
}

impl Picture {
    pub(super) fn of(parts: &Parts<'_>) -> Self {
        let mut all = block(parts, None);
        let (links, scene) = (parts.scene.links.len(), parts.scene);
        let mut picture = Picture {
            size: all.bounds.size(),
            boxes: vec![Rect::default(); scene.figures.len()],
            frames: vec![Rect::default(); scene.clusters.len()],
            labels: vec![None; links],
            routes: Vec::with_capacity(links),
        };
        for (index, at) in all.figures {
            picture.boxes[index] = at;
        }
        for (index, at) in all.frames {
            picture.frames[index] = at;
        }
        for (link, at, on) in all.labels {
            picture.labels[link] = Some((at, on));
        }
        let upwards = parts.levels.upwards.iter();
        let routes = upwards.enumerate().map(|(link, &upwards)| {
            let points = all.paths.remove(&link)?;
            Some(Route { points, upwards })
        });
        picture.routes.extend(routes);
        picture
    }

    /// Extends it to at least this width, with everything in the middle.
    pub(super) fn widen(&mut self, width: f64) {
        let more = (width - self.size.width).max(0.0);
        self.size.width += more;
        let by = Point {
            x: more / 2.0,
            y: 0.0,
        };
        let boxes = self.boxes.iter_mut().chain(&mut self.frames);
        let labels = self.labels.iter_mut().flatten().map(|(at, _)| at);
        boxes.chain(labels).for_each(|at| *at = at.shifted(by));
        let routes = self.routes.iter_mut().flatten();
        let points = routes.flat_map(|route| &mut route.points);
        points.for_each(|at| *at = at.shifted(by));
    }
}
