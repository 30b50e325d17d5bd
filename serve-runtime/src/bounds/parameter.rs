//! The type parameters of a generic deployment.
//!
//! `P` is the parameter, as the messages name it; the other types are those that mention it. The traits are
//! implemented by every type and used for that of a function: for a type with a name, rustc would propose the trait
//! as a bound.

/// A parameter of values that move between threads.
#[diagnostic::on_unimplemented(
    message = "`{P}` must be `Send`: its values move between threads",
    label = "a bound is missing here",
    note = "help: write `{P}: Send + 'static`"
)]
#[doc(hidden)]
pub trait SentParameter<P, Sent> {
    #[doc(hidden)]
    fn needed(&self) {}
}

#[diagnostic::do_not_recommend]
impl<F, P, Sent: Send> SentParameter<P, Sent> for F {}

/// A parameter of values that several threads use at once.
#[diagnostic::on_unimplemented(
    message = "`{P}` must be `Send` and `Sync`: several threads use its values at once",
    label = "a bound is missing here",
    note = "help: write `{P}: Send + Sync + 'static`"
)]
#[doc(hidden)]
pub trait SharedParameter<P, Sent, Shared> {
    #[doc(hidden)]
    fn needed(&self) {}
}

#[diagnostic::do_not_recommend]
impl<F, P, Sent: Send, Shared: Send + Sync> SharedParameter<P, Sent, Shared> for F {}

/// A parameter of values that the constructor takes.
#[diagnostic::on_unimplemented(
    message = "`{P}` must be `Clone`, `Send` and `Sync`: each replica is made from a copy of the arguments of `new`",
    label = "a bound is missing here",
    note = "help: write `{P}: Clone + Send + Sync + 'static`"
)]
#[doc(hidden)]
pub trait CopiedParameter<P, Sent, Shared, Copied> {
    #[doc(hidden)]
    fn needed(&self) {}
}

#[diagnostic::do_not_recommend]
impl<F, P, Sent: Send, Shared: Send + Sync, Copied: Clone + Send + Sync>
    CopiedParameter<P, Sent, Shared, Copied> for F
{
}
