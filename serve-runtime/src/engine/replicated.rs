//! What a controller drives.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::time::Instant;

use crate::Result;
use crate::batch::AddBatchers;
use crate::engine::{Blueprint, Engine, Hooks, Line, Load, Plan, ReplicaId, UserConfig};
use crate::resources::Grant;

/// An engine with replicas of `D`. It makes no decisions; its controller does.
pub(crate) trait Replicated<D>: Engine {
    /// From now on calls wait for a replica. The batchers of its methods are added here, before the first call.
    fn open(&self, plan: Plan, add_batchers: AddBatchers);

    /// What it was opened with.
    fn plan(&self) -> Result<&Plan>;

    /// How many calls are in flight and how many wait.
    fn load(&self) -> Load;

    /// The lines of calls that wait.
    fn lines(&self) -> Vec<Line>;

    /// Called from time to time while calls wait: those that were woken before the last time, and that nobody has polled
    /// since, keep no others waiting.
    fn skip_unpolled(&self) {}

    /// How many calls it takes, the waiting ones included, before it refuses one; `None` if there is no
    /// such number.
    fn capacity(&self) -> Option<usize>;

    /// More calls may be let in than before, waiting ones included.
    #[cfg(feature = "config")]
    fn limits_changed(&self) {}

    /// Adds a replica; resolves once it accepts calls.
    fn add(
        &self,
        id: ReplicaId,
        blueprint: Blueprint<D>,
        grant: Arc<Grant>,
    ) -> BoxFuture<'static, Result<()>>;

    /// From now on a replica accepts no calls; resolves once it has answered those that it has, and is dropped.
    fn retire(&self, id: ReplicaId) -> BoxFuture<'static, ()>;

    /// A replica accepts no more calls, and is not waited for.
    fn discard(&self, id: ReplicaId);

    /// The deadline of the call that keeps a replica from answering its controller, if there is such a call and
    /// it has one.
    fn busy_until(&self, _id: ReplicaId) -> Option<Instant> {
        None
    }

    /// Calls a replica's `check_health`.
    fn check_health(&self, id: ReplicaId, hooks: Hooks<D>) -> BoxFuture<'static, Result<()>>;

    /// Gives a replica another `user_config`. It takes no calls meanwhile.
    fn reconfigure(
        &self,
        id: ReplicaId,
        hooks: Hooks<D>,
        config: UserConfig,
    ) -> BoxFuture<'static, Result<()>>;

    /// Accepts no more calls.
    fn close(&self);

    /// Waits until the accepted calls are answered.
    fn wait_idle(&self) -> BoxFuture<'_, ()>;

    /// Refuses every call, the waiting ones included, for a reason; or accepts calls again.
    fn fail(&self, cause: Option<&str>);

    /// Accepts no more calls, answers the waiting ones with an error and drops the replicas.
    fn stop(&self);
}
