//! Reads a drawing back: its boxes, labels and lines.

use roxmltree::{Document, Node};

/// The boxes, labels and lines of an SVG element, in its order.
pub(crate) struct Drawing {
    pub(crate) boxes: Vec<Area>,
    pub(crate) labels: Vec<Area>,
    /// Points along each line.
    pub(crate) lines: Vec<Vec<[f64; 2]>>,
    /// How many of the lines are dashed.
    pub(crate) dashed: usize,
}

/// The left, top, right and bottom side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Area([f64; 4]);

impl Area {
    /// Whether they share more than a border.
    pub(crate) fn overlaps(self, other: Self) -> bool {
        let (Area(a), Area(b)) = (self, other);
        a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
    }

    /// Whether the point is inside, and not on the border or within rounding of it.
    pub(crate) fn holds(self, [x, y]: [f64; 2]) -> bool {
        let Area([left, top, right, bottom]) = self;
        let slack = 0.3;
        left + slack < x && x < right - slack && top + slack < y && y < bottom - slack
    }
}

impl Drawing {
    pub(crate) fn of(svg: &str) -> Self {
        let document = Document::parse(svg).expect("well-formed XML");
        let all = |class: &str| -> Vec<Node<'_, '_>> {
            let nodes = document.descendants().filter(|it| !in_legend(*it));
            nodes.filter(|it| has_class(*it, class)).collect()
        };
        Drawing {
            boxes: all("sg-figure").into_iter().map(outline).collect(),
            labels: all("sg-paper").into_iter().map(rect).collect(),
            lines: all("sg-link").into_iter().map(points).collect(),
            dashed: all("sg-handle").len(),
        }
    }
}

fn has_class(node: Node<'_, '_>, class: &str) -> bool {
    let classes = node.attribute("class").unwrap_or_default();
    classes.split(' ').any(|it| it == class)
}

fn in_legend(node: Node<'_, '_>) -> bool {
    node.ancestors().any(|it| has_class(it, "sg-legend"))
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    let value = node.attribute(name).expect(name);
    value.parse().expect("a number")
}

fn rect(node: Node<'_, '_>) -> Area {
    let [x, y, width, height] = ["x", "y", "width", "height"].map(|it| number(node, it));
    Area([x, y, x + width, y + height])
}

fn outline(figure: Node<'_, '_>) -> Area {
    let mut shapes = figure.children().filter(|it| has_class(*it, "sg-shape"));
    let shape = shapes.next().expect("an outline");
    if shape.tag_name().name() == "rect" {
        return rect(shape);
    }
    let corners = numbers(shape.attribute("points").expect("corners"));
    let mut sides = [f64::INFINITY, f64::INFINITY, -f64::INFINITY, -f64::INFINITY];
    for corner in corners.chunks_exact(2) {
        let [left, top, right, bottom] = sides;
        let (x, y) = (corner[0], corner[1]);
        sides = [left.min(x), top.min(y), right.max(x), bottom.max(y)];
    }
    Area(sides)
}

fn numbers(text: &str) -> Vec<f64> {
    let parts = text.split([' ', ',']).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().expect("a number")).collect()
}

/// Points along a path of the commands `M`, `V` and `C`, a few pixels apart.
fn points(path: Node<'_, '_>) -> Vec<[f64; 2]> {
    let commands = path.attribute("d").expect("a path");
    let mut points: Vec<[f64; 2]> = Vec::new();
    let starts = commands.match_indices(['M', 'V', 'C']).map(|(at, _)| at);
    let ends = starts.clone().skip(1).chain([commands.len()]);
    for (start, end) in starts.zip(ends) {
        let to = numbers(&commands[start + 1..end]);
        let from = points.last().copied().unwrap_or_default();
        match &commands[start..=start] {
            "M" => points.push([to[0], to[1]]),
            "V" => points.extend(curve(
                from,
                [from[0], to[0], from[0], to[0], from[0], to[0]],
            )),
            _ => points.extend(curve(from, [to[0], to[1], to[2], to[3], to[4], to[5]])),
        }
    }
    points
}

fn curve(p0: [f64; 2], [x1, y1, x2, y2, x3, y3]: [f64; 6]) -> impl Iterator<Item = [f64; 2]> {
    (1..=50).map(move |step| {
        let t = f64::from(step) / 50.0;
        let u = 1.0 - t;
        let at =
            |a, b, c, d| a * u * u * u + 3.0 * b * u * u * t + 3.0 * c * u * t * t + d * t * t * t;
        [at(p0[0], x1, x2, x3), at(p0[1], y1, y2, y3)]
    })
}
