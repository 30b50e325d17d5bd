//! What `#[graph]` implements.

use std::future::Future;

use serve_topology::Topology;

use crate::Result;
use crate::private::{Progress, Requests};

/// A checked graph of deployments. `#[graph] fn name(..)` generates a type `Name` that implements it.
pub trait Graph: Sized + Send + Sync + 'static {
    /// The request's parts: a tuple with one element for each parameter of the input block.
    type Input: Send;
    /// What a request is answered with.
    type Output: Send;
    /// What callers hold once the graph is deployed: a struct with a method `call`.
    type Handle: Clone + Send + Sync + 'static;
    /// The graph's shape.
    const TOPOLOGY: &'static Topology<'static>;

    #[doc(hidden)]
    fn handle(self) -> Self::Handle;

    /// Counts the requests that go through a handle.
    #[doc(hidden)]
    fn requests(&self) -> &Requests;

    /// Runs one request. `progress` says at any time which node is at work.
    #[doc(hidden)]
    fn execute<'g>(
        &'g self,
        input: Self::Input,
        progress: &'g Progress,
    ) -> impl Future<Output = Result<Self::Output>> + Send + 'g;

    /// Runs one request through a handle.
    #[doc(hidden)]
    fn call(
        handle: &Self::Handle,
        input: Self::Input,
    ) -> impl Future<Output = Result<Self::Output>> + Send;
}
