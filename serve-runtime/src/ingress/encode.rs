//! Writes a graph's output as JSON.

use std::io::{self, Write};

use axum::http::HeaderMap;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use serde::Serialize;

use super::floats::Floats;
use super::offload::MAX_BYTES_IN_PLACE;
use super::stream::{Format, Texts};
use crate::{Result, Streaming};

/// An output that can be written as JSON: one that is `serde::Serialize`, or a [`Streaming`] of such items.
#[diagnostic::on_unimplemented(
    message = "an output of type `{Self}` cannot be written as JSON",
    label = "serving this graph over HTTP needs `{Self}` to be `serde::Serialize`",
    note = "derive `serde::Serialize` for it, or call the graph through the handle that `deploy` returns"
)]
pub trait ToJson: Sized + Send + 'static {
    /// The response, as far as it can be made in place.
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn answer(self, headers: &HeaderMap, floats: Floats) -> Result<Answer>;

    /// The texts to print, each on a line of its own.
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn to_json_texts(self, floats: Floats) -> BoxStream<'static, Result<String>>;
}

/// The form of a response's body.
pub(super) enum Answer {
    /// The complete body.
    Whole(Vec<u8>),
    /// A large body, which this function writes.
    Large(Box<dyn FnOnce() -> Result<Vec<u8>> + Send>),
    /// A body that is sent item by item.
    Streamed(Texts),
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + Send + 'static> ToJson for T {
    #[allow(private_interfaces)]
    fn answer(self, _: &HeaderMap, floats: Floats) -> Result<Answer> {
        // The size is known only after writing.
        Ok(match UpTo::write(&self, MAX_BYTES_IN_PLACE)? {
            Some(small) => Answer::Whole(floats.checked(small, &self)?),
            None => Answer::Large(Box::new(move || {
                floats.checked(serde_json::to_vec(&self)?, &self)
            })),
        })
    }

    #[allow(private_interfaces)]
    fn to_json_texts(self, floats: Floats) -> BoxStream<'static, Result<String>> {
        let text = serde_json::to_string_pretty(&self).map_err(Into::into);
        stream::iter([text.and_then(|text| floats.checked(text, &self))]).boxed()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + Send + 'static> ToJson for Streaming<T> {
    #[allow(private_interfaces)]
    fn answer(self, headers: &HeaderMap, floats: Floats) -> Result<Answer> {
        let format = Format::of(headers);
        Ok(Answer::Streamed(Texts::of(self, format, floats)))
    }

    #[allow(private_interfaces)]
    fn to_json_texts(self, floats: Floats) -> BoxStream<'static, Result<String>> {
        StreamExt::map(self, move |item| floats.text(&item?)).boxed()
    }
}

/// A writer that holds at most a given number of bytes.
struct UpTo {
    written: Vec<u8>,
    max: usize,
}

impl UpTo {
    /// Writes a value as JSON, unless that takes more than `max` bytes.
    fn write(value: &impl Serialize, max: usize) -> Result<Option<Vec<u8>>> {
        let mut to = UpTo {
            written: Vec::with_capacity(128), // as in serde_json
            max,
        };
        match serde_json::to_writer(&mut to, value) {
            Ok(()) => Ok(Some(to.written)),
            Err(error) if error.is_io() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl Write for UpTo {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.max - self.written.len() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_output_is_not_written_in_place() {
        assert_eq!(UpTo::write(&"abcd", 6).unwrap().unwrap(), br#""abcd""#);
        assert_eq!(UpTo::write(&"abcde", 6).unwrap(), None);
        assert_eq!(UpTo::write(&vec![1_u8; 1000], 100).unwrap(), None);
    }
}
