//! The shapes that deployment graphs are built in: each through a handle, and over HTTP.

mod adapters;
mod classes;
mod functions;
mod handles;
mod options;
mod routes;
mod served;

use serve_runtime::prelude::*;

/// Asserts the answer of an application, through a handle and over HTTP.
macro_rules! assert_answers {
    ($application:expr, ($($input:expr),*), $body:tt => $expected:expr) => {
        let app = deploy($application).await.unwrap();
        assert_eq!(app.call($($input),*).await.unwrap(), $expected);
        let server = serve($application).await;
        assert_eq!(server.post(json!($body)).await.ok(), json!($expected));
    };
}
use assert_answers;

/// The names of a graph's deployments.
fn names<G: Graph>() -> Vec<&'static str> {
    let deployments = G::TOPOLOGY.deployments.iter();
    deployments.map(|deployment| deployment.name).collect()
}
