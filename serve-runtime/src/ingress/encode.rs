//! A graph's output to JSON.

use serde::Serialize;

/// An output that can be written as JSON.
#[diagnostic::on_unimplemented(
    message = "an output of type `{Self}` cannot be written as JSON",
    label = "serving this graph over HTTP needs `{Self}` to be `serde::Serialize`",
    note = "derive `serde::Serialize` for it, or call the graph through the handle that `deploy` returns"
)]
pub trait ToJson {
    #[doc(hidden)]
    fn to_json(&self) -> serde_json::Result<Vec<u8>>;
    #[doc(hidden)]
    fn to_pretty_json(&self) -> serde_json::Result<String>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize> ToJson for T {
    fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }

    fn to_pretty_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self)
    }
}
