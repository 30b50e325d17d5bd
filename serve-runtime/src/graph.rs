//! What `#[graph]` implements.

use std::future::Future;

use serve_topology::Topology;

use crate::bounds::generated::Generated;
use crate::executor::progress::Watch;
use crate::handle::{AnyHandle, GraphHandle, HandleTo};
use crate::request::in_flight_limit::InFlightLimit;
use crate::{CallOptions, Result};

/// A checked graph of deployments. `#[graph] fn name(..)` generates a type `NameGraph` that implements it.
///
/// A graph with an input block is its own only [`Entry`]; one with routes has an entry for each.
pub trait Graph: Generated + Sized + Send + Sync + 'static {
    /// What callers hold once the graph is deployed: a struct with a method `call`, or one for each
    /// route.
    type Handle: HandleTo<Calls = GraphHandle<Self>> + Clone + Send + Sync + 'static;
    /// A tuple of all its entries.
    type Entries;
    /// The graph's shape.
    const TOPOLOGY: &'static Topology<'static>;

    #[doc(hidden)]
    fn handle(self) -> Self::Handle {
        HandleTo::new(GraphHandle::new(self))
    }

    /// What a handle calls.
    #[doc(hidden)]
    fn behind(handle: &Self::Handle) -> &Self {
        handle.calls().graph()
    }

    /// What the calls through a handle are made with.
    #[doc(hidden)]
    fn options(handle: &Self::Handle) -> Option<&CallOptions> {
        handle.calls().options()
    }

    /// Shows the handles of all that a request may call.
    #[doc(hidden)]
    fn each_called(&self, show: &mut dyn FnMut(&dyn AnyHandle));

    /// Counts the requests that go through a handle.
    #[doc(hidden)]
    fn requests(&self) -> &InFlightLimit;
}

/// One way into a graph: its input block, or one of its routes.
pub trait Entry: Generated + Sized + 'static {
    /// The graph.
    type Graph: Graph;
    /// The request's parts: a tuple with one element for each parameter of the input block.
    type Input;
    /// What a request is answered with.
    type Output;
    /// Which of [`Topology::entries`] it is.
    const INDEX: usize;

    /// Runs one request. `watch` is told at any time which node is at work.
    #[doc(hidden)]
    fn execute<'g, W: Watch>(
        graph: &'g Self::Graph,
        input: Self::Input,
        watch: &'g W,
    ) -> impl Future<Output = Result<Self::Output>> + Send + 'g;

    /// Runs one request through a handle.
    #[doc(hidden)]
    fn call(
        handle: &<Self::Graph as Graph>::Handle,
        input: Self::Input,
    ) -> impl Future<Output = Result<Self::Output>> + Send;
}
