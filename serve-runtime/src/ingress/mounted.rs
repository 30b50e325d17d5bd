//! A graph's routes in an axum server of the user's own.

use std::sync::Arc;

use axum::Router;

use super::applications::served::{AnyApplication, Served};
use super::cut_off::CutOff;
use super::options::ServerOptions;
use super::router::Serve;
use super::server::outermost;
use super::serving::Serving;
use crate::application::Deployed;
use crate::handle::{GraphHandle, HandleTo};

impl<H> Deployed<H> {
    /// The graph's routes, for an [axum](crate::axum) server that exists already: to `merge` there, or to `nest` below a path.
    ///
    /// They answer as those of a [`Server`](crate::Server) do, with an id for each request and its line in the log, and have
    /// its default limits. The application runs until [`Deployed::shutdown`], and at least as long as the router: dropping
    /// the `Deployed` does not stop it. After that its routes answer 503.
    ///
    /// The server around it is yours: health, connections and clients that are too slow to take their answers are its
    /// business.
    ///
    /// ```
    /// use serve_runtime::axum::{Router, routing::get};
    /// use serve_runtime::prelude::*;
    ///
    /// #[deployment]
    /// async fn greet(name: String) -> String {
    ///     format!("hello, {name}")
    /// }
    ///
    /// #[graph(route_prefix = "/hello")]
    /// fn hello() -> String {
    ///     input(|name: String| greet(name))
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let app = deploy(hello()).await?;
    /// let router: Router = Router::new()
    ///     .route("/", get(|| async { "home" }))
    ///     .nest("/ai", Deployed::router(&app)); // POST /ai/hello
    /// // axum::serve(listener, router).with_graceful_shutdown(..).await?;
    /// # drop(router);
    /// Deployed::shutdown(app).await;
    /// # Ok(())
    /// # }
    /// ```
    pub fn router<G>(this: &Self) -> Router
    where
        G: Serve<Handle = H>,
        H: HandleTo<Calls = GraphHandle<G>> + Clone + Send + Sync + 'static,
    {
        Deployed::router_with(this, &ServerOptions::default())
    }

    /// [`Deployed::router`] with other limits: those of bodies, of requests in flight and of streams.
    pub fn router_with<G>(this: &Self, options: &ServerOptions) -> Router
    where
        G: Serve<Handle = H>,
        H: HandleTo<Calls = GraphHandle<G>> + Clone + Send + Sync + 'static,
    {
        let served = Arc::new(Served::<G>::running(this.shared()));
        let serving = Serving::new(options, CutOff::never(), Arc::default());
        let router = served.router(&Arc::new(serving), &Arc::default());
        outermost(router, CutOff::never())
    }
}
