//! HTTP: requests in, answers out.
//!
//! ```text
//! request -> request id -> admission -> decode -> graph -> encode -> answer
//! ```
//!
//! | path | answers |
//! |---|---|
//! | `POST` a route of the graph | its output as JSON |
//! | `GET /-/healthz` | 200 once every replica is ready, else 503 with the reason |
//! | `GET /-/routes` | the routes and the graphs behind them |
//! | `GET /-/openapi.json` | what the routes take and give, as OpenAPI |

mod admission;
mod answer;
mod body;
mod decode;
mod encode;
mod management;
mod openapi;
mod request_id;
mod route;
mod routes;
mod server;
mod shutdown;
mod state;

pub use decode::{BadBody, FromJson, Inputs};
pub use encode::ToJson;
pub use routes::{Routes, Serve};
pub use server::{Server, ServerOptions};
