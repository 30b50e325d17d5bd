//! What a `#[multiplexed]` loader can load.

use std::sync::Arc;

use crate::multiplex::{self, Cache};

/// A model that a replica keeps for several calls.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot be kept for several calls: it is not `Send` and `Sync`",
    label = "several calls may use the model at once",
    note = "use `Arc` in place of `Rc`, and `Mutex`, `RwLock` or an atomic in place of `RefCell` or `Cell`"
)]
pub trait Model: Sized {
    /// Where it is kept: a loader's cache at the replica that the calling code runs for, if it runs for
    /// one.
    #[doc(hidden)]
    fn cache<D: 'static>(method: &'static str, max: usize) -> Option<Arc<Cache<Self>>>;
}

#[diagnostic::do_not_recommend]
#[doc(hidden)]
impl<M: Send + Sync + 'static> Model for M {
    #[inline]
    fn cache<D: 'static>(method: &'static str, max: usize) -> Option<Arc<Cache<Self>>> {
        multiplex::cache::<D, Self>(method, max)
    }
}
