//! Whether a JPEG file is whole: the decoder paints what is missing grey.

const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: u8 = 0xd9;

/// Whether the image has an end; what some cameras append to it is not looked at.
pub(super) fn is_whole(file: &[u8]) -> bool {
    let mut rest = file.get(2..).unwrap_or_default(); // after the start of the image
    while let Some((marker, after)) = next_marker(rest) {
        rest = match marker {
            END_OF_IMAGE => return true,
            START_OF_SCAN => skip_pixels(skip_segment(after)),
            0x01 | 0xd0..=0xd8 => after, // the markers that stand alone
            _ => skip_segment(after),
        };
    }
    false
}

/// The first marker, before which there may be bytes to fill up.
fn next_marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let start = bytes.iter().position(|byte| *byte == 0xff)?;
    let rest = &bytes[start..];
    let code = rest.iter().position(|byte| *byte != 0xff)?;
    Some((rest[code], &rest[code + 1..]))
}

/// What follows a segment, which begins with its length.
fn skip_segment(bytes: &[u8]) -> &[u8] {
    let length = bytes
        .first_chunk()
        .map(|length| u16::from_be_bytes(*length));
    let rest = length.and_then(|length| bytes.get(usize::from(length.max(2))..));
    rest.unwrap_or_default()
}

/// What follows the pixels of a scan, in which a byte 0xff is followed by 0, or by a number to synchronise.
fn skip_pixels(bytes: &[u8]) -> &[u8] {
    let is_marker = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff);
    let end = bytes.windows(2).position(is_marker);
    end.map_or(&[], |end| &bytes[end..])
}
