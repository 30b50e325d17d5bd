//! Places and sizes, in pixels from the top left.

/// A width and a height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A box by its top left corner and its size.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Point {
    pub(super) fn shifted(self, by: Point) -> Self {
        Point {
            x: self.x + by.x,
            y: self.y + by.y,
        }
    }
}

impl Rect {
    pub(super) fn around(centre: Point, size: Size) -> Self {
        Rect {
            x: centre.x - size.width / 2.0,
            y: centre.y - size.height / 2.0,
            width: size.width,
            height: size.height,
        }
    }

    pub(super) fn size(self) -> Size {
        Size {
            width: self.width,
            height: self.height,
        }
    }

    pub(super) fn corners(self) -> [Point; 2] {
        let (x, y) = (self.right(), self.bottom());
        [
            Point {
                x: self.x,
                y: self.y,
            },
            Point { x, y },
        ]
    }

    pub(super) fn centre(self) -> Point {
        Point {
            x: self.x + self.width / 2.0,
            y: self.y + self.height / 2.0,
        }
    }

    pub(super) fn right(self) -> f64 {
        self.x + self.width
    }

    pub(super) fn bottom(self) -> f64 {
        self.y + self.height
    }

    pub(super) fn shifted(self, by: Point) -> Self {
        Rect {
            x: self.x + by.x,
            y: self.y + by.y,
            ..self
        }
    }

    /// The smallest one around all of the points; at the origin and empty if there is none.
    pub(super) fn around_all(points: impl Iterator<Item = Point>) -> Self {
        let mut bounds: Option<[f64; 4]> = None;
        for Point { x, y } in points {
            let [left, top, right, bottom] = bounds.unwrap_or([x, y, x, y]);
            bounds = Some([left.min(x), top.min(y), right.max(x), bottom.max(y)]);
        }
        let [x, y, right, bottom] = bounds.unwrap_or_default();
        Self {
            x,
            y,
            width: right - x,
            height: bottom - y,
        }
    }
}
