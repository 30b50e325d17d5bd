//! The formats by name, for command lines and file names.

use std::{error::Error, fmt, str::FromStr};

/// A format that a topology can be rendered in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// A self-contained SVG element; with the feature `svg`.
    #[cfg(feature = "svg")]
    Svg,
    /// A Mermaid flowchart.
    Mermaid,
    /// A Graphviz digraph.
    Dot,
    /// The plain data.
    Json,
}

impl Format {
    /// All formats.
    pub const ALL: &[Self] = &[
        #[cfg(feature = "svg")]
        Self::Svg,
        Self::Mermaid,
        Self::Dot,
        Self::Json,
    ];

    /// The format's name in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            #[cfg(feature = "svg")]
            Self::Svg => "svg",
            Self::Mermaid => "mermaid",
            Self::Dot => "dot",
            Self::Json => "json",
        }
    }

    /// The usual file name extension, without a dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Mermaid => "mmd",
            other => other.name(),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Reads a format's name or its file name extension.
impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| text == format.name() || text == format.extension())
            .ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

/// A text that names no [`Format`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFormat(String);

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<_> = Format::ALL.iter().map(|format| format.name()).collect();
        write!(
            f,
            "unknown format `{}`: use one of {}",
            self.0,
            known.join(", ")
        )
    }
}

impl Error for UnknownFormat {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for &format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
            assert_eq!(format.extension().parse(), Ok(format));
        }
    }

    #[test]
    fn names_the_known_formats() {
        let error = "png".parse::<Format>().unwrap_err().to_string();
        assert!(error.starts_with("unknown format `png`: use one of "));
        assert!(error.ends_with("mermaid, dot, json"));
    }
}
