//! The parts of a topology that only a deployment's own type determines.

use serve_topology::{BoundDeployment, Node, method};

use super::Part;

/// A deployment of a graph, with what its type says of its methods.
pub const fn bound_deployment<D: Part>(
    name: &'static str,
    variable: &'static str,
    ty: &'static str,
) -> BoundDeployment<'static> {
    BoundDeployment::new(name, variable, ty)
        .methods(D::METHODS)
        .loaders(D::LOADERS)
        .graph(D::GRAPH)
}

/// A call of a method of `D`, which is the deployment of that index.
pub const fn called_node<D: Part>(
    name: &'static str,
    entry: usize,
    deployment: usize,
    called: &'static str,
) -> Node<'static> {
    Node::new(name, entry, deployment, method(D::METHODS, called))
}
