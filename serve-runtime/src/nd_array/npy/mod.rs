//! `.npy`, the format of `numpy.save`: a header line and the values.
//!
//! ```text
//! \x93NUMPY 1 0 <length> {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n <values>
//! ```
//!
//! The crates for it read that line as any Python literal, with a parser that recurses as deep as the sender
//! likes, and allocate whatever the line promises. This reads only what numpy writes.

use ndarray::{ArrayD, IxDyn, ShapeBuilder};

use super::dtype::{self, Dtype};
use super::shape;

/// The first bytes of each file.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

pub(super) fn read<T: Dtype>(bytes: &[u8]) -> Result<ArrayD<T>, String> {
    let (line, values) = split(bytes).ok_or("the .npy file ends within its header")?;
    let header = std::str::from_utf8(line).ok().and_then(Header::read);
    let header = header.ok_or_else(|| {
        let line = String::from_utf8_lossy(line);
        let line: String = line.trim_end().chars().take(80).collect();
        format!("not a header of a .npy file with an array of numbers: `{line}`")
    })?;
    dtype::check::<T>(header.descr)?;
    shape::check(&header.shape, values.len() / size_of::<T>())?;
    if !values.len().is_multiple_of(size_of::<T>()) {
        return Err("the .npy file ends within a value".to_owned());
    }
    let values = T::of_bytes(values, header.descr.starts_with('>'))?;
    let dimensions = IxDyn(&header.shape).set_f(header.is_fortran);
    ArrayD::from_shape_vec(dimensions, values)
        .map_err(|error| format!("an array cannot have the shape {:?}: {error}", header.shape))
}

/// Splits a file into the header's line and the values.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (version, rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<2>()?;
    let (length, rest) = match version[0] {
        1 => {
            let (length, rest) = rest.split_first_chunk()?;
            (u16::from_le_bytes(*length).into(), rest)
        }
        _ => {
            let (length, rest) = rest.split_first_chunk()?;
            (u32::from_le_bytes(*length), rest)
        }
    };
    rest.split_at_checked(length.try_into().ok()?)
}

/// The header: what a file says about its values.
struct Header<'h> {
    /// Their type, such as `<f4`.
    descr: &'h str,
    /// Whether the values are in Fortran order: neighbours along the first dimension are adjacent.
    is_fortran: bool,
    shape: Vec<usize>,
}

impl<'h> Header<'h> {
    fn read(line: &'h str) -> Option<Self> {
        let (mut descr, mut is_fortran, mut shape) = (None, None, None);
        let mut text = Text(line);
        text.take("{")?;
        while text.take("}").is_none() {
            match text.quoted()? {
                "descr" => descr = Some(text.take(":").and_then(|()| text.quoted())?),
                "fortran_order" => is_fortran = Some(text.take(":").and_then(|()| text.truth())?),
                "shape" => shape = Some(text.take(":").and_then(|()| text.tuple())?),
                _ => return None,
            }
            let _ = text.take(",");
        }
        Some(Header {
            descr: descr?,
            is_fortran: is_fortran?,
            shape: shape?,
        })
    }
}

/// The rest of a Python literal.
struct Text<'h>(&'h str);

impl<'h> Text<'h> {
    fn take(&mut self, token: &str) -> Option<()> {
        self.0 = self.0.trim_start().strip_prefix(token)?;
        Some(())
    }

    fn quoted(&mut self) -> Option<&'h str> {
        self.take("'")?;
        let (quoted, rest) = self.0.split_once('\'')?;
        self.0 = rest;
        Some(quoted)
    }

    fn truth(&mut self) -> Option<bool> {
        match self.take("True") {
            Some(()) => Some(true),
            None => self.take("False").map(|()| false),
        }
    }

    /// `()`, `(3,)`, `(2, 3)`
    fn tuple(&mut self) -> Option<Vec<usize>> {
        let mut items = Vec::new();
        self.take("(")?;
        while self.take(")").is_none() {
            self.0 = self.0.trim_start();
            let end = self.0.find(|c: char| !c.is_ascii_digit())?;
            let (number, rest) = self.0.split_at(end);
            items.push(number.parse().ok()?);
            self.0 = rest;
            let _ = self.take("L"); // Python 2 ends a long integer with it
            let _ = self.take(",");
        }
        Some(items)
    }
}

#[cfg(test)]
mod tests;
