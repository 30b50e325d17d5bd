//! From the innermost frame out: each level is arranged, and then becomes one box of the level around it.

use std::collections::HashMap;

use super::{
    card::{Card, Label, Title},
    frame,
    geometry::{Point, Rect, Size},
    layout::{self, Places, Wish},
    level::{Item, Level, Levels},
    route::{self, Borders, Routes},
};
use crate::render::{
    cluster::ClusterKind,
    figure::FigureKind,
    scene::{LinkKind, Scene},
};

/// The parts of the picture.
pub(super) struct Parts<'a> {
    pub(super) scene: &'a Scene,
    pub(super) levels: &'a Levels,
    /// One per figure.
    pub(super) cards: &'a [Card],
    /// One per cluster.
    pub(super) titles: &'a [Title],
    /// One per link.
    pub(super) labels: &'a [Option<Label>],
}

/// The places of everything in a cluster, or in none; from its own top left corner.
#[derive(Default)]
pub(super) struct Block {
    pub(super) bounds: Rect,
    pub(super) figures: Vec<(usize, Rect)>,
    pub(super) frames: Vec<(usize, Rect)>,
    /// By link; with the colour behind it.
    pub(super) labels: Vec<(usize, Rect, Option<ClusterKind>)>,
    /// The pieces of the links in here, from top to bottom.
    pub(super) paths: HashMap<usize, Vec<Point>>,
    /// The points where links cross the frame.
    columns: HashMap<usize, f64>,
}

/// Arranges the content of a cluster, or of none.
pub(super) fn block(parts: &Parts<'_>, within: Option<usize>) -> Block {
    let level = parts.levels.level(within);
    let inner: Vec<Option<Block>> = level
        .items
        .iter()
        .map(|item| match *item {
            Item::Cluster(cluster) => Some(block(parts, Some(cluster))),
            Item::Figure(_) | Item::Top | Item::Bottom => None,
        })
        .collect();
    let places = layout::arrange(level, &sizes(parts, level, &inner), &wishes(parts, level));
    let borders = Outlines {
        parts,
        level,
        places: &places,
        inner: &inner,
    };
    let routes = route::routes(level, &places, &borders);
    let mut block = assemble(parts, within, level, &places, routes, inner);
    block.bounds = match within {
        Some(cluster) => frame::around(parts, cluster, level, &places, &block.columns),
        None => frame::content(&places),
    };
    let Rect { x, y, .. } = block.bounds;
    if let Some(cluster) = within {
        let at = frame::front(parts, cluster, block.bounds);
        block.frames.insert(0, (cluster, at));
    }
    block.shifted(Point { x: -x, y: -y })
}

fn sizes(parts: &Parts<'_>, level: &Level, inner: &[Option<Block>]) -> Vec<Size> {
    let border = |item| {
        let at_it = |end: Option<usize>| end.is_some() && end == level.find(item);
        let lines = level.lines.iter();
        let count = lines
            .filter(|it| at_it(it.upper) || at_it(it.lower))
            .count();
        Size {
            width: route::width_for(count),
            height: 0.0,
        }
    };
    let items = level.items.iter().zip(inner);
    let sizes = items.map(|(item, inner)| match (*item, inner) {
        (Item::Figure(figure), _) => parts.cards[figure].size,
        (Item::Cluster(_), Some(block)) => block.bounds.size(),
        (item, _) => border(item),
    });
    sizes.collect()
}

fn wishes(parts: &Parts<'_>, level: &Level) -> Vec<Wish> {
    let wishes = level.lines.iter().map(|line| {
        let label = parts.labels[line.link].as_ref();
        Wish {
            label: label.filter(|_| line.is_main).map(|label| label.size),
            // Values are kept shorter and straighter than handles.
            weight: match parts.scene.links[line.link].kind {
                LinkKind::Handle => 1.0,
                LinkKind::Value { .. } | LinkKind::Arm { .. } | LinkKind::Start => 4.0,
            },
        }
    });
    wishes.collect()
}

struct Outlines<'a> {
    parts: &'a Parts<'a>,
    level: &'a Level,
    places: &'a Places,
    inner: &'a [Option<Block>],
}

impl Borders for Outlines<'_> {
    fn column(&self, item: usize, line: usize) -> Option<f64> {
        let block = self.inner[item].as_ref()?;
        let column = block.columns.get(&self.level.lines[line].link)?;
        Some(self.places.boxes[item].x + column)
    }

    fn inset(&self, item: usize, x: f64) -> f64 {
        let Item::Figure(figure) = self.level.items[item] else {
            return 0.0;
        };
        if self.parts.scene.figures[figure].kind != FigureKind::Choice {
            return 0.0;
        }
        let at = self.places.boxes[item];
        at.height * (x - at.centre().x).abs() / at.width
    }
}

/// Everything in its place, and the pieces of each line joined.
fn assemble(
    parts: &Parts<'_>,
    within: Option<usize>,
    level: &Level,
    places: &Places,
    routes: Routes,
    inner: Vec<Option<Block>>,
) -> Block {
    let mut all = Block::default();
    let mut inner: Vec<_> = inner
        .into_iter()
        .zip(&places.boxes)
        .map(|(block, &Rect { x, y, .. })| block.map(|block| block.shifted(Point { x, y })))
        .collect();
    let lines = level.lines.iter().zip(routes.points).zip(routes.columns);
    for ((line, points), [exit, entry]) in lines {
        let mut path_in = |end: Option<usize>| {
            let block = inner[end?].as_mut()?;
            block.paths.remove(&line.link)
        };
        let mut path = path_in(line.upper).unwrap_or_default();
        path.extend(points);
        path.extend(path_in(line.lower).unwrap_or_default());
        all.paths.insert(line.link, path);
        if line.upper.is_some() && line.upper == level.find(Item::Top) {
            all.columns.insert(line.link, exit);
        } else if line.lower.is_some() && line.lower == level.find(Item::Bottom) {
            all.columns.insert(line.link, entry);
        }
    }
    let kind = within.map(|cluster| parts.scene.clusters[cluster].kind);
    let labels = level.lines.iter().zip(&places.labels);
    all.labels
        .extend(labels.filter_map(|(line, at)| Some((line.link, (*at)?, kind))));
    for (item, &at) in level.items.iter().zip(&places.boxes) {
        if let Item::Figure(figure) = *item {
            all.figures.push((figure, at));
        }
    }
    for block in inner.into_iter().flatten() {
        all.figures.extend(block.figures);
        all.frames.extend(block.frames);
        all.labels.extend(block.labels);
        all.paths.extend(block.paths);
    }
    all
}

impl Block {
    pub(super) fn shifted(mut self, by: Point) -> Self {
        self.bounds = self.bounds.shifted(by);
        let figures = self.figures.iter_mut().chain(&mut self.frames);
        figures.for_each(|(_, at)| *at = at.shifted(by));
        let labels = self.labels.iter_mut();
        labels.for_each(|(_, at, _)| *at = at.shifted(by));
        let points = self.paths.values_mut().flatten();
        points.for_each(|at| *at = at.shifted(by));
        self.columns.values_mut().for_each(|x| *x += by.x);
        self
    }
}
