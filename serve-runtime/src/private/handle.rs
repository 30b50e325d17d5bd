//! What generated handles are tied to, and what a graph can bind.

use std::sync::Arc;

use serve_topology::{Method, Topology};

use crate::batch;
use crate::engine::{Engine, Replicated, UNLIMITED_WIDTH};
use crate::{Callable, Deployment, Result};

/// What is checked of a deployment or a graph comes to a length, which rustc knows only if all is
/// well. In place of what names a length that it does not know, it puts a type of which it asks
/// nothing: one mistake is one error, however much there is that builds on it.
pub trait Checked {
    /// The same, if all is well.
    type Of<T>;

    /// A value, if all is well.
    fn of<T>(value: T) -> Self::Of<T>;
}

impl<const CHECKED: usize> Checked for [(); CHECKED] {
    type Of<T> = T;

    #[inline]
    fn of<T>(value: T) -> T {
        value
    }
}

/// What a graph can bind: a deployment, or another graph.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a deployment",
    label = "not a deployment",
    note = "put `#[deployment]` on the `struct` and on its `impl` block"
)]
pub trait Part: Deployment {
    /// Known if its types can be what they are in a graph.
    const CHECKED: usize;
    /// What can be called.
    const METHODS: &'static [Method<'static>];
    /// The other graph.
    const GRAPH: Option<&'static Topology<'static>>;
}

#[diagnostic::do_not_recommend]
impl<D: Callable> Part for D {
    const CHECKED: usize = D::CHECKED;
    const METHODS: &'static [Method<'static>] = D::METHODS;
    const GRAPH: Option<&'static Topology<'static>> = None;
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

/// What the batches of an engine have been like.
pub(crate) fn batches<D, E: Engine>(engine: &Arc<E>) -> Vec<batch::Stats> {
    engine.batches()
}
