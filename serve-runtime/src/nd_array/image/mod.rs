//! Decodes an image to an array of (height, width, 3) bytes.

use std::io::Cursor;

use image::{ImageDecoder, ImageFormat, ImageReader, Limits};
use ndarray::{ArrayD, IxDyn};

use super::NdArray;
use super::dtype::Dtype;

mod jpeg;

/// The memory for decoding an image besides the array itself, in bytes per pixel: four colours of 16 bits.
const BYTES_A_PIXEL: u64 = 8;

/// The image format that begins like this, if it is supported.
pub(super) fn format(bytes: &[u8]) -> Option<ImageFormat> {
    let format = image::guess_format(bytes).ok()?;
    format.reading_enabled().then_some(format)
}

pub(super) fn read<T: Dtype>(bytes: &[u8], format: ImageFormat) -> Result<ArrayD<T>, String> {
    if T::NAME != u8::NAME {
        let wanted = T::NAME;
        return Err(format!(
            "an image is an array of uint8, but one of {wanted} is expected; send it as .npy"
        ));
    }
    if format == ImageFormat::Jpeg && !jpeg::is_whole(bytes) {
        return Err("the image cannot be read: the JPEG file ends within its pixels".to_owned());
    }
    let broken = |error| format!("the image cannot be read: {error}");
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let max_pixels = NdArray::<T>::MAX_PIXELS;
    let mut limits = Limits::default();
    limits.max_alloc = Some(max_pixels * BYTES_A_PIXEL);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > max_pixels {
        return Err(format!(
            "the image has {width} * {height} = {pixels} pixels, but the maximum is {max_pixels}"
        ));
    }
    let pixels = image::DynamicImage::from_decoder(decoder)
        .map_err(broken)?
        .into_rgb8();
    let shape = [height as usize, width as usize, 3];
    let values = T::of_u8s(pixels.into_raw()).unwrap_or_default();
    ArrayD::from_shape_vec(IxDyn(&shape), values).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nd_array::binary;

    fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let image = image::RgbImage::from_fn(width, height, |x, y| {
            image::Rgb([x as u8 * 10, y as u8 * 20, 200])
        });
        let mut file = Cursor::new(Vec::new());
        image.write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    #[test]
    fn pixels_are_kept_in_rows() {
        for format in [ImageFormat::Png, ImageFormat::WebP] {
            let array = binary::read::<u8>(&encoded(4, 3, format)).unwrap();
            assert_eq!(array.shape(), [3, 4, 3]);
            for ((y, x), red) in ndarray::indices((3, 4))
                .into_iter()
                .map(|at| (at, at.1 * 10))
            {
                let pixel = [array[[y, x, 0]], array[[y, x, 1]], array[[y, x, 2]]];
                assert_eq!(pixel, [red as u8, y as u8 * 20, 200]);
            }
        }
        let photo = binary::read::<u8>(&encoded(16, 8, ImageFormat::Jpeg)).unwrap();
        assert_eq!(photo.shape(), [8, 16, 3]);
    }

    #[test]
    fn shades_of_grey_and_transparency_become_colours() {
        let grey = image::DynamicImage::new_luma8(1, 2);
        let mut file = Cursor::new(Vec::new());
        grey.write_to(&mut file, ImageFormat::Png).unwrap();
        assert_eq!(
            binary::read::<u8>(file.get_ref()).unwrap().shape(),
            [2, 1, 3]
        );
        let clear = image::DynamicImage::new_rgba16(2, 1);
        let mut file = Cursor::new(Vec::new());
        clear.write_to(&mut file, ImageFormat::Png).unwrap();
        assert_eq!(
            binary::read::<u8>(file.get_ref()).unwrap().shape(),
            [1, 2, 3]
        );
    }

    #[test]
    fn an_image_is_an_array_of_bytes_only() {
        let error = binary::read::<f32>(&encoded(1, 1, ImageFormat::Png)).unwrap_err();
        assert!(
            error.starts_with("an image is an array of uint8, but one of float32"),
            "{error}"
        );
    }

    #[test]
    fn a_small_file_with_a_huge_image_is_refused() {
        // The size is in the first chunk of a PNG, whose checksum is not checked before the size.
        let mut bomb = encoded(1, 1, ImageFormat::Png);
        bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&50_000_u32.to_be_bytes());
        let checksum = crc(&bomb[12..29]).to_be_bytes();
        bomb[29..33].copy_from_slice(&checksum);
        let error = binary::read::<u8>(&bomb).unwrap_err();
        let expected =
            "the image has 60000 * 50000 = 3000000000 pixels, but the maximum is 64000000";
        assert_eq!(error, expected);
    }

    /// The checksum of a PNG's chunk.
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |crc: u32, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| match crc & 1 {
                1 => crc >> 1 ^ 0xedb8_8320,
                _ => crc >> 1,
            })
        })
    }

    #[test]
    fn a_cut_or_garbled_image_does_not_panic() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let whole = encoded(5, 4, format);
            let pixels = binary::read::<u8>(&whole).unwrap();
            for end in 0..whole.len() {
                // Bytes after the pixels may be missing, but none of the pixels.
                let cut = binary::read::<u8>(&whole[..end]);
                assert!(
                    cut.is_err() || cut.as_ref() == Ok(&pixels),
                    "{format:?} {end}"
                );
            }
            for position in 0..whole.len() {
                for change in [1, 0x80] {
                    let mut garbled = whole.clone();
                    garbled[position] ^= change;
                    let _ = binary::read::<u8>(&garbled);
                }
            }
        }
    }
}
