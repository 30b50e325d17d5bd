//! What is inside of every generated handle, and what all handles can do.

use std::sync::Arc;

use crate::batch::Stats;
use crate::engine::{Engine, Replicated, UNLIMITED_WIDTH};
use crate::graph::Graph;
use crate::request::call_options::{CallOptions, HandleOptions};
use crate::{Callable, Deployment, Result};

/// A deployment whose `impl` block is one, too.
pub trait Paired {
    /// What runs its replicas.
    type Engine;
}

/// Calls the replicas of a deployment.
pub struct Handle<D: Paired> {
    pub(super) engine: Arc<D::Engine>,
    pub(super) options: Option<Arc<CallOptions>>,
}

/// Calls a graph.
pub struct GraphHandle<G> {
    graph: Arc<G>,
    options: Option<Arc<CallOptions>>,
}

/// A generated handle: a name and methods around something that calls.
pub trait HandleTo: Sized {
    /// What is called.
    type Deployment: Deployment;
    /// What calls it.
    type Calls: Calls;

    /// The handle of what calls.
    fn new(calls: Self::Calls) -> Self;

    /// What calls.
    fn calls(&self) -> &Self::Calls;
}

/// A deployment as its own handle leads to it: one without a handle has an error, and nothing is said of it
/// here.
pub type Reached<D> = <<D as Deployment>::Handle as HandleTo>::Deployment;

/// What calls a deployment, or a graph.
pub trait Calls {
    /// The same, whose calls have options.
    fn with(&self, options: CallOptions) -> Self;

    /// How many calls the replicas behind it can be kept busy with.
    fn width(&self) -> usize;

    /// What the batches of its methods have been like.
    fn batches(&self) -> Vec<Stats>;
}

/// Any handle of a graph's deployments.
pub trait AnyHandle {
    /// As [`Calls::width`].
    fn width(&self) -> usize;

    /// As [`Calls::batches`].
    fn batches(&self) -> Vec<Stats>;
}

impl<H: HandleTo> AnyHandle for H {
    fn width(&self) -> usize {
        self.calls().width()
    }

    fn batches(&self) -> Vec<Stats> {
        self.calls().batches()
    }
}

impl<H: HandleTo> HandleOptions for H {
    fn options(&self, options: CallOptions) -> Self {
        H::new(self.calls().with(options))
    }
}

impl<D: Paired> Handle<D> {
    /// A handle to what an engine runs.
    pub fn new(engine: &Arc<D::Engine>) -> Self {
        Handle {
            engine: Arc::clone(engine),
            options: None,
        }
    }

    /// The options that its calls are made with.
    #[inline]
    pub fn options(&self) -> Option<&CallOptions> {
        self.options.as_deref()
    }

    /// The same without options.
    pub fn plain(&self) -> Self {
        Handle::new(&self.engine)
    }

    /// The engine, which makes the calls.
    #[inline]
    pub fn engine(&self) -> &Arc<D::Engine> {
        &self.engine
    }
}

impl<D: Paired> Clone for Handle<D> {
    fn clone(&self) -> Self {
        Handle {
            engine: Arc::clone(&self.engine),
            options: self.options.clone(),
        }
    }
}

impl<D> Calls for Handle<D>
where
    D: Callable + Paired<Engine = <D as Callable>::Engine>,
{
    fn with(&self, options: CallOptions) -> Self {
        Handle {
            engine: Arc::clone(&self.engine),
            options: Some(options.over(self.options.as_deref())),
        }
    }

    fn width(&self) -> usize {
        width::<D, _>(&self.engine)
    }

    fn batches(&self) -> Vec<Stats> {
        self.engine.batches()
    }
}

impl<G> GraphHandle<G> {
    pub(crate) fn new(graph: G) -> Self {
        GraphHandle {
            graph: Arc::new(graph),
            options: None,
        }
    }

    pub(crate) fn graph(&self) -> &G {
        &self.graph
    }

    pub(crate) fn options(&self) -> Option<&CallOptions> {
        self.options.as_deref()
    }
}

impl<G> Clone for GraphHandle<G> {
    fn clone(&self) -> Self {
        GraphHandle {
            graph: Arc::clone(&self.graph),
            options: self.options.clone(),
        }
    }
}

impl<G: Graph> Calls for GraphHandle<G> {
    fn with(&self, options: CallOptions) -> Self {
        GraphHandle {
            graph: Arc::clone(&self.graph),
            options: Some(options.over(self.options.as_deref())),
        }
    }

    fn width(&self) -> usize {
        let mut width = 0;
        self.graph
            .each_called(&mut |handle| width += handle.width());
        width
    }

    fn batches(&self) -> Vec<Stats> {
        let mut batches = Vec::new();
        self.graph
            .each_called(&mut |handle| batches.extend(handle.batches()));
        batches
    }
}

/// How many calls an engine's replicas can be kept busy with.
pub(crate) fn width<D: Callable, E: Engine>(engine: &Arc<E>) -> usize {
    if engine.fake().is_set() {
        return UNLIMITED_WIDTH;
    }
    let batches = D::METHODS.iter().filter_map(|method| method.batch);
    let largest = batches.map(|batch| batch.max_batch_size as usize).max();
    engine.width(largest.unwrap_or(1))
}

/// What the node is called that a stream of a method comes from; a function has no method.
#[allow(private_bounds)] // no code outside of this crate has to name it
pub fn node_of<D, E: Replicated<D>>(engine: &Arc<E>, method: Option<&str>) -> Result<String> {
    let variable = &engine.plan()?.variable;
    Ok(match method {
        Some(method) => format!("{variable}.{method}"),
        None => variable.to_string(),
    })
}
