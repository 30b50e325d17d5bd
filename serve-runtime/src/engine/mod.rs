//! Engines: they build, call and retire the replicas of a deployment, one by one. How many replicas there are,
//! and which are replaced, the [controller](crate::controller) decides.
//!
//! Which engine runs a deployment follows from its methods, at compile time:
//!
//! | methods | engine | a replica is |
//! |---|---|---|
//! | `async fn` only | [`InPlace`] | a shared instance, called on the caller's task |
//! | `fn` only | [`Threads`] | an instance that lives on a thread of its own |
//! | both | [`InPlaceAndThreads`] | a shared instance, and a thread for its `fn` methods |
//! | a stateless `async fn` without a limit | [`Bare`] | nothing: a call is a call |

mod access;
mod bare;
mod constructor;
mod fake;
mod id;
mod in_place;
mod in_place_and_threads;
mod lifecycle;
mod line;
mod plan;
mod replicated;
mod state;
pub(crate) mod threads;

pub use access::Access;
pub use bare::Bare;
pub(crate) use constructor::Blueprint;
pub use constructor::Constructor;
pub(crate) use fake::FakeSlot;
pub use fake::Fakeable;
pub(crate) use id::ReplicaId;
pub(crate) use in_place::{Clocks, Ticker};
pub use in_place::{InPlace, ModelPermit, OwnedPermit, Permit};
pub use in_place_and_threads::InPlaceAndThreads;
pub(crate) use lifecycle::{Hooks, UserConfig};
pub use lifecycle::{Lent, Lifecycle};
pub(crate) use line::{Line, Watched};
pub(crate) use plan::{Event, LiveLimits, Plan};
pub(crate) use replicated::Replicated;
pub(crate) use threads::CurrentCall;
pub use threads::Threads;
#[cfg(test)]
pub(crate) use threads::{CallingThread, Job, Panicked, job};

pub(crate) use crate::autoscale::Load;
use crate::batch::Stats;

/// How many calls of one request are in flight at a replica that has no limit of its own.
pub(crate) const UNLIMITED_WIDTH: usize = 64;

/// Runs the calls of one deployment, with replicas ([`Replicated`]) or without ([`Bare`]).
pub trait Engine: Fakeable + Send + Sync + Sized + 'static {
    /// Whether there are any replicas.
    const REPLICATED: bool = true;

    /// Whether calls run on threads of the replicas' own, which can be pinned to cores.
    const HAS_THREADS: bool = false;

    /// An engine that refuses every call until it is deployed.
    fn new() -> Self;

    /// How many calls of one request can be in flight to keep the replicas busy, and no more; a
    /// thread takes up to `batch` at a time.
    fn width(&self, batch: usize) -> usize;

    /// Whether one more call would find a place: a free replica, or room to wait.
    fn has_place(&self) -> bool {
        true
    }

    /// The variable that the deployment is bound to, if it is known here.
    fn variable(&self) -> Option<&str> {
        None
    }

    /// Statistics of the batches of each method.
    fn batches(&self) -> Vec<Stats> {
        Vec::new()
    }
}
