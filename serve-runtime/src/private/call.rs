//! One request through a graph, and what users' errors become.

use std::any::Any;

use crate::graph::{Entry, Graph};
#[cfg(not(feature = "testing"))]
use crate::private::Progress as Looking;
use crate::private::isolate;
#[cfg(feature = "testing")]
use crate::testing::Postponing as Looking;
use crate::{BoxError, Error, Result};

/// Runs one request; a panic in a node comes back as an error that names the node.
pub async fn call<E: Entry>(graph: &E::Graph, input: E::Input) -> Result<E::Output> {
    let _request = graph.requests().begin()?;
    let progress = Looking::new();
    match isolate(E::execute(graph, input, &progress)).await {
        Ok(result) => result,
        Err(payload) => {
            let topology = <E::Graph as Graph>::TOPOLOGY;
            let node = topology.nodes.get(progress.node());
            let name = node.map_or(topology.name, |node| node.name);
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
pub fn user_error(error: BoxError) -> Error {
    Error::from_user(error)
}

/// Names the node that failed.
#[cold]
pub fn at_node(error: Error, node: &str) -> Error {
    error.at(node)
}

/// A `user_config` as what `reconfigure` takes. Of another type it cannot be: whoever sets it is asked for
/// this one.
pub fn user_config<C: Clone + 'static>(config: &(dyn Any + Send + Sync)) -> Result<C> {
    let config: Option<&C> = config.downcast_ref();
    config
        .cloned()
        .ok_or_else(|| Error::failed("the `user_config` is of another type"))
}
