//! Replicas: how the instances of a deployment are built, run, replaced and stopped.
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
mod compute;
mod constructor;
mod fake;
mod in_place;
pub(crate) mod job;
mod mixed;
mod plan;
mod pool;
mod slot;
mod visit;

use std::future::Future;
use std::sync::Arc;

pub use bare::Bare;
pub use compute::Compute;
pub use constructor::Constructor;
pub(crate) use fake::FakeSlot;
pub use fake::Fakeable;
pub use in_place::InPlace;
pub use mixed::Mixed;
pub(crate) use plan::Plan;
pub use visit::Visit;

use crate::Result;
use crate::batch::Stats;

/// How many calls of one request are under way at a replica that has no limit of its own.
pub(crate) const UNLIMITED_WIDTH: usize = 64;

/// Runs the replicas of one deployment.
pub trait Engine<D>: Fakeable + Send + Sync + Sized + 'static {
    /// An engine that refuses every call until it is started.
    fn new() -> Self;

    /// Builds all replicas, side by side; an error if one of them cannot be built.
    #[doc(hidden)]
    fn start(self: &Arc<Self>, plan: Plan<D>) -> impl Future<Output = Result<()>> + Send;

    /// Takes in no more calls and waits until those taken in are answered.
    fn drain(&self) -> impl Future<Output = ()> + Send;

    /// Takes in no more calls, answers those that wait with an error and lets the replicas go.
    fn stop(&self);

    /// The cause why no replica can take a call, if that is so.
    fn health(&self) -> Result<()>;

    /// How many calls of one request can be under way to keep the replicas busy, and no more; a
    /// thread takes up to `batch` at a time.
    fn width(&self, batch: usize) -> usize;

    /// What the batches of each method have been like.
    fn batches(&self) -> Vec<Stats> {
        Vec::new()
    }
}
