//! The output of the commands.

use std::fmt::Display;
use std::io::{ErrorKind, Write};
use std::path::Path;

use crate::{Error, Result};

/// Prints a line. A closed pipe is no error: after `| head`, the rest has no reader.
pub(super) fn print(line: impl Display) -> Result<bool> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Error::failed(format!(
            "cannot write to the standard output: {error}"
        ))),
    }
}

/// Writes lines to a file, or prints them.
pub(super) fn write(lines: &str, file: Option<&Path>) -> Result<()> {
    let Some(path) = file else {
        return print(lines.trim_end()).map(drop);
    };
    std::fs::write(path, lines)
        .map_err(|error| Error::invalid_input(format!("cannot write {}: {error}", path.display())))
}
