//! Runs one request through a graph, and calls with options, and converts users' errors.

use std::any::Any;
use std::future::Future;

use tokio::time::Instant;

use crate::bounds::UserConfig;
use crate::error::Item;
use crate::executor::aside::aside;
use crate::executor::keep::Keep;
#[cfg(not(feature = "testing"))]
pub use crate::executor::progress::Progress as Watcher;
use crate::graph::{Entry, Graph};
use crate::handle::Part;
use crate::panics::isolate;
use crate::request::call_options::CallOptions;
use crate::request::deadline::{Terms, tracked, within};
use crate::request::in_flight_limit::{Begun, InFlightLimit};
use crate::request::inside::inside;
use crate::streaming::{Streaming, in_request};
#[cfg(feature = "testing")]
pub use crate::testing::schedule::Postponing as Watcher;
use crate::{BoxError, Error, Reconfigurable, Result};

/// Runs one request; a panic in a node, or its deadline, becomes an error that names the node.
pub fn call<E: Entry>(
    handle: &<E::Graph as Graph>::Handle,
    input: E::Input,
) -> impl Future<Output = Result<E::Output>> {
    let begin = |requests| InFlightLimit::begin(requests, E::INDEX, E::Graph::caller(handle));
    answer::<E, _, _>(handle, input, begin, |output, _deadline| output)
}

/// Keeps the result of `begin` until there is an output; `with` gets the output and the request's deadline.
async fn answer<'h, E: Entry, B, A>(
    handle: &'h <E::Graph as Graph>::Handle,
    input: E::Input,
    begin: impl FnOnce(&'h InFlightLimit) -> Result<B>,
    with: impl FnOnce(E::Output, Option<Instant>) -> A,
) -> Result<A> {
    let graph = E::Graph::behind(handle);
    let requests = graph.requests();
    let _request = begin(requests)?;
    let topology = <E::Graph as Graph>::TOPOLOGY;
    let terms = Terms::of(E::Graph::options(handle), topology.limits.request_timeout)?;
    let deadline = terms.as_ref().and_then(|terms| terms.deadline());
    let clock = deadline.map(|deadline| requests.clock(deadline, topology));
    let _held = match requests.holds(E::INDEX) {
        false => None,
        true => Some(aside(requests.hold(E::INDEX, deadline)).await?),
    };
    let progress = Watcher::with_clock(clock);
    // Made where it is used: a variable of its own would be a second place, from which the whole future is copied.
    let execution = || E::execute(graph, input, &progress);
    let execution = tracked(progress.clock(), E::Keep::keep(execution));
    match within(terms, inside(isolate(execution))).await {
        Ok(Ok(result)) => {
            if result.is_ok() {
                progress.answered();
            }
            result.map(|output| with(output, deadline))
        }
        Ok(Err(payload)) => {
            let node = topology.nodes.get(progress.node());
            let name = node.map_or(topology.name, |node| node.name);
            let error = Error::panicked(payload).at(name);
            // In whose fan-outs it was, nearest first.
            let items = Item::take_panicked().into_iter();
            Err(items.fold(error, Error::of_item))
        }
        Err(expired) => {
            let node = progress.waits_at();
            let node = node.and_then(|node| topology.nodes.get(node));
            Err(Error::from(expired).at(node.map_or(topology.name, |node| node.name)))
        }
    }
}

/// [`call`] for an entry whose output is a stream: the request is in flight until the stream has ended.
pub async fn call_streaming<E, T>(
    handle: &<E::Graph as Graph>::Handle,
    input: E::Input,
) -> Result<Streaming<T>>
where
    E: Entry<Output = Streaming<T>, Graph: Part>,
    T: Send + 'static,
{
    let requests = E::Graph::behind(handle).requests();
    let begun = requests.begin(E::INDEX, E::Graph::caller(handle))?.leak();
    let request = Streamed::<E> {
        handle: handle.clone(),
        begun,
    };
    let with = |stream, deadline| (stream, deadline);
    let (stream, deadline) = answer::<E, _, _>(handle, input, |_| Ok(()), with).await?;
    let variable = requests.bound_to();
    let caller = variable.map(|variable| match E::Graph::METHODS.get(E::INDEX) {
        Some(method) => format!("{variable}.{}", method.name),
        None => variable.to_owned(),
    });
    Ok(in_request(stream, request, deadline, caller))
}

/// A request with a stream as its output; dropping it ends the request.
struct Streamed<E: Entry> {
    handle: <E::Graph as Graph>::Handle,
    begun: Begun,
}

impl<E: Entry> Drop for Streamed<E> {
    fn drop(&mut self) {
        let requests = E::Graph::behind(&self.handle).requests();
        requests.end(E::INDEX, self.begun);
    }
}

/// Makes a call through a handle that has options. If it is late, `named` says what was called.
pub async fn with_options<T>(
    options: &CallOptions,
    call: impl Future<Output = Result<T>>,
    named: impl FnOnce(Error) -> Error,
) -> Result<T> {
    let terms = Terms::of(Some(options), None)?;
    within(terms, call)
        .await
        .map_err(|expired| named(Error::from(expired)))?
}

/// The error for a panic in a function that is called through a handle.
#[cold]
pub fn panicked(payload: Box<dyn Any + Send>) -> Error {
    Error::panicked(payload)
}

/// The error that a user's method returned.
#[cold]
pub fn user_error(error: BoxError) -> Error {
    Error::from_user(error)
}

/// Adds the name of the node that failed.
#[cold]
pub fn at_node(error: Error, node: &str) -> Error {
    error.at(node)
}

/// Casts a `user_config` to the type that `reconfigure` takes. It always has that type: every setter requires it.
pub fn user_config<D: Reconfigurable>(config: &(dyn Any + Send + Sync)) -> Result<D::UserConfig> {
    let config: Option<&D::UserConfig> = config.downcast_ref();
    config
        .map(UserConfig::copy)
        .ok_or_else(|| Error::failed("the `user_config` is of another type"))
}
