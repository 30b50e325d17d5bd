//! The deployments that a graph calls by their path.

/// A function with `#[deployment]`.
#[diagnostic::on_unimplemented(
    message = "there is no function with `#[deployment]` of this name, and an input block calls no other",
    label = "not a function deployment",
    note = "help: write `#[deployment]` above the function; or check its spelling and its `use`; to call a graph or another deployment, bind it first, `let part = name::bind(..);`, and write `part.method(..)`"
)]
pub trait FunctionDeployment {
    #[doc(hidden)]
    const CHECKED: usize;
}

/// What generated code implements. A message about the trait above then does not list all functions.
pub trait Function {
    /// Evaluates only if the function has no error.
    const CHECKED: usize;
}

#[diagnostic::do_not_recommend]
impl<F: Function> FunctionDeployment for F {
    const CHECKED: usize = F::CHECKED;
}

/// A function with `#[deployment]` that has the name of one that runs futures.
#[diagnostic::on_unimplemented(
    message = "a call in an input block is a node, not a future, so it cannot be passed to this function",
    label = "not needed here: nodes that do not need each other's values run at the same time",
    note = "help: call the node without it, `let value = node.method(..);`, or for each item of a list, `items.map(|item| node.method(item))`; `#[graph(request_timeout_s = ..)]` limits the time of a request"
)]
pub trait FunctionOfNodes {
    #[doc(hidden)]
    const CHECKED: usize;
}

#[diagnostic::do_not_recommend]
impl<F: FunctionDeployment> FunctionOfNodes for F {
    const CHECKED: usize = F::CHECKED;
}

/// What stands for a function without the attribute, in the place of the deployment that it is not.
pub struct PlainFunction;

/// What an import of a function's name finds if there is neither a function nor a type of that name.
#[doc(hidden)]
#[macro_export]
macro_rules! __no_function {
    () => {};
}
