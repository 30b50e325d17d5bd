//! A self-contained SVG element.
//!
//! ```text
//! scene -> cards (sizes) -> levels -> layout (places) -> routes (curves), a level at a time -> elements
//! ```

mod arrow;
mod block;
mod card;
mod element;
mod frame;
mod geometry;
mod layout;
mod legend;
mod level;
mod order;
mod picture;
mod route;
mod shorten;
mod style;

use super::{
    scene::{End, LinkKind, Scene},
    text::{one_line, xml},
};
use crate::Topology;
use block::Parts;
use card::{Card, Label, Title};
use geometry::{Rect, Size};
use legend::Legend;
use level::Levels;
use picture::Picture;

/// The space around everything, in pixels.
const MARGIN: f64 = 20.0;

/// Draws the scene of a topology.
pub(super) fn draw(scene: &Scene, topology: &Topology<'_>) -> String {
    let cards = cards(scene);
    let titles: Vec<_> = scene.clusters.iter().map(card::title).collect();
    let labels: Vec<_> = scene.links.iter().map(|it| card::label(&it.kind)).collect();
    let mut picture = Picture::of(&Parts {
        scene,
        levels: &Levels::of(scene),
        cards: &cards,
        titles: &titles,
        labels: &labels,
    });
    let legend = Legend::of(scene, picture.size.width);
    picture.widen(legend.size.width);
    let body = [
        frames(scene, &titles, &picture),
        links(scene, &picture),
        figures(scene, &cards, &picture),
        texts(&labels, &picture),
        legend.draw(picture.size.height + MARGIN),
    ];
    let size = Size {
        width: picture.size.width,
        height: picture.size.height + MARGIN + legend.size.height,
    };
    document(topology, size, &body.concat())
}

fn cards(scene: &Scene) -> Vec<Card> {
    let mut lines = vec![[0; 2]; scene.figures.len()];
    for link in &scene.links {
        for (end, side) in [(link.from, 0), (link.to, 1)] {
            if let End::Figure(figure) = end {
                lines[figure][side] += 1;
            }
        }
    }
    let figures = scene.figures.iter().zip(lines);
    figures
        .map(|(figure, [out, into])| Card::of(figure, out.max(into)))
        .collect()
}

fn document(topology: &Topology<'_>, content: Size, body: &str) -> String {
    let width = (content.width + 2.0 * MARGIN).ceil();
    let height = (content.height + 2.0 * MARGIN).ceil();
    let title = xml(topology.name);
    let doc = xml(&one_line(topology.doc));
    let desc = if doc.is_empty() {
        String::new()
    } else {
        format!("<desc>{doc}</desc>\n")
    };
    let panel = Rect {
        x: 0.5,
        y: 0.5,
        width: width - 1.0,
        height: height - 1.0,
    };
    let font = style::FONT;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"serve-graph\" role=\"img\" \
         width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" {font}>\n\
         <title>{title}</title>\n{desc}{}{}\
         <g transform=\"translate({MARGIN} {MARGIN})\">\n{body}</g>\n</svg>\n",
        style::element(),
        element::rect("sg-panel", style::PICTURE, panel, 8.0),
    )
}

fn frames(scene: &Scene, titles: &[Title], picture: &Picture) -> String {
    let all = scene.clusters.iter().zip(titles).zip(&picture.frames);
    all.map(|((cluster, title), &at)| element::frame(cluster, title, at))
        .collect()
}

fn links(scene: &Scene, picture: &Picture) -> String {
    let mut out = String::new();
    for (link, route) in scene.links.iter().zip(&picture.routes) {
        let [from, to] = [link.from, link.to].map(|end| scene.heading(end));
        let title = match &link.kind {
            LinkKind::Value { ty, label } if label.is_empty() => format!("{from} → {to}: {ty}"),
            LinkKind::Value { ty, label } => format!("{from} → {to}: {ty}, as {label}"),
            LinkKind::Arm { label } => format!("{from} → {to}, if {label}"),
            LinkKind::Start => format!("{from} → {to}"),
            LinkKind::Handle => format!("{from} holds a handle to {to}"),
        };
        let (class, look) = match link.kind {
            LinkKind::Handle => ("sg-link sg-handle", style::HANDLE),
            LinkKind::Arm { .. } => ("sg-link sg-way", style::ARM),
            LinkKind::Value { .. } | LinkKind::Start => ("sg-link", style::LINK),
        };
        if let Some(route) = route {
            out.push_str(&arrow::arrow(class, look, &title, route));
        }
    }
    out
}

fn figures(scene: &Scene, cards: &[Card], picture: &Picture) -> String {
    let all = scene.figures.iter().zip(cards).zip(&picture.boxes);
    all.map(|((figure, card), &at)| element::figure(figure, card, at))
        .collect()
}

fn texts(labels: &[Option<Label>], picture: &Picture) -> String {
    let all = picture.labels.iter().zip(labels);
    let all = all.filter_map(|(at, label)| Some((at.as_ref()?, label.as_ref()?)));
    all.map(|(&(at, on), label)| element::label(at, label, on))
        .collect()
}
