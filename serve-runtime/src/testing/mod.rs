//! Tools for tests: fakes in place of deployments, and requests in every order.
//!
//! The feature `testing` enables this module. Enable it only in `dev-dependencies`: without it, handles do not
//! check for a fake, and no code is generated for fakes.
//!
//! ```toml
//! [dev-dependencies]
//! serve-runtime = { version = "0.1", features = ["testing"] }
//! ```
//!
//! `#[deployment]` does not change an item: a test can call a function as it is, and a method on a
//! value that it made itself. A graph needs no server either:
//! `deploy(graph()).await?.call(input).await?` is the response to one request.
//!
//! # Fakes
//!
//! [`Application::with`](crate::Application::with) puts a fake in place of one deployment of a graph;
//! its constructor then never runs. `X::fake()` has a method for each of `X`'s callable methods, which
//! takes a closure with the arguments of the handle's method; a function's `fake` takes the closure itself.
//!
//! ```
//! use serve_runtime::prelude::*;
//!
//! #[deployment]
//! struct Model;
//!
//! #[deployment]
//! impl Model {
//!     fn new() -> Result<Self> {
//!         Err(Error::failed("there are no weights on this machine"))
//!     }
//!
//!     fn score(&self, text: &str) -> Result<f32> {
//!         Err(Error::failed(format!("no weights to score {text} with")))
//!     }
//! }
//!
//! #[deployment]
//! async fn verdict(score: f32) -> String {
//!     if score > 0.5 { "good".into() } else { "bad".into() }
//! }
//!
//! #[graph]
//! fn review() -> String {
//!     let model = Model::bind();
//!     input(|text: String| verdict(model.score(text)))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<()> {
//! let model = Model::fake().score(|text| if text.is_empty() { 0.0 } else { 0.9 });
//! let app = deploy(review().with("model", model)).await?;
//! assert_eq!(app.call("a text".into()).await?, "good");
//!
//! let app = deploy(review()
//!     .with("model", Model::fake().score(|_| Err(Error::invalid_input("too long"))))
//!     .with("verdict", verdict::fake(|score| format!("it is {score}"))))
//! .await?;
//! let error = app.call("a text".into()).await.unwrap_err();
//! assert_eq!(error.to_string(), "node `model.score`: too long");
//! # Ok(())
//! # }
//! ```
//!
//! A fake answers with the method's value, with a [`Result`](crate::Result) of it, or with [`later`]. It
//! runs on the caller's task, and no option of the deployment applies to it: no replicas, no limits,
//! no queue. A method without a closure fails with an error that says so. To record calls, let the closure
//! record them.
//!
//! [`handle`] makes a handle of a single fake, to test a type that holds a handle.
//!
//! # Orders
//!
//! [`orders`] runs a request again and again, each time with its nodes completing in another order, and
//! reports an order that gave another response.

mod fake;
mod orders;
mod reply;
pub(crate) mod schedule;
mod with;

pub use fake::{Fake, Fakes, handle};
pub(crate) use fake::{Faked, Replies};
pub use orders::orders;
pub use reply::{IntoReply, Reply, later};
