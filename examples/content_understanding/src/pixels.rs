//! The decoded photo that every model looks at.

use std::fmt;

/// A decoded photo: RGB, 8 bits a channel, at least one pixel.
///
/// The pixels lie row by row from the top left, three bytes (red, green, blue) each, without
/// padding, in the colour space of the file (in practice sRGB).
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl Image {
    /// The image of these pixels, or `None` if a side is zero or `rgb` is not
    /// `width * height * 3` bytes long.
    pub fn from_rgb(width: u32, height: u32, rgb: Vec<u8>) -> Option<Self> {
        let len = u64::from(width) * u64::from(height) * 3;
        (len > 0 && rgb.len() as u64 == len).then_some(Self { width, height, rgb })
    }

    /// The number of columns.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// The number of rows.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The pixels, `width * height * 3` bytes.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }
}

impl fmt::Debug for Image {
    /// Only the size: a million bytes are too much for a log line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Image({}x{})", self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_exactly_the_pixels_of_its_size() {
        assert!(Image::from_rgb(2, 1, vec![0; 6]).is_some());
        assert!(Image::from_rgb(2, 1, vec![0; 5]).is_none());
        assert!(Image::from_rgb(0, 1, Vec::new()).is_none());
    }
}
