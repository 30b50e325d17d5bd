//! The message about a value that is out of range.

use std::fmt;

use crate::text::Text;

/// An option whose value is out of range.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct OutOfRange {
    /// Its name.
    pub option: &'static str,
    /// The requirement: `a number above 0`.
    pub must: &'static str,
    /// The value.
    pub is: f64,
}

impl OutOfRange {
    /// The message with the requirement alone, for a `const`.
    pub(crate) const fn text(&self) -> Text {
        let mut text = Text::new();
        text.push("`");
        text.push(self.option);
        text.push("` must be ");
        text.push(self.must);
        text
    }

    /// A compile error with the requirement.
    #[doc(hidden)]
    #[track_caller]
    pub const fn panic(&self) -> ! {
        panic!("{}", self.text().as_str())
    }
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OutOfRange { option, must, is } = self;
        write!(f, "`{option}` must be {must}, but is {is}")
    }
}
