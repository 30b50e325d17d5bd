//! The deployments that a graph calls by their path.

/// A function with `#[deployment]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a function deployment, so it cannot be called by its name",
    label = "only a function with `#[deployment]` can be called by its name",
    note = "help: bind a graph or another deployment first, `let part = name::bind(..);`, then call `part.method(..)`"
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
