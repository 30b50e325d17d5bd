//! From a photo of any size to the square that a network looks at.
//!
//! The filters are Pillow's, which the networks were trained with: they widen with the reduction,
//! so that every pixel of a large photo counts. They are written out here because the fast
//! libraries for it cost more to compile than the rest of this package, and plain loops bring a
//! 12-megapixel photo to size in less time than the networks take.

use crate::pixels::Image;

/// The part of a photo that a network looks at, in pixels; borders may fall between pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Region {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Region {
    /// The whole photo: its shape is lost in the square.
    pub(crate) fn whole(image: &Image) -> Self {
        Self::middle(image, 1.0)
    }

    /// The middle `share` of both sides: resizing to 256x256 and cutting out the middle 224x224,
    /// in one step.
    pub(crate) fn middle(image: &Image, share: f64) -> Self {
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        Self::centre(image, width * share, height * share)
    }

    /// The middle square whose side is `share` of the photo's shorter side: resizing the shorter
    /// side to 256 and cutting out the middle 224x224, in one step.
    pub(crate) fn middle_square(image: &Image, share: f64) -> Self {
        let side = f64::from(image.width().min(image.height())) * share;
        Self::centre(image, side, side)
    }

    fn centre(image: &Image, width: f64, height: f64) -> Self {
        Self {
            left: (f64::from(image.width()) - width) / 2.0,
            top: (f64::from(image.height()) - height) / 2.0,
            width,
            height,
        }
    }
}

/// How pixels are averaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    /// Weights that fall off in a straight line.
    Bilinear,
    /// Weights of a cubic curve, which keeps edges sharper.
    Bicubic,
}

impl Filter {
    /// How far from its middle the filter reaches, in pixels of the larger of the two images.
    fn reach(self) -> f64 {
        match self {
            Self::Bilinear => 1.0,
            Self::Bicubic => 2.0,
        }
    }

    /// The weight at a distance from the filter's middle, not yet scaled to a sum of 1.
    fn weight(self, distance: f64) -> f64 {
        let x = distance.abs();
        match self {
            Self::Bilinear => (1.0 - x).max(0.0),
            // The cubic convolution of Keys with a = -0.5.
            Self::Bicubic if x < 1.0 => (1.5 * x - 2.5) * x * x + 1.0,
            Self::Bicubic if x < 2.0 => ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0,
            Self::Bicubic => 0.0,
        }
    }
}

/// `region` of `image` as a square: `side * side` RGB pixels, row by row.
pub(crate) fn square(image: &Image, region: Region, side: u32, filter: Filter) -> Vec<[u8; 3]> {
    let stride = image.width() as usize * 3;
    let columns = taps(image.width(), region.left, region.width, side, filter);
    let rows = taps(image.height(), region.top, region.height, side, filter);

    let mut square = Vec::with_capacity(columns.len() * rows.len());
    let mut blend = vec![0.0_f32; stride];
    for row in &rows {
        blend.fill(0.0);
        let sources = image.rgb().chunks_exact(stride).skip(row.first);
        for (source, &weight) in sources.zip(&row.weights) {
            for (sum, &value) in blend.iter_mut().zip(source) {
                *sum += weight * f32::from(value);
            }
        }
        square.extend(columns.iter().map(|column| column.blend(&blend)));
    }
    square
}

/// The neighbouring pixels that make up one pixel of the square, in one direction.
struct Taps {
    first: usize,
    /// One for each pixel from `first` on; their sum is 1.
    weights: Vec<f32>,
}

impl Taps {
    /// The weighted sum of pixels of `row` (three values each).
    fn blend(&self, row: &[f32]) -> [u8; 3] {
        let (pixels, _) = row.as_chunks::<3>();
        let mut sums = [0.0; 3];
        for (pixel, weight) in pixels.iter().skip(self.first).zip(&self.weights) {
            for (sum, value) in sums.iter_mut().zip(pixel) {
                *sum += weight * value;
            }
        }
        // The conversion saturates: a cubic overshoots at edges.
        sums.map(|sum| sum.round() as u8)
    }
}

/// The weights for each of `side` pixels that cover `length` pixels, from `start` on, of a row (or
/// a column) of `len`.
fn taps(len: u32, start: f64, length: f64, side: u32, filter: Filter) -> Vec<Taps> {
    let scale = length / f64::from(side);
    let width = scale.max(1.0);
    let reach = filter.reach() * width;
    let taps_at = |index: u32| {
        let middle = start + (f64::from(index) + 0.5) * scale;
        let first = (middle - reach).round().max(0.0) as usize;
        let end = (middle + reach).round().min(f64::from(len)) as usize;
        let weights: Vec<_> = (first..end)
            .map(|pixel| filter.weight((pixel as f64 + 0.5 - middle) / width))
            .collect();
        let sum: f64 = weights.iter().sum();
        Taps {
            first,
            weights: weights.iter().map(|weight| (weight / sum) as f32).collect(),
        }
    };
    (0..side).map(taps_at).collect()
}

/// RGB pixels to three planes (red, green, blue), each value through `scale`: the `[3, H, W]`
/// layout of most networks.
pub(crate) fn planes(rgb: &[[u8; 3]], scale: impl Fn(f32) -> f32) -> Vec<f32> {
    (0..3)
        .flat_map(|channel| rgb.iter().map(move |pixel| pixel[channel]))
        .map(|value| scale(f32::from(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A grey image, as wide as it has values, each value a column.
    fn columns(values: &[u8], height: usize) -> Image {
        let row: Vec<u8> = values.iter().flat_map(|&value| [value; 3]).collect();
        Image::from_rgb(values.len() as u32, height as u32, row.repeat(height)).unwrap()
    }

    fn resized(values: &[u8], side: u32, filter: Filter) -> Vec<u8> {
        let image = columns(values, 4);
        let square = square(&image, Region::whole(&image), side, filter);
        assert_eq!(square.len(), (side * side) as usize);
        let top = square.iter().take(side as usize);
        top.map(|pixel| pixel[0]).collect()
    }

    #[test]
    fn regions_sit_in_the_middle() {
        let image = columns(&[0; 400], 200);
        let expected = |left, top, width, height| Region {
            left,
            top,
            width,
            height,
        };
        assert_eq!(Region::whole(&image), expected(0.0, 0.0, 400.0, 200.0));
        assert_eq!(
            Region::middle(&image, 0.875),
            expected(25.0, 12.5, 350.0, 175.0)
        );
        assert_eq!(
            Region::middle_square(&image, 0.875),
            expected(112.5, 12.5, 175.0, 175.0)
        );
    }

    #[test]
    fn the_same_size_is_the_same_image() {
        for filter in [Filter::Bilinear, Filter::Bicubic] {
            assert_eq!(resized(&[0, 10, 250, 40], 4, filter), [0, 10, 250, 40]);
        }
    }

    // By hand: (0.75 * 0 + 0.75 * 100 + 0.25 * 200) / 1.75 and
    // (0.25 * 100 + 0.75 * 200 + 0.75 * 50) / 1.75.
    #[test]
    fn halving_weighs_every_pixel() {
        assert_eq!(resized(&[0, 100, 200, 50], 2, Filter::Bilinear), [71, 121]);
    }

    #[test]
    fn a_cubic_is_cut_off_at_white() {
        let edge = resized(&[0, 0, 255, 255], 8, Filter::Bicubic);
        assert_eq!((edge[0], edge[7]), (0, 255));
        assert!(edge.is_sorted(), "{edge:?}");
    }

    #[test]
    fn the_thinnest_photos_resize() {
        for (width, height) in [(1, 1), (1, 5000), (5000, 1)] {
            let image = columns(&vec![7; width], height);
            for region in [
                Region::whole(&image),
                Region::middle(&image, 0.875),
                Region::middle_square(&image, 0.875),
            ] {
                for filter in [Filter::Bilinear, Filter::Bicubic] {
                    let square = square(&image, region, 224, filter);
                    assert!(square.iter().all(|&pixel| pixel == [7; 3]));
                }
            }
        }
    }

    #[test]
    fn planes_split_the_channels() {
        let planes = planes(&[[1, 2, 3], [4, 5, 6]], |value| value * 10.0);
        assert_eq!(planes, [10.0, 40.0, 20.0, 50.0, 30.0, 60.0]);
    }
}
