//! What a graph can call by its path.

/// A function with `#[deployment]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a function deployment",
    label = "only a function with `#[deployment]` is called by its name",
    note = "a graph or another deployment is bound first: `let part = {Self}::bind(..);`, and then called as `part.method(..)`"
)]
pub trait FunctionDeployment {
    #[doc(hidden)]
    const CHECKED: usize;
}
