//! Replicas: how the instances of a deployment are built, called and let go, one by one. How many there
//! are, and which are replaced, is the [controller](crate::controller)'s to say.
//!
//! Which engine runs a deployment follows from its methods, at compile time:
//!
//! | methods | engine | a replica is |
//! |---|---|---|
//! | `async fn` only | [`InPlace`] | a shared instance, called on the caller's task |
//! | `fn` only | [`Compute`] | an instance that lives on a thread of its own |
//! | both | [`Mixed`] | a shared instance, and a thread for its `fn` methods |
//! | a stateless `async fn` without a limit | [`Bare`] | nothing: a call is a call |

mod bare;
mod constructor;
mod failure;
mod fake;
mod id;
mod in_place;
mod lifecycle;
mod mixed;
mod plan;
pub(crate) mod threads;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::time::Instant;

pub use bare::Bare;
pub(crate) use constructor::Blueprint;
pub use constructor::Constructor;
pub(crate) use fake::FakeSlot;
pub use fake::Fakeable;
pub(crate) use id::ReplicaId;
pub use in_place::{InPlace, ModelVisit, Stay, Visit};
pub(crate) use lifecycle::{Hooks, UserConfig};
pub use lifecycle::{Lent, Lifecycle};
pub use mixed::Mixed;
pub(crate) use plan::{Event, Limits, Plan};
pub use threads::Compute;

use crate::Result;
pub(crate) use crate::autoscale::Load;
use crate::batch::Stats;
use crate::deployment::{Bound, Callable};
use crate::resources::Grant;
use crate::service::{AnyService, Replicated};

/// How many calls of one request are under way at a replica that has no limit of its own.
pub(crate) const UNLIMITED_WIDTH: usize = 64;

/// Runs the replicas of one deployment. It does as it is told: what is to be done is its controller's to
/// say.
#[allow(private_interfaces)] // public only because generated code names it
pub trait Engine<D>: Fakeable + Send + Sync + Sized + 'static {
    /// Whether there are any replicas.
    const REPLICATED: bool = true;

    /// Whether calls run on threads of the replicas' own, which can be pinned to cores.
    const HAS_THREADS: bool = false;

    /// An engine that refuses every call until it is opened.
    fn new() -> Self;

    /// A deployment that it is to run.
    fn service(bound: Bound<D>) -> Box<dyn AnyService>
    where
        D: Callable<Engine = Self>,
    {
        Box::new(Replicated::Bound(bound))
    }

    /// From here on calls wait for a replica.
    fn open(&self, plan: Plan);

    /// What it was opened with.
    fn plan(&self) -> Result<&Plan>;

    /// How many calls of one request can be under way to keep the replicas busy, and no more; a
    /// thread takes up to `batch` at a time.
    fn width(&self, batch: usize) -> usize;

    /// What the batches of each method have been like.
    fn batches(&self) -> Vec<Stats> {
        Vec::new()
    }

    /// What there is to do.
    fn load(&self) -> Load;

    /// How many calls it takes, those that wait among them, before it refuses one; `None` if there is no
    /// such number.
    fn capacity(&self) -> Option<usize>;

    /// More calls may be let in than before, also of those that wait.
    #[cfg(feature = "config")]
    fn limits_changed(&self) {}

    /// A replica more; over once it takes calls.
    fn add(
        &self,
        id: ReplicaId,
        blueprint: Blueprint<D>,
        grant: Arc<Grant>,
    ) -> BoxFuture<'static, Result<()>>;

    /// A replica takes no more calls from now on; over once it has answered those that it has, and is gone.
    fn retire(&self, id: ReplicaId) -> BoxFuture<'static, ()>;

    /// A replica takes no more calls, and is not waited for.
    fn discard(&self, id: ReplicaId);

    /// Until when the call that keeps a replica from answering its controller has to be answered, if there
    /// is one and it has a deadline.
    fn busy_until(&self, _id: ReplicaId) -> Option<Instant> {
        None
    }

    /// Asks a replica how it is.
    fn check_health(&self, id: ReplicaId, hooks: Hooks<D>) -> BoxFuture<'static, Result<()>>;

    /// Gives a replica another `user_config`. It takes no calls meanwhile.
    fn reconfigure(
        &self,
        id: ReplicaId,
        hooks: Hooks<D>,
        config: UserConfig,
    ) -> BoxFuture<'static, Result<()>>;

    /// Takes in no more calls.
    fn close(&self);

    /// Waits until those taken in are answered.
    fn idle(&self) -> BoxFuture<'_, ()>;

    /// Refuses every call, also those that wait, for a reason; or not any more.
    fn fail(&self, cause: Option<&str>);

    /// Takes in no more calls, answers those that wait with an error and lets the replicas go.
    fn stop(&self);
}
