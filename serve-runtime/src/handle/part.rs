//! What a graph can bind.

use serve_topology::{Method, Topology};

use crate::{Callable, Deployment};

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
