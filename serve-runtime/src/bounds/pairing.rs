//! The two attributes of a deployment.
//!
//! Generated code asks for them of a stand-in, which is the deployment itself where the other attribute is missing.

use std::marker::PhantomData;

/// What stands for an attribute that is there.
pub trait Attribute {}

/// A type with `#[deployment]`.
#[diagnostic::on_unimplemented(
    message = "the type `{Self}` has no `#[deployment]`, but its `impl` block has one",
    label = "`#[deployment]` is missing on this type",
    note = "help: write `#[deployment]` above the `struct` or `enum` as well; both belong in the same module"
)]
pub trait TypeWithAttribute {
    #[doc(hidden)]
    const CHECKED: usize = 0;
}

#[diagnostic::do_not_recommend]
impl<A: Attribute> TypeWithAttribute for A {}

/// A type with an `impl` block that has `#[deployment]`.
#[diagnostic::on_unimplemented(
    message = "no `impl` block of `{Self}` in this module has `#[deployment]`",
    label = "its `impl` block needs `#[deployment]`",
    note = "help: write `#[deployment]` above the `impl` block that holds `new` and the methods to call"
)]
pub trait BlockWithAttribute {
    #[doc(hidden)]
    const CHECKED: usize = 0;
}

#[diagnostic::do_not_recommend]
impl<A: Attribute> BlockWithAttribute for A {}

/// What the `impl` block defines for its type.
pub trait Block {
    /// What stands for the block: the deployment itself, if there is none.
    type StandIn;
    /// The engine.
    type Engine;
    /// Whether a replica works on several calls at a time.
    const SHARES_REPLICAS: bool = true;
    /// `T`, if the block is there.
    type Of<T>;
}

/// The block of a deployment with the engine `E`.
pub struct Given<E, const SHARES_REPLICAS: bool>(PhantomData<E>);

impl<E, const SHARES_REPLICAS: bool> Attribute for Given<E, SHARES_REPLICAS> {}

impl<E, const SHARES_REPLICAS: bool> Block for Given<E, SHARES_REPLICAS> {
    type StandIn = Self;
    type Engine = E;
    const SHARES_REPLICAS: bool = SHARES_REPLICAS;
    type Of<T> = T;
}

/// A block with an error, which `E` reports.
pub struct Broken<E>(PhantomData<E>);

impl<E> Block for Broken<E> {
    type StandIn = Given<(), true>;
    type Engine = E;
    type Of<T> = (E, T);
}

/// The type of a deployment whose type has no attribute. A generated module cannot name the deployment if it is in
/// a function.
pub trait KeyOf {
    /// The deployment.
    type Deployment;
    /// The deployment as well, or what stands for the attribute that is there.
    type StandIn;
}
