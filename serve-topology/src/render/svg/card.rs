//! The sizes of the boxes and labels. All text is in a monospaced font, so its width is known without the font.

use super::{
    geometry::Size,
    route,
    shorten::{short, short_type},
};
use crate::render::{
    cluster::Cluster,
    figure::{Figure, FigureKind},
    scene::LinkKind,
};

/// The pixels that a character of a heading takes, by the widest of the usual fonts.
const HEADING_CHAR: f64 = 13.0 * 0.62;
/// The pixels that a character of any other line takes.
const LINE_CHAR: f64 = 11.0 * 0.62;
/// Longer texts end in an ellipsis.
const LONGEST_LINE: usize = 40;
const LONGEST_LABEL: usize = 28;
/// Badges go on the next row beyond this width, unless the heading is wider.
const WIDEST_ROW: f64 = 200.0;

const HEADING_HEIGHT: f64 = 18.0;
pub(super) const LINE_HEIGHT: f64 = 15.0;
pub(super) const CHIP_HEIGHT: f64 = 16.0;
const CHIP_PADDING: f64 = 6.0;
pub(super) const CHIP_GAP: f64 = 5.0;

/// The text of a box, cut to lines, and the box around it.
pub(super) struct Card {
    pub(super) size: Size,
    pub(super) heading: String,
    pub(super) subtitle: String,
    pub(super) badges: Vec<Vec<Chip>>,
}

/// One badge.
pub(super) struct Chip {
    pub(super) text: String,
    /// In pixels, padding included.
    pub(super) width: f64,
}

impl Card {
    /// A card with room for a number of lines side by side at its top or its bottom.
    pub(super) fn of(figure: &Figure, lines: usize) -> Self {
        let heading = match figure.kind {
            // An expression, whose paths mean something.
            FigureKind::Choice => short(&figure.heading, LONGEST_LINE),
            _ => short_type(&figure.heading, LONGEST_LINE),
        };
        let subtitle = short_type(&figure.subtitle, LONGEST_LINE);
        let text_width = (columns(&heading) * HEADING_CHAR).max(line_width(&subtitle));
        let badges = rows(&figure.badges, text_width.max(WIDEST_ROW));
        let badge_width = badges.iter().map(|row| row_width(row)).fold(0.0, f64::max);
        let [x, y] = padding(figure.kind);
        let subtitles = if subtitle.is_empty() { 0.0 } else { 1.0 };
        let rows = badges.len() as f64;
        let height = HEADING_HEIGHT + subtitles * LINE_HEIGHT + rows * (CHIP_HEIGHT + CHIP_GAP);
        let slant = match figure.kind {
            // The text's corners are on the diamond's sides.
            FigureKind::Choice => 1.0 + height / (2.0 * y),
            _ => 1.0,
        };
        Card {
            size: Size {
                width: (text_width.max(badge_width) * slant + 2.0 * x)
                    .max(route::width_for(lines))
                    .ceil(),
                height: height + 2.0 * y,
            },
            heading,
            subtitle,
            badges,
        }
    }

    /// From the box's top to the heading's baseline.
    pub(super) fn first_baseline(&self, kind: FigureKind) -> f64 {
        padding(kind)[1] + 13.0
    }
}

/// Between a box's border and its text; the shapes with slanted or round sides take more.
fn padding(kind: FigureKind) -> [f64; 2] {
    match kind {
        FigureKind::Input | FigureKind::Output => [20.0, 8.0],
        FigureKind::Compute => [20.0, 9.0],
        FigureKind::InPlace | FigureKind::Deployment => [14.0, 9.0],
        FigureKind::Choice => [4.0, 22.0],
    }
}

fn rows(badges: &[String], widest: f64) -> Vec<Vec<Chip>> {
    let mut rows: Vec<Vec<Chip>> = Vec::new();
    for badge in badges {
        let text = short(badge, LONGEST_LINE);
        let width = line_width(&text) + 2.0 * CHIP_PADDING;
        let chip = Chip { text, width };
        match rows.last_mut() {
            Some(row) if row_width(row) + CHIP_GAP + chip.width <= widest => row.push(chip),
            _ => rows.push(vec![chip]),
        }
    }
    rows
}

/// The width of a row of badges in pixels.
pub(super) fn row_width(row: &[Chip]) -> f64 {
    let chips: f64 = row.iter().map(|chip| chip.width).sum();
    chips + CHIP_GAP * row.len().saturating_sub(1) as f64
}

/// The text at the top of a frame.
pub(super) struct Title {
    pub(super) heading: String,
    pub(super) subtitle: String,
    /// The start of the subtitle, after the heading.
    pub(super) subtitle_at: f64,
    pub(super) width: f64,
}

/// The title of a cluster.
pub(super) fn title(cluster: &Cluster) -> Title {
    let heading = short(&cluster.heading, LONGEST_LINE);
    let subtitle = short(&cluster.subtitle, LONGEST_LINE);
    let subtitle_at = columns(&heading) * HEADING_CHAR + LINE_CHAR;
    Title {
        width: subtitle_at + line_width(&subtitle),
        heading,
        subtitle,
        subtitle_at,
    }
}

/// The text on a line, and the space that it takes.
pub(super) struct Label {
    pub(super) size: Size,
    pub(super) ty: String,
    pub(super) label: String,
    /// Whether it is the pattern of an arm of a choice.
    pub(super) is_pattern: bool,
}

/// The label of a link, if it has one.
pub(super) fn label(kind: &LinkKind) -> Option<Label> {
    let (ty, label) = match kind {
        LinkKind::Value { ty, label } => (ty.as_str(), label),
        LinkKind::Arm { label } => ("", label),
        LinkKind::Start | LinkKind::Handle => return None,
    };
    let ty = short_type(ty, LONGEST_LABEL);
    let label = short(label, LONGEST_LABEL);
    let lines = [&ty, &label].into_iter().filter(|line| !line.is_empty());
    let size = Size {
        width: (line_width(&ty).max(line_width(&label)) + 2.0 * CHIP_PADDING).ceil(),
        height: lines.count() as f64 * LINE_HEIGHT + 2.0,
    };
    let is_pattern = matches!(kind, LinkKind::Arm { .. });
    (!ty.is_empty() || !label.is_empty()).then_some(Label {
        size,
        ty,
        label,
        is_pattern,
    })
}

/// The width of a line of ordinary text in pixels.
pub(super) fn line_width(line: &str) -> f64 {
    columns(line) * LINE_CHAR
}

/// East Asian characters and emoji take two columns; nearly all of them are above this one.
fn columns(text: &str) -> f64 {
    let wide = text
        .chars()
        .filter(|&c| c >= '\u{1100}' && c != '…')
        .count();
    (text.chars().count() + wide) as f64
}
