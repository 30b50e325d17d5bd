//! The traits that `#[graph]` implements.

use std::future::Future;

use serve_topology::Topology;

use crate::bounds::generated::Generated;
use crate::executor::keep::Keep;
use crate::executor::progress::Watch;
use crate::handle::{AnyHandle, GraphHandle, HandleTo};
use crate::request::caller::Caller;
use crate::request::in_flight_limit::InFlightLimit;
#[cfg(feature = "config")]
use crate::{Application, Error};
use crate::{CallOptions, Result};

/// A checked graph of deployments. `#[graph] fn name(..)` generates a type `NameGraph` that implements it.
///
/// A graph with an input block has one [`Entry`], the graph itself; a graph with routes has one for each.
pub trait Graph: Generated + Sized + Send + Sync + 'static {
    /// The handle that callers hold once the graph is deployed: a struct with a method `call`, or with one for
    /// each route.
    type Handle: HandleTo<Calls = GraphHandle<Self>> + Clone + Send + Sync + 'static;
    /// A tuple of all its entries.
    type Entries;
    /// The graph's shape.
    const TOPOLOGY: &'static Topology<'static>;

    #[doc(hidden)]
    fn handle(self) -> Self::Handle {
        HandleTo::new(GraphHandle::new(self))
    }

    /// The graph that a handle calls.
    #[doc(hidden)]
    fn behind(handle: &Self::Handle) -> &Self {
        handle.calls().graph()
    }

    /// The options of the calls through a handle.
    #[doc(hidden)]
    fn options(handle: &Self::Handle) -> Option<&CallOptions> {
        handle.calls().options()
    }

    /// Who calls through a handle.
    #[doc(hidden)]
    fn caller(handle: &Self::Handle) -> Caller {
        handle.calls().caller()
    }

    /// Passes the handles of all deployments that a request may call to `show`.
    #[doc(hidden)]
    fn each_called(&self, show: &mut dyn FnMut(&dyn AnyHandle));

    /// The application, with arguments from a file.
    #[doc(hidden)]
    #[cfg(feature = "config")]
    fn from_arguments(_: &mut crate::config::arguments::Arguments) -> Result<Application<Self>> {
        Err(Error::invalid_input(
            "the graph function has parameters of the kind `impl Trait`, or more than 12, which a file cannot have",
        ))
    }

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
    /// The response to a request.
    type Output;
    /// Its index in [`Topology::entries`].
    const INDEX: usize;

    /// Whether the future of a request has a box of its own: it has if it is larger than 16 KiB.
    #[doc(hidden)]
    type Keep: Keep;

    /// Runs one request. `watch` always knows which node is running.
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
