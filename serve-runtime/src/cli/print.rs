//! What commands print.

use std::io::{ErrorKind, Write, stdout};

use crate::{Error, Result};

/// Prints a text to standard output; `false` if nobody reads it any more, as `| head` does not, which is no mistake.
///
/// # Errors
///
/// If it cannot be written, as to a disk that is full.
pub(super) fn print(text: &str) -> Result<bool> {
    let mut output = stdout().lock();
    match output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush())
    {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Error::failed(format!(
            "cannot write to the standard output: {error}"
        ))),
    }
}
