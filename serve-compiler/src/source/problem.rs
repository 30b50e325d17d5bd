//! Problems in the sources, with their places.

use std::fmt;
use std::path::{Path, PathBuf};

use proc_macro2::{LineColumn, Span};

use super::File;

/// A problem in a file.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The file, as it was given or found.
    pub file: PathBuf,
    /// The compiler's message, with its `note:` and `help:` lines.
    pub message: String,
    /// The tokens to blame; none if the file could not be read.
    pub place: Option<Place>,
}

/// A piece of a file's text.
#[derive(Debug, Clone)]
pub struct Place {
    /// The whole text of the file.
    pub text: String,
    /// The piece, in bytes of the text.
    pub bytes: std::ops::Range<usize>,
    /// Line and column of its first character, both from 1.
    pub line_column: (usize, usize),
}

impl Problem {
    /// An error of the file system.
    pub(super) fn unreadable(file: &Path, error: &std::io::Error) -> Self {
        Problem {
            file: file.to_owned(),
            message: format!("cannot read this file: {error}"),
            place: None,
        }
    }

    /// A `Cargo.toml` that does not parse.
    pub(super) fn manifest(
        file: &Path,
        text: &str,
        message: &str,
        bytes: Option<std::ops::Range<usize>>,
    ) -> Self {
        Problem {
            file: file.to_owned(),
            message: message.to_owned(),
            place: bytes.map(|bytes| Place::in_bytes(bytes, text)),
        }
    }

    /// The errors in one. `attribute` is the place of an error that is at no tokens of the user's.
    pub(super) fn of(error: &syn::Error, file: &File, attribute: Option<Span>) -> Vec<Self> {
        let problem = |error: syn::Error| {
            let span = match attribute {
                Some(attribute) if error.span().byte_range().is_empty() => attribute,
                _ => error.span(),
            };
            Problem {
                file: file.path.clone(),
                message: error.to_string(),
                place: Some(Place::of(span, &file.text)),
            }
        };
        error.clone().into_iter().map(problem).collect()
    }
}

impl Place {
    fn in_bytes(bytes: std::ops::Range<usize>, text: &str) -> Self {
        let before = text.get(..bytes.start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Place {
            bytes,
            line_column: (
                before.matches('\n').count() + 1,
                before[line_start..].chars().count() + 1,
            ),
            text: text.to_owned(),
        }
    }

    fn of(span: Span, text: &str) -> Self {
        let (start, end) = (span.start(), span.end());
        let from = offset(text, start);
        Place {
            bytes: from..offset(text, end).max(from),
            line_column: (start.line, start.column + 1),
            text: text.to_owned(),
        }
    }
}

/// Lines and columns stay correct where syn drops a byte order mark or a `#!` line.
fn offset(text: &str, at: LineColumn) -> usize {
    let line_start = match at.line {
        0 | 1 => 0,
        line => text
            .match_indices('\n')
            .nth(line - 2)
            .map_or(text.len(), |(newline, _)| newline + 1),
    };
    let column = text[line_start..].char_indices().nth(at.column);
    column.map_or(text.len(), |(offset, _)| line_start + offset)
}

/// `src/graph.rs:12:9: unknown variable ..`
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(Place {
            line_column: (line, column),
            ..
        }) = self.place
        {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)
    }
}
