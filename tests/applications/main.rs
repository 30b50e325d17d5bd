//! Several applications in one server, and a graph in a server of the user's own.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod changes;
mod configured;
mod control_plane;
mod layers;
mod mounted;
mod own_routes;
mod several;

use serve_runtime::prelude::*;
use serve_runtime::{Server, ServerOptions};
use serve_tests::support;

#[deployment]
pub async fn greet(name: String) -> String {
    format!("hello, {name}")
}

#[graph]
pub fn hello() -> String {
    input(|name: String| greet(name))
}

#[deployment]
pub async fn double(number: u32) -> u32 {
    number * 2
}

#[deployment]
pub async fn halve(number: u32) -> u32 {
    number / 2
}

#[graph(route_prefix = "/numbers")]
pub fn numbers() -> u32 {
    route("/", |number: u32| double(number));
    route("/half", |number: u32| halve(number));
}

/// A server on a free port.
fn server() -> Server {
    Server::new().options(ServerOptions::new().port(0))
}
