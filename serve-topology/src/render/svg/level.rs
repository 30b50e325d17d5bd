//! Splits the picture: the content that is directly in a frame, or in none, is arranged by itself.
//!
//! To the level around it, a frame is one box. A line that crosses the frame is drawn in pieces,
//! one a level: from a box to the frame's bottom, from the frame to another box around it.

use std::collections::HashMap;

use super::order::positions;
use crate::render::scene::{End, LinkKind, Scene};

/// The content that is directly in a cluster, or in none.
#[derive(Default)]
pub(super) struct Level {
    pub(super) items: Vec<Item>,
    pub(super) lines: Vec<Line>,
    index: HashMap<Item, usize>,
}

/// An item that a level arranges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Item {
    Figure(usize),
    /// A frame as one box.
    Cluster(usize),
    /// The top of the level's own frame, where lines enter.
    Top,
    /// The bottom of the level's own frame, where lines leave.
    Bottom,
}

/// The piece of a link that is in a level, as it is drawn: from top to bottom.
pub(super) struct Line {
    pub(super) link: usize,
    /// An index into [`Level::items`]; none if the line ends at the level's own frame.
    pub(super) upper: Option<usize>,
    /// Same as `upper`.
    pub(super) lower: Option<usize>,
    /// Whether it is the whole link, or the part of it that has its label.
    pub(super) is_main: bool,
}

/// The picture's levels.
pub(super) struct Levels {
    /// The content outside of all clusters, then one level per cluster.
    levels: Vec<Level>,
    /// The links that are drawn against the flow: a cycle needs some.
    pub(super) upwards: Vec<bool>,
}

impl Levels {
    pub(super) fn of(scene: &Scene) -> Self {
        let mut levels: Vec<Level> = Vec::new();
        levels.resize_with(scene.clusters.len() + 1, Level::default);
        let mut levels = Levels {
            levels,
            upwards: vec![false; scene.links.len()],
        };
        levels.items(scene);
        let spans: Vec<_> = (0..scene.links.len())
            .map(|link| Span::of(scene, link))
            .collect();
        levels.orient(scene, &spans);
        for (link, span) in spans.into_iter().enumerate() {
            levels.line(link, span);
        }
        levels
    }

    /// The level of a cluster, or of the content outside of all clusters.
    pub(super) fn level(&self, within: Option<usize>) -> &Level {
        &self.levels[within.map_or(0, |cluster| cluster + 1)]
    }

    fn level_mut(&mut self, within: Option<usize>) -> &mut Level {
        &mut self.levels[within.map_or(0, |cluster| cluster + 1)]
    }

    /// Places each figure into its level, and each cluster in the place of its first figure.
    fn items(&mut self, scene: &Scene) {
        for figure in 0..scene.figures.len() {
            for (within, item) in path(scene, End::Figure(figure)) {
                self.level_mut(within).item(item);
            }
        }
    }

    /// Finds a direction for every link that leaves no cycle in any level.
    fn orient(&mut self, scene: &Scene, spans: &[Span]) {
        let mut by_level: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
        for (link, span) in spans.iter().enumerate() {
            by_level.entry(span.within).or_default().push(link);
        }
        for (within, links) in by_level {
            let level = self.level_mut(within);
            let ends = links.iter().map(|&link| {
                let [from, to] = spans[link].ends.map(|item| level.item(item));
                (from, to, scene.links[link].kind == LinkKind::Handle)
            });
            let ends: Vec<_> = ends.collect();
            let positions = positions(level.items.len(), &ends);
            for (&link, (from, to, _)) in links.iter().zip(ends) {
                self.upwards[link] = positions[from] > positions[to];
            }
        }
    }

    /// Adds the pieces of a link to the levels that it passes.
    fn line(&mut self, link: usize, span: Span) {
        let Span {
            within,
            ends: [mut upper, mut lower],
            paths: [mut above, mut below],
        } = span;
        if upper == lower {
            return; // A link from a box to itself has no path.
        }
        if self.upwards[link] {
            (upper, lower) = (lower, upper);
            (above, below) = (below, above);
        }
        for (within, item) in above {
            self.level_mut(within).add(link, item, Some(Item::Bottom));
        }
        for (within, item) in below {
            self.level_mut(within).add(link, Some(Item::Top), item);
        }
        let level = self.level_mut(within);
        level.add(link, Some(upper), Some(lower));
        if let Some(line) = level.lines.last_mut() {
            line.is_main = true;
        }
    }
}

impl Level {
    /// The index of an item in the level, which has it from then on.
    fn item(&mut self, item: Item) -> usize {
        *self.index.entry(item).or_insert_with(|| {
            self.items.push(item);
            self.items.len() - 1
        })
    }

    /// Where an item is in the level, if the level has it.
    pub(super) fn find(&self, item: Item) -> Option<usize> {
        self.index.get(&item).copied()
    }

    fn add(&mut self, link: usize, upper: Option<Item>, lower: Option<Item>) {
        let [upper, lower] = [upper, lower].map(|item| item.map(|item| self.item(item)));
        self.lines.push(Line {
            link,
            upper,
            lower,
            is_main: false,
        });
    }
}

/// A link among the levels.
struct Span {
    /// The innermost level that both ends are in.
    within: Option<usize>,
    /// The ends in that level.
    ends: [Item; 2],
    /// The levels further in that each end passes, and the item for it there: only the frame if the link ends
    /// at that.
    paths: [Vec<(Option<usize>, Option<Item>)>; 2],
}

impl Span {
    fn of(scene: &Scene, link: usize) -> Self {
        let ends = [scene.links[link].from, scene.links[link].to];
        let mut chains = ends.map(|end| path(scene, end));
        let mut common = (None, ends.map(|_| Item::Top));
        // Both chains begin outermost, and part after the innermost level that they share.
        let mut depth = 0;
        while let (Some(a), Some(b)) = (chains[0].get(depth), chains[1].get(depth))
            && a.0 == b.0
        {
            common = (a.0, [a.1, b.1]);
            depth += 1;
        }
        let paths = [0, 1].map(|side| {
            let inner = chains[side].split_off(depth);
            let mut inner: Vec<_> = inner.into_iter().map(|(at, it)| (at, Some(it))).collect();
            if let End::Cluster(cluster) = ends[side] {
                inner.push((Some(cluster), None));
            }
            inner
        });
        Span {
            within: common.0,
            ends: common.1,
            paths,
        }
    }
}

/// The levels that an end is in, outermost first, and the item for it there.
fn path(scene: &Scene, end: End) -> Vec<(Option<usize>, Item)> {
    let item = match end {
        End::Figure(figure) => Item::Figure(figure),
        End::Cluster(cluster) => Item::Cluster(cluster),
    };
    let mut path = vec![(scene.within(end), item)];
    let mut within = scene.within(end);
    while let Some(cluster) = within {
        within = scene.clusters[cluster].within;
        path.push((within, Item::Cluster(cluster)));
    }
    path.reverse();
    path
}
