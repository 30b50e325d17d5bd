//! Bodies that are not photos, or damaged ones.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use content_understanding::preprocess::{PreprocessError, Preprocessor};
use serve_runtime::ErrorKind;

fn photo(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/photos/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn failure(bytes: impl Into<Vec<u8>>) -> PreprocessError {
    let error = Preprocessor::new()
        .process(bytes.into().into())
        .unwrap_err();
    println!("{error}");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    error.downcast_ref::<PreprocessError>().unwrap().clone()
}

/// A PNG that says it is `width` by `height`, grey, and holds no pixels.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 0, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    png.extend(&header);
    png.extend(crc32(&header).to_be_bytes());
    png.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    png
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    })
}

#[test]
fn a_text_is_not_an_image() {
    let error = failure("Dear sir or madam, here is no photo at all.");
    assert!(
        matches!(error, PreprocessError::NotAnImage { .. }),
        "{error}"
    );
    let message = error.to_string();
    assert!(message.starts_with("not an image: "), "{message}");
    assert!(message.contains("Dear sir or madam"), "{message}");
    assert!(
        message.contains("PNG, JPEG and WebP are accepted"),
        "{message}"
    );
}

#[test]
fn empty_bytes_and_noise_are_not_images() {
    assert!(failure("").to_string().contains("empty"));
    assert!(failure([0, 159, 146, 150]).to_string().contains("00, 9f"));
    // Text that is cut in the middle of a character, and with control characters.
    assert!(
        failure("ééééééééééééééééééééé")
            .to_string()
            .contains("text")
    );
    assert!(failure("\x1b[31mred").to_string().contains("bytes"));
}

#[test]
fn other_formats_are_named() {
    let error = failure(b"GIF89a\x01\0\x01\0\0\0\0;");
    assert_eq!(
        error.to_string(),
        "GIF images are not accepted; PNG, JPEG and WebP are"
    );
    failure(b"%!PS-Adobe-3.0");
}

#[test]
fn a_truncated_png_is_damaged() {
    let whole = photo("coffee.png");
    for length in [8, 20, 60, 1000, whole.len() / 2] {
        let error = failure(&whole[..length]);
        assert!(
            matches!(error, PreprocessError::Damaged { format: "PNG", .. }),
            "{error}"
        );
    }
}

#[test]
fn a_jpeg_without_pixels_is_damaged() {
    let error = failure(&photo("china.jpg")[..100]);
    assert!(
        matches!(error, PreprocessError::Damaged { format: "JPEG", .. }),
        "{error}"
    );
}

#[test]
fn a_truncated_jpeg_does_not_panic() {
    // The decoder makes the best of it, as browsers do: the missing rows are grey.
    let whole = photo("china.jpg");
    for length in (0..whole.len()).step_by(whole.len() / 50) {
        let _ = Preprocessor::new().process(whole[..length].to_vec().into());
    }
}

#[test]
fn a_huge_image_is_refused_by_its_header() {
    let error = failure(png_header(100_000, 100_000));
    assert!(
        matches!(error, PreprocessError::TooManyPixels { .. }),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .contains("100000x100000, of at most 50 megapixels"),
        "{error}"
    );
    failure(png_header(u32::MAX >> 1, u32::MAX >> 1));
    // Within the limit, the missing pixels are the error.
    let error = failure(png_header(100, 100));
    assert!(matches!(error, PreprocessError::Damaged { .. }), "{error}");
}

#[test]
fn a_photo_is_turned_upright() {
    let jpeg = photo("china.jpg");
    let upright = Preprocessor::new().process(jpeg.clone().into()).unwrap();
    assert_eq!((upright.width(), upright.height()), (640, 427));
    // An Exif segment whose only entry says: turn by 90 degrees clockwise.
    let exif =
        b"\xff\xe1\0\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let turned = [&jpeg[..2], exif, &jpeg[2..]].concat();
    let turned = Preprocessor::new().process(turned.into()).unwrap();
    assert_eq!((turned.width(), turned.height()), (427, 640));
    // The top left corner is now at the top right.
    assert_eq!(turned.rgb()[426 * 3..427 * 3], upright.rgb()[..3]);
}
