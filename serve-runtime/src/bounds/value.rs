//! What travels between nodes, and what they run on.

/// A value that can go from node to node: a request may continue on any thread, so it is `Send` and
/// owns what it holds.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot go from node to node: it is not `Send`",
    label = "requests move between threads, and their values with them",
    note = "something in it belongs to one thread: use `Arc` in place of `Rc`; a raw pointer or the guard of a lock stays inside one method"
)]
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
#[doc(hidden)]
impl<T: Send + 'static> Value for T {}

/// A value that several nodes can look at: what a parameter `&T` takes.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot be lent to a node: it is not `Send` and `Sync`",
    label = "nodes on several threads may look at it at once",
    note = "use `Arc` in place of `Rc`, and `Mutex`, `RwLock` or an atomic in place of `RefCell` or `Cell`; or take it by value"
)]
pub trait SharedValue {
    #[doc(hidden)]
    const CHECKED: usize = 0;
}

#[diagnostic::do_not_recommend]
#[doc(hidden)]
impl<T: Send + Sync + 'static> SharedValue for T {}

/// What the constructor of a deployment makes: a replica of it.
#[diagnostic::on_unimplemented(
    message = "`new` makes a `{Self}`, but a replica is a `{D}`",
    label = "a `{D}` is wanted here",
    note = "write `-> Self`, or `-> Result<Self>` for a constructor that can fail"
)]
pub trait Constructed<D> {
    #[doc(hidden)]
    fn replica(this: Self) -> D;
}

#[diagnostic::do_not_recommend]
#[doc(hidden)]
impl<D> Constructed<D> for D {
    #[inline]
    fn replica(this: D) -> D {
        this
    }
}

/// A replica that several calls work with at once: one of a deployment with an `async fn`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has an `async fn`, so it must be `Send` and `Sync`: calls from several threads share a replica",
    label = "something in it is not `Send` or not `Sync`",
    note = "use `Arc` in place of `Rc`, and `Mutex`, `RwLock` or an atomic in place of `RefCell` or `Cell`",
    note = "a deployment whose methods are all `fn` needs neither: each of its replicas lives on a thread of its own"
)]
pub trait SharedReplica {
    #[doc(hidden)]
    const CHECKED: usize = 0;
}

#[diagnostic::do_not_recommend]
#[doc(hidden)]
impl<T: Send + Sync + 'static> SharedReplica for T {}
