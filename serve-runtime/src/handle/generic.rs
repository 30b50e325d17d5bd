//! The contents of every generated handle, and the methods that all handles have.

use std::fmt;
use std::sync::Arc;

use crate::batch::Stats;
use crate::engine::{Engine, Fakeable, Replicated, UNLIMITED_WIDTH};
use crate::graph::Graph;
use crate::request::call_options::{CallOptions, HandleOptions};
use crate::request::caller::Caller;
use crate::request::inside::is_inside;
use crate::{Callable, Deployment, Error, Result};

/// A deployment whose `impl` block is a `#[deployment]` as well.
pub trait Paired {
    /// The engine that runs its replicas.
    type Engine;
}

/// Calls the replicas of a deployment.
pub struct Handle<D: Paired> {
    pub(super) engine: Arc<D::Engine>,
    pub(super) options: Option<Arc<CallOptions>>,
    caller: Caller,
}

/// Calls a graph.
pub struct GraphHandle<G> {
    graph: Arc<G>,
    options: Option<Arc<CallOptions>>,
    caller: Caller,
}

/// A generated handle: a named type with methods around a [`Calls`].
pub trait HandleTo: Sized {
    /// The deployment that is called.
    type Deployment: Deployment;
    /// The part that makes the calls.
    type Calls: Calls;

    /// Wraps the part that makes the calls.
    fn new(calls: Self::Calls) -> Self;

    /// The part that makes the calls.
    fn calls(&self) -> &Self::Calls;
}

/// The deployment that the handle of `D` leads to, which is `D` itself. For a `D` without a valid handle, that
/// handle's error is reported, and nothing further here.
pub type Reached<D> = <<D as Deployment>::Handle as HandleTo>::Deployment;

/// The part of a handle that makes the calls: to a deployment or to a graph.
pub trait Calls {
    /// A copy whose calls have these options.
    fn with(&self, options: CallOptions) -> Self;

    /// How many calls at a time keep all its replicas busy.
    fn width(&self) -> usize;

    /// Whether one more call would find a place.
    fn has_place(&self) -> bool;

    /// The statistics of its batched methods.
    fn batches(&self) -> Vec<Stats>;
}

/// Any handle of a graph's deployments.
pub trait AnyHandle {
    /// As [`Calls::width`].
    fn width(&self) -> usize;

    /// As [`Calls::has_place`].
    fn has_place(&self) -> bool;

    /// As [`Calls::batches`].
    fn batches(&self) -> Vec<Stats>;
}

impl<H: HandleTo> AnyHandle for H {
    fn width(&self) -> usize {
        self.calls().width()
    }

    fn has_place(&self) -> bool {
        self.calls().has_place()
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
    /// A handle to an engine.
    pub fn new(engine: &Arc<D::Engine>, caller: Caller) -> Self {
        Handle {
            engine: Arc::clone(engine),
            options: None,
            caller,
        }
    }

    /// The options that its calls are made with.
    #[inline]
    pub fn options(&self) -> Option<&CallOptions> {
        self.options.as_deref()
    }

    /// The same without options.
    pub fn plain(&self) -> Self {
        Handle::new(&self.engine, self.caller)
    }

    /// Who makes its calls.
    #[inline]
    pub fn caller(&self) -> Caller {
        self.caller
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
            caller: self.caller,
        }
    }
}

impl<D: Paired> fmt::Debug for Handle<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle")
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
            caller: self.caller,
        }
    }

    fn width(&self) -> usize {
        width::<D, _>(&self.engine)
    }

    fn has_place(&self) -> bool {
        self.engine.fake_slot().is_set() || self.engine.has_place()
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
            caller: Caller::Holder,
        }
    }

    pub(crate) fn graph(&self) -> &G {
        &self.graph
    }

    pub(crate) fn options(&self) -> Option<&CallOptions> {
        self.options.as_deref()
    }

    pub(crate) fn caller(&self) -> Caller {
        self.caller
    }

    /// A copy for another caller.
    pub(crate) fn called_by(&self, caller: Caller) -> Self {
        GraphHandle {
            caller,
            ..self.clone()
        }
    }
}

impl<G> Clone for GraphHandle<G> {
    fn clone(&self) -> Self {
        GraphHandle {
            graph: Arc::clone(&self.graph),
            options: self.options.clone(),
            caller: self.caller,
        }
    }
}

impl<G: Graph> Calls for GraphHandle<G> {
    fn with(&self, options: CallOptions) -> Self {
        GraphHandle {
            graph: Arc::clone(&self.graph),
            options: Some(options.over(self.options.as_deref())),
            caller: self.caller,
        }
    }

    fn width(&self) -> usize {
        let mut width = 0;
        self.graph
            .each_called(&mut |handle| width += handle.width());
        width
    }

    fn has_place(&self) -> bool {
        let mut has_place = true;
        self.graph
            .each_called(&mut |handle| has_place &= handle.has_place());
        has_place
    }

    fn batches(&self) -> Vec<Stats> {
        let mut batches = Vec::new();
        self.graph
            .each_called(&mut |handle| batches.extend(handle.batches()));
        batches
    }
}

/// How many calls at a time keep all replicas of an engine busy.
fn width<D: Callable, E: Engine>(engine: &Arc<E>) -> usize {
    if engine.fake_slot().is_set() {
        return UNLIMITED_WIDTH;
    }
    let batches = D::METHODS.iter().filter_map(|method| method.batch);
    let largest = batches.map(|batch| batch.max_batch_size as usize).max();
    engine.width(largest.unwrap_or(1))
}

/// The error of a call. What a node calls through a handle is no node of the graph: the error names both.
#[cold]
pub fn behind<D>(handle: &Handle<D>, method: Option<&str>, error: Error) -> Error
where
    D: Callable + Paired<Engine = <D as Callable>::Engine>,
{
    if handle.caller != Caller::Holder || !is_inside() {
        return error;
    }
    let variable = handle.engine.variable().unwrap_or(D::NAME);
    match method {
        Some(method) => error.behind(&format!("{variable}.{method}")),
        None => error.behind(variable),
    }
}

/// The name of the node of a method that streams; a function has no method.
#[allow(private_bounds)] // code outside of this crate need not name the bound
pub fn node_of<D, E: Replicated<D>>(engine: &Arc<E>, method: Option<&str>) -> Result<String> {
    let variable = &engine.plan()?.variable;
    Ok(match method {
        Some(method) => format!("{variable}.{method}"),
        None => variable.to_string(),
    })
}
