//! The values that are sent between nodes, and the replicas of the nodes.

/// A value that can be sent between nodes. A request may continue on any thread, so the value must be
/// `Send` and own its data.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent between nodes: it is not `Send`",
    label = "a request may move between threads, and its values move with it",
    note = "a part of it belongs to one thread: use `Arc` in place of `Rc`, and keep a raw pointer or a lock guard inside one method"
)]
#[doc(hidden)]
pub trait Value {
    #[doc(hidden)]
    const CHECKED: usize = 0;

    #[doc(hidden)]
    #[inline]
    fn travels(value: Self) -> Self
    where
        Self: Sized,
    {
        value
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> Value for T {}

/// A value that several nodes can read at once: the `T` of a parameter `&T`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be passed to a node by reference: it must be `Send` and `Sync`",
    label = "nodes on several threads may read it at once",
    note = "take it by value, or make it `Send` and `Sync`: `Arc` in place of `Rc`, and `Mutex`, `RwLock` or an atomic in place of `RefCell` or `Cell`"
)]
#[doc(hidden)]
pub trait SharedValue {
    #[doc(hidden)]
    const CHECKED: usize = 0;
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> SharedValue for T {}

/// The result of a deployment's constructor: a replica.
#[diagnostic::on_unimplemented(
    message = "`new` returns `{Self}`, but a replica is of type `{D}`",
    label = "expected `{D}`, found `{Self}`",
    note = "write `-> Self`, or `-> Result<Self>` for a constructor that can fail"
)]
#[doc(hidden)]
pub trait Constructed<D> {
    #[doc(hidden)]
    fn replica(this: Self) -> D;
}

#[diagnostic::do_not_recommend]
impl<D> Constructed<D> for D {
    #[inline]
    fn replica(this: D) -> D {
        this
    }
}

/// A replica that several calls use at once: one of a deployment with an `async fn`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has an `async fn`, so it must be `Send` and `Sync`: calls from several threads share a replica",
    label = "something in it is not `Send` or not `Sync`",
    note = "use `Arc` in place of `Rc`, and `Mutex`, `RwLock` or an atomic in place of `RefCell` or `Cell`",
    note = "a deployment whose methods are all `fn` needs neither: each of its replicas has its own thread"
)]
#[doc(hidden)]
pub trait SharedReplica {
    #[doc(hidden)]
    const CHECKED: usize = 0;
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> SharedReplica for T {}
