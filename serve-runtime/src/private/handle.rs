//! What generated handles are tied to, and what a graph can bind.

use std::sync::Arc;

use serve_topology::{Method, Topology};

use crate::replica::{Engine, UNLIMITED_WIDTH};
use crate::{Callable, Deployment};

/// A deployment whose `impl` block is one, too.
pub trait Marked {
    /// What runs its replicas.
    type Engine;
}

/// A handle to replicas of a deployment.
pub trait HandleTo {
    /// The deployment.
    type Deployment: Deployment;

    /// How many calls its replicas can be kept busy with.
    fn width(&self) -> usize;
}

/// What a graph can bind: a deployment, or another graph.
pub trait Part: Deployment {
    /// What can be called.
    const METHODS: &'static [Method<'static>];
    /// The other graph.
    const GRAPH: Option<&'static Topology<'static>>;
}

#[diagnostic::do_not_recommend]
impl<D: Callable> Part for D {
    const METHODS: &'static [Method<'static>] = D::METHODS;
    const GRAPH: Option<&'static Topology<'static>> = None;
}

/// How many calls an engine's replicas can be kept busy with.
pub fn width<D, E: Engine<D>>(engine: &Arc<E>) -> usize {
    match engine.fake().is_set() {
        true => UNLIMITED_WIDTH,
        false => engine.width(),
    }
}
