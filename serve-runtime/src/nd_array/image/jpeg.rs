//! Checks that a JPEG file is complete: the decoder paints missing pixels grey.

const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: u8 = 0xd9;

/// Whether the image has an end marker; bytes that some cameras append after it are ignored.
pub(super) fn is_whole(file: &[u8]) -> bool {
    let mut rest = file.get(2..).unwrap_or_default(); // after the start of the image
    while let Some((marker, after)) = next_marker(rest) {
        rest = match marker {
            END_OF_IMAGE => return true,
            START_OF_SCAN => skip_pixels(skip_segment(after)),
            0x01 | 0xd0..=0xd8 => after, // markers without a segment
            _ => skip_segment(after),
        };
    }
    false
}

/// The first marker, after any fill bytes.
fn next_marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let start = bytes.iter().position(|byte| *byte == 0xff)?;
    let rest = &bytes[start..];
    let code = rest.iter().position(|byte| *byte != 0xff)?;
    Some((rest[code], &rest[code + 1..]))
}

/// The bytes after a segment, which begins with its length.
fn skip_segment(bytes: &[u8]) -> &[u8] {
    let length = bytes
        .first_chunk()
        .map(|length| u16::from_be_bytes(*length));
    let rest = length.and_then(|length| bytes.get(usize::from(length.max(2))..));
    rest.unwrap_or_default()
}

/// The bytes after the pixels of a scan, in which a byte 0xff is followed by 0, or by the number of a restart marker.
fn skip_pixels(bytes: &[u8]) -> &[u8] {
    let is_marker = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff);
    let end = bytes.windows(2).position(is_marker);
    end.map_or(&[], |end| &bytes[end..])
}
