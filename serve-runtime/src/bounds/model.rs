//! The models that a `#[multiplexed]` loader can load.

use std::sync::Arc;

use crate::multiplex::{self, Cache};

/// A model that a replica keeps for several calls.
#[diagnostic::on_unimplemented(
    message = "calls cannot share a model of type `{Self}`: it must be `Send` and `Sync`",
    label = "several calls may use the model at once",
    note = "use `Arc` in place of `Rc`, and `Mutex`, `RwLock` or an atomic in place of `RefCell` or `Cell`"
)]
#[doc(hidden)]
pub trait Model: Sized {
    /// The loader's cache at the replica that the calling code runs for; `None` outside of a replica.
    #[doc(hidden)]
    fn cache<D: 'static>(method: &'static str, max: usize) -> Option<Arc<Cache<Self>>>;
}

#[diagnostic::do_not_recommend]
impl<M: Send + Sync + 'static> Model for M {
    #[inline]
    fn cache<D: 'static>(method: &'static str, max: usize) -> Option<Arc<Cache<Self>>> {
        multiplex::cache::<D, Self>(method, max)
    }
}
