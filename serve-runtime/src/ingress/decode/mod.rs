//! Reads a graph's inputs from a body.
//!
//! ```text
//! Content -> Inputs -> Part, one for each input -> FromBody -> value
//! ```
//!
//! The content type says what a body is; the type of the input says what is expected.
//!
//! | content type | file | inputs | types |
//! |---|---|---|---|
//! | JSON | `json.rs`, `fields.rs` | one is the body, several are its fields | any |
//! | `multipart/form-data` | `form.rs`, `form_fields.rs` | a part for each, or for each field of one | any |
//! | `text/*` | `text.rs` | one | strings, numbers, `bool`, unit-only enums |
//! | other bytes | `raw.rs` | one | bytes, `NdArray` |
//! | any other | | one | types that implement [`FromBody`] themselves |

mod accepted;
mod bad_body;
mod content;
mod fields;
#[cfg(feature = "multipart")]
mod form;
#[cfg(feature = "multipart")]
mod form_fields;
mod from_body;
pub(crate) mod in_background;
mod inputs;
mod json;
mod misfit;
mod part;
mod raw;
mod text;

pub use bad_body::BadBody;
pub(super) use bad_body::Fault;
pub(super) use content::Content;
pub use from_body::FromBody;
pub use inputs::Inputs;
pub use part::Part;

#[cfg(test)]
mod tests;
