//! Bytes to pixels, without trusting the bytes.

use std::io::Cursor;

use bytes::Bytes;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use serve_runtime::prelude::*;

use crate::pixels::Image;

/// The largest photo decoded, in pixels: what a 50-megapixel phone takes.
const MAX_PIXELS: u64 = 50_000_000;

/// The maximum memory that a decoder may allocate, in bytes: [`MAX_PIXELS`] at 8 bits and four channels,
/// and some working space.
const MAX_DECODER_MEMORY: u64 = 256 << 20;

/// Decodes photos: PNG, JPEG or WebP, whatever the URL or the server calls it.
///
/// Grey, palette, 16-bit and CMYK files become RGB, transparency is dropped, and a camera's
/// orientation tag is applied, so that the models see the photo upright.
///
/// It takes a fiftieth of the time of a photo. Its `memory` is for the largest: `MAX_DECODER_MEMORY`, and three
/// bytes for each of `MAX_PIXELS`.
#[deployment(num_cpus = 0.02, memory = 420_000_000)]
#[derive(Debug)]
pub struct Preprocessor {
    max_pixels: u64,
}

#[deployment]
impl Preprocessor {
    /// A preprocessor for photos of up to 50 megapixels.
    pub fn new() -> Self {
        Self {
            max_pixels: MAX_PIXELS,
        }
    }

    /// The photo in `bytes`, upright.
    ///
    /// The size is judged by the file's header, before memory is taken for the pixels: a small
    /// file that would unpack to gigabytes is refused.
    pub fn process(&self, bytes: Bytes) -> Result<Image> {
        self.decode(bytes).map_err(Error::invalid_input)
    }
}

impl Preprocessor {
    fn decode(&self, bytes: Bytes) -> Result<Image, PreprocessError> {
        let format = recognise(&bytes)?;
        let corrupt = |error: ImageError| PreprocessError::from_image(format, &error);

        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        reader.limits(decoder_limits());
        let mut decoder = reader.into_decoder().map_err(corrupt)?;
        let (width, height) = decoder.dimensions();
        if u64::from(width) * u64::from(height) > self.max_pixels {
            return Err(PreprocessError::TooManyPixels {
                width,
                height,
                max_megapixels: self.max_pixels / 1_000_000,
            });
        }
        let orientation = decoder.orientation().map_err(corrupt)?;
        let mut pixels = DynamicImage::from_decoder(decoder).map_err(corrupt)?;
        pixels.apply_orientation(orientation);

        let pixels = pixels.into_rgb8();
        let (width, height) = pixels.dimensions();
        Image::from_rgb(width, height, pixels.into_raw()).ok_or(PreprocessError::Damaged {
            format: name(format),
            reason: "it has no pixels".into(),
        })
    }
}

impl Default for Preprocessor {
    fn default() -> Self {
        Self::new()
    }
}

/// Why bytes did not become a photo. In each case the bytes are at fault.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum PreprocessError {
    /// The bytes are of no image format.
    #[error("not an image: {found}; PNG, JPEG and WebP are accepted")]
    NotAnImage {
        /// What the bytes look like instead.
        found: String,
    },
    /// The bytes are of an image format that is not decoded here.
    #[error("{format} images are not accepted; PNG, JPEG and WebP are")]
    Format {
        /// The format's name.
        format: &'static str,
    },
    /// The photo is larger than the decoder's budget.
    #[error("the image is too large: {width}x{height}, of at most {max_megapixels} megapixels")]
    TooManyPixels {
        /// Columns, as the header says.
        width: u32,
        /// Rows, as the header says.
        height: u32,
        /// The limit, in millions of pixels.
        max_megapixels: u64,
    },
    /// The file begins as an image and does not continue as one.
    #[error("the {format} image is damaged or incomplete: {reason}")]
    Damaged {
        /// The format's name.
        format: &'static str,
        /// The decoder's message.
        reason: String,
    },
    /// Decoding would take more memory than one photo is given.
    #[error("the {format} image takes more than {max_mib} MiB to decode")]
    TooMuchMemory {
        /// The format's name.
        format: &'static str,
        /// The limit, in MiB.
        max_mib: u64,
    },
}

impl PreprocessError {
    fn from_image(format: ImageFormat, error: &ImageError) -> Self {
        let format = name(format);
        match error {
            ImageError::Limits(_) => Self::TooMuchMemory {
                format,
                max_mib: MAX_DECODER_MEMORY >> 20,
            },
            error => Self::Damaged {
                format,
                reason: innermost(error),
            },
        }
    }
}

/// The format that the first bytes announce, if it is one of ours.
fn recognise(bytes: &[u8]) -> Result<ImageFormat, PreprocessError> {
    match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) => Ok(format),
        Ok(other) => Err(PreprocessError::Format {
            format: name(other),
        }),
        Err(_) => Err(PreprocessError::NotAnImage {
            found: describe(bytes),
        }),
    }
}

fn decoder_limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_DECODER_MEMORY);
    limits
}

fn name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Png => "PNG",
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::WebP => "WebP",
        ImageFormat::Gif => "GIF",
        ImageFormat::Bmp => "BMP",
        ImageFormat::Tiff => "TIFF",
        ImageFormat::Avif => "AVIF",
        ImageFormat::Ico => "ICO",
        _ => "such",
    }
}

/// Describes bytes that are not an image, short enough for an error message.
fn describe(bytes: &[u8]) -> String {
    const SHOWN: usize = 24;
    if bytes.is_empty() {
        return "the file is empty".into();
    }
    let start = &bytes[..bytes.len().min(SHOWN)];
    let is_text = |text: &str| text.chars().all(|c| !c.is_control() || c.is_whitespace());
    match start.utf8_chunks().next().map(|chunk| chunk.valid()) {
        // A cut through a character's bytes loses less than a character.
        Some(text) if text.len() + 4 > start.len() && is_text(text) => {
            format!("the file begins with the text {:?}", text.trim())
        }
        _ => format!(
            "the file begins with the bytes {:02x?}",
            &start[..start.len().min(8)]
        ),
    }
}

/// The first cause of an error: decoders wrap it in layers that repeat the format's name.
fn innermost(error: &ImageError) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
