//! A self-contained SVG element.
//!
//! ```text
//! scene -> cards (sizes) -> layout (places) -> routes (curves) -> elements
//! ```

mod card;
mod element;
mod layout;
mod legend;
mod route;
mod style;

use super::{
    scene::{LinkKind, Scene},
    text::{one_line, xml},
};
use crate::Topology;
use card::{Card, Label};
use layout::{Layout, Rect, Size};
use legend::Legend;

/// The space around everything, in pixels.
const MARGIN: f64 = 20.0;

/// Draws the scene of a topology.
pub(super) fn draw(scene: &Scene, topology: &Topology<'_>) -> String {
    let cards = cards(scene);
    let labels: Vec<_> = scene.links.iter().map(|it| card::label(&it.kind)).collect();
    let mut layout = layout::arrange(&cards, scene, &labels);
    let legend = Legend::of(scene, layout.size.width);
    layout.widen(legend.size.width);
    let body = [
        links(scene, &layout),
        figures(scene, &cards, &layout),
        texts(&labels, &layout),
        legend.draw(layout.size.height + MARGIN),
    ];
    let size = Size {
        width: layout.size.width,
        height: layout.size.height + MARGIN + legend.size.height,
    };
    document(topology, size, &body.concat())
}

fn cards(scene: &Scene) -> Vec<Card> {
    let mut lines = vec![[0; 2]; scene.figures.len()];
    for link in &scene.links {
        lines[link.from][0] += 1;
        lines[link.to][1] += 1;
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
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"serve-graph\" role=\"img\" \
         width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
         <title>{title}</title>\n{desc}{}{}\
         <g transform=\"translate({MARGIN} {MARGIN})\">\n{body}</g>\n</svg>\n",
        style::element(),
        element::rect("sg-panel", panel, 8.0),
    )
}

fn links(scene: &Scene, layout: &Layout) -> String {
    let routes = route::routes(scene, layout);
    let mut out = String::new();
    for (link, route) in scene.links.iter().zip(routes) {
        let [from, to] = [link.from, link.to].map(|end| scene.figures[end].heading.as_str());
        let title = match &link.kind {
            LinkKind::Value { ty, label } if label.is_empty() => format!("{from} → {to}: {ty}"),
            LinkKind::Value { ty, label } => format!("{from} → {to}: {ty}, as {label}"),
            LinkKind::Start => format!("{from} → {to}"),
            LinkKind::Handle => format!("{from} holds a handle to {to}"),
        };
        let class = match link.kind {
            LinkKind::Handle => "sg-link sg-handle",
            LinkKind::Value { .. } | LinkKind::Start => "sg-link",
        };
        if let Some(route) = route {
            out.push_str(&element::arrow(class, &title, &route));
        }
    }
    out
}

fn figures(scene: &Scene, cards: &[Card], layout: &Layout) -> String {
    let all = scene.figures.iter().zip(cards).zip(&layout.boxes);
    all.map(|((figure, card), &at)| element::figure(figure, card, at))
        .collect()
}

fn texts(labels: &[Option<Label>], layout: &Layout) -> String {
    let all = layout.labels.iter().zip(labels);
    all.filter_map(|(at, label)| Some(element::label((*at)?, label.as_ref()?)))
        .collect()
}
