//! The applications of a server, which may come, change and go while it runs.
//!
//! ```text
//! request -> Dispatch -> Snapshot (what is served now) -> the routes of an application | the user's own
//!                           ^
//!                        Hosting: one change after the other makes the next snapshot
//! ```

mod change;
#[cfg(feature = "config")]
pub(crate) mod configure;
mod handle;
mod hosting;
mod in_use;
#[cfg(feature = "control")]
mod looked_up;
#[cfg(feature = "config")]
pub(crate) mod program;
pub(crate) mod served;
mod snapshot;
mod status;

pub use handle::{ApplicationHandle, Applications, Running};
pub(crate) use hosting::Hosting;
pub(super) use hosting::{Dispatch, MakeRoutes, Stop};
pub(super) use in_use::InUse;
pub use status::{ApplicationState, ApplicationStatus};
