//! One request through a graph, and what users' errors become.

use std::any::Any;

use crate::graph::Graph;
use crate::private::{Progress, isolate};
use crate::{BoxError, Error, Result};

/// Runs one request; a panic in a node comes back as an error that names the node.
pub async fn call<G: Graph>(graph: &G, input: G::Input) -> Result<G::Output> {
    let _request = graph.requests().begin()?;
    let progress = Progress::new();
    match isolate(graph.execute(input, &progress)).await {
        Ok(result) => result,
        Err(payload) => {
            let node = G::TOPOLOGY.nodes.get(progress.node());
            let name = node.map_or(G::TOPOLOGY.name, |node| node.name);
            Err(Error::panicked(payload).at(name))
        }
    }
}

/// What a function that is called through a handle panicked with.
#[cold]
pub fn panicked(payload: Box<dyn Any + Send>) -> Error {
    Error::panicked(payload)
}

/// What a user's method returned as its error.
#[cold]
pub fn user_error<E: UserError>(error: E) -> Error {
    Error::from_user(error.into_boxed())
}

/// What a user's `Result` may carry as its error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error of a deployment",
    label = "not an error that can be passed on",
    note = "implement `std::error::Error` for it, or return `serve_runtime::Result`"
)]
pub trait UserError {
    #[doc(hidden)]
    fn into_boxed(self) -> BoxError;
}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> UserError for E {
    fn into_boxed(self) -> BoxError {
        self.into()
    }
}

/// Names the node that failed.
#[cold]
pub fn at_node(error: Error, node: &str) -> Error {
    error.at(node)
}
