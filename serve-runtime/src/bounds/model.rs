//! The models that a `#[multiplexed]` loader can load.

use std::future::Future;

use crate::multiplex::{self, Load};
use crate::{Result, Shared};

/// A model that a replica keeps for several calls.
#[diagnostic::on_unimplemented(
    message = "calls cannot share a model of type `{Self}`: it must be `Send` and `Sync`",
    label = "several calls may use the model at once",
    note = "use `Arc` in place of `Rc`, and `Mutex`, `RwLock` or an atomic in place of `RefCell` or `Cell`"
)]
#[doc(hidden)]
pub trait Model: Sized {
    /// Returns a model from the cache of the replica that the calling code runs for, or has it loaded.
    #[doc(hidden)]
    fn loaded<D: Send + Sync + 'static>(
        replica: &D,
        method: &'static str,
        max: usize,
        model_id: &str,
        load: Load<D, Self>,
    ) -> impl Future<Output = Result<Shared<Self>>> + Send;

    /// The same as a part of the call.
    #[doc(hidden)]
    fn loaded_in_call<D: 'static, F: Future<Output = Result<Self>>>(
        method: &'static str,
        max: usize,
        model_id: &str,
        load: impl FnOnce() -> F,
    ) -> impl Future<Output = Result<Shared<Self>>>;

    /// The same in code that may block.
    #[doc(hidden)]
    fn loaded_blocking<D: 'static>(
        method: &'static str,
        max: usize,
        model_id: &str,
        load: impl FnOnce() -> Result<Self>,
    ) -> Result<Shared<Self>>;
}

#[diagnostic::do_not_recommend]
impl<M: Send + Sync + 'static> Model for M {
    fn loaded<D: Send + Sync + 'static>(
        replica: &D,
        method: &'static str,
        max: usize,
        model_id: &str,
        load: Load<D, Self>,
    ) -> impl Future<Output = Result<Shared<Self>>> + Send {
        multiplex::load(replica, method, max, model_id, load)
    }

    fn loaded_in_call<D: 'static, F: Future<Output = Result<Self>>>(
        method: &'static str,
        max: usize,
        model_id: &str,
        load: impl FnOnce() -> F,
    ) -> impl Future<Output = Result<Shared<Self>>> {
        multiplex::load_in_call::<D, Self, F>(method, max, model_id, load)
    }

    fn loaded_blocking<D: 'static>(
        method: &'static str,
        max: usize,
        model_id: &str,
        load: impl FnOnce() -> Result<Self>,
    ) -> Result<Shared<Self>> {
        multiplex::load_blocking::<D, Self>(method, max, model_id, load)
    }
}
