//! Reads a drawing back: its boxes, labels and lines.

use roxmltree::{Document, Node};

/// The boxes, labels and lines of an SVG element, in its order.
pub(crate) struct Drawing {
    pub(crate) boxes: Vec<Area>,
    /// The corners of the boxes.
    pub(crate) outlines: Vec<Outline>,
    /// The frames, and their titles in turn.
    pub(crate) frames: Vec<Area>,
    pub(crate) titles: Vec<Area>,
    pub(crate) labels: Vec<Area>,
    /// Points along each line.
    pub(crate) lines: Vec<Vec<[f64; 2]>>,
    /// The tips of their heads.
    pub(crate) tips: Vec<[f64; 2]>,
    /// How many of the lines are dashed.
    pub(crate) dashed: usize,
    /// How many of the lines are arms of a choice.
    pub(crate) arms: usize,
}

/// The corners of a convex shape, clockwise.
pub(crate) struct Outline(Vec<[f64; 2]>);

impl Outline {
    /// How far the point is inside; negative outside.
    pub(crate) fn depth(&self, [x, y]: [f64; 2]) -> f64 {
        let next = self.0.iter().cycle().skip(1);
        let sides = self.0.iter().zip(next).map(|(a, b)| {
            let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
            (dx * (y - a[1]) - dy * (x - a[0])) / dx.hypot(dy)
        });
        sides.fold(f64::INFINITY, f64::min)
    }
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

    /// Whether the other one is entirely inside.
    pub(crate) fn contains(self, other: Self) -> bool {
        let (Area(a), Area(b)) = (self, other);
        a[0] <= b[0] && b[2] <= a[2] && a[1] <= b[1] && b[3] <= a[3]
    }

    pub(crate) fn outline(self) -> Outline {
        let Area([left, top, right, bottom]) = self;
        Outline(vec![
            [left, top],
            [right, top],
            [right, bottom],
            [left, bottom],
        ])
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
            boxes: all("sg-figure").into_iter().map(area).collect(),
            outlines: all("sg-figure").into_iter().map(outline).collect(),
            frames: all("sg-frame").into_iter().map(rect).collect(),
            titles: all("sg-cluster").into_iter().map(title).collect(),
            labels: all("sg-paper").into_iter().map(rect).collect(),
            lines: all("sg-link").into_iter().map(points).collect(),
            tips: all("sg-head").into_iter().map(tip).collect(),
            dashed: all("sg-handle").len(),
            arms: all("sg-way").len(),
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

fn shape<'a, 'i>(figure: Node<'a, 'i>) -> Node<'a, 'i> {
    let mut shapes = figure.children().filter(|it| has_class(*it, "sg-shape"));
    shapes.next().expect("an outline")
}

fn outline(figure: Node<'_, '_>) -> Outline {
    match shape(figure) {
        shape if shape.tag_name().name() == "rect" => rect(shape).outline(),
        shape => {
            let corners = numbers(shape.attribute("points").expect("corners"));
            Outline(corners.chunks_exact(2).map(|it| [it[0], it[1]]).collect())
        }
    }
}

fn area(figure: Node<'_, '_>) -> Area {
    around(outline(figure).0.into_iter())
}

fn around(points: impl Iterator<Item = [f64; 2]>) -> Area {
    let mut sides = [f64::INFINITY, f64::INFINITY, -f64::INFINITY, -f64::INFINITY];
    for [x, y] in points {
        let [left, top, right, bottom] = sides;
        sides = [left.min(x), top.min(y), right.max(x), bottom.max(y)];
    }
    Area(sides)
}

/// The text on a frame, in a font as wide as the widest common one.
fn title(cluster: Node<'_, '_>) -> Area {
    let texts = cluster.children().filter(|it| it.has_tag_name("text"));
    around(texts.flat_map(|it| {
        let size = if has_class(it, "sg-heading") {
            13.0
        } else {
            11.0
        };
        let count = it.text().unwrap_or_default().chars().count() as f64;
        let (x, y) = (number(it, "x"), number(it, "y"));
        [[x, y - size], [x + count * size * 0.62, y + 3.0]]
    }))
}

fn tip(head: Node<'_, '_>) -> [f64; 2] {
    let path = head.attribute("d").expect("a path");
    let (start, _) = path[1..].split_once('l').expect("a side");
    let start = numbers(start);
    [start[0], start[1]]
}

fn numbers(text: &str) -> Vec<f64> {
    let parts = text.split([' ', ',']).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().expect("a number")).collect()
}

/// Points along a path of the commands `M`, `V` and `C`, at most a few pixels apart.
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
    let length = (x3 - p0[0]).abs() + (y3 - p0[1]).abs();
    let steps = 10 + (length / 2.0) as u32;
    (1..=steps).map(move |step| {
        let t = f64::from(step) / f64::from(steps);
        let u = 1.0 - t;
        let at =
            |a, b, c, d| a * u * u * u + 3.0 * b * u * u * t + 3.0 * c * u * t * t + d * t * t * t;
        [at(p0[0], x1, x2, x3), at(p0[1], y1, y2, y3)]
    })
}
