//! The message about a value that is out of range.

use std::fmt;

use crate::text::Text;

/// The first option of a table whose number is out of range. A macro, because each table is a type of its own and
/// a `const fn` cannot call a trait.
macro_rules! first_out_of_range {
    ($options:expr, $Table:ident) => {{
        let mut i = 0;
        loop {
            if i == $Table::ALL.len() {
                break None;
            }
            let option = $Table::ALL[i];
            if let Some(number) = $options.number(option)
                && let Some(wrong) = option.spec().refuse(number)
            {
                break Some(wrong);
            }
            i += 1;
        }
    }};
}

pub(super) use first_out_of_range;

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
