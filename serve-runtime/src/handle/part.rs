//! The parts that a graph can bind.

use serve_topology::holds::Calls;
use serve_topology::{Loader, Method, Topology};

use crate::engine::Engine;
use crate::{Callable, Deployment};

/// A part that a graph can bind: a deployment, or another graph.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a deployment",
    label = "not a deployment",
    note = "put `#[deployment]` on the `struct` and on its `impl` block"
)]
pub trait Part: Deployment {
    /// Evaluates only if all its types are valid in a graph.
    const CHECKED: usize;
    /// The methods that can be called.
    const METHODS: &'static [Method<'static>];
    /// The methods that load its models.
    const LOADERS: &'static [Loader<'static>] = &[];
    /// The topology of the other graph.
    const GRAPH: Option<&'static Topology<'static>>;
    /// The calls in place of one replica; a graph has no replicas.
    const CALLS: Calls = Calls::Unlimited;
}

#[diagnostic::do_not_recommend]
impl<D: Callable> Part for D {
    const CHECKED: usize = D::CHECKED;
    const METHODS: &'static [Method<'static>] = D::METHODS;
    const LOADERS: &'static [Loader<'static>] = D::LOADERS;
    const GRAPH: Option<&'static Topology<'static>> = None;
    const CALLS: Calls = match (<D::Engine as Engine>::REPLICATED, D::EXCLUSIVE) {
        (false, _) => Calls::Unlimited,
        (true, true) => Calls::One,
        (true, false) => Calls::AsConfigured,
    };
}
