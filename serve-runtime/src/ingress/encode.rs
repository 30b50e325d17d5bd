//! A graph's output to JSON.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use serde::Serialize;

use super::answer::{Problem, json};
use super::stream::{Format, answer};
use crate::{Result, Streaming};

/// An output that can be written as JSON: one that is `serde::Serialize`, or a [`Streaming`] of such items.
#[diagnostic::on_unimplemented(
    message = "an output of type `{Self}` cannot be written as JSON",
    label = "serving this graph over HTTP needs `{Self}` to be `serde::Serialize`",
    note = "derive `serde::Serialize` for it, or call the graph through the handle that `deploy` returns"
)]
pub trait ToJson: Sized {
    /// The answer, and whether its body is still to be made.
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn answer(self, headers: &HeaderMap) -> Result<Answer, Problem>;

    /// What is to be printed, each on a line of its own.
    #[doc(hidden)]
    fn to_json_texts(self) -> BoxStream<'static, Result<String>>;
}

/// An answer as far as it is there.
pub(super) enum Answer {
    Whole(Response),
    /// Its body comes piece by piece.
    Streamed(Response),
}

#[diagnostic::do_not_recommend]
impl<T: Serialize> ToJson for T {
    #[allow(private_interfaces)]
    fn answer(self, _: &HeaderMap) -> Result<Answer, Problem> {
        match serde_json::to_vec(&self) {
            Ok(body) => Ok(Answer::Whole(json(StatusCode::OK, body))),
            Err(error) => {
                tracing::error!(%error, "the output cannot be written as JSON");
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                Err(Problem::new(status, "internal error"))
            }
        }
    }

    fn to_json_texts(self) -> BoxStream<'static, Result<String>> {
        let text = serde_json::to_string_pretty(&self);
        stream::iter([text.map_err(Into::into)]).boxed()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + Send + 'static> ToJson for Streaming<T> {
    #[allow(private_interfaces)]
    fn answer(self, headers: &HeaderMap) -> Result<Answer, Problem> {
        Ok(Answer::Streamed(answer(self, Format::of(headers))))
    }

    fn to_json_texts(self) -> BoxStream<'static, Result<String>> {
        StreamExt::map(self, |item| Ok(serde_json::to_string(&item?)?)).boxed()
    }
}
