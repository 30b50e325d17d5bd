//! Replicas that are called on the caller's task.
//!
//! One call crosses these files, in this order:
//!
//! | file | what happens there |
//! |---|---|
//! | `permit.rs` | a call asks for a permit, holds it, and gives it back when it is dropped |
//! | `gate/` | whether it may look for a replica now, or has to wait in line; how many calls a limited replica has |
//! | `replicas/` | which replica it gets: the least loaded one, or one with its model |
//! | `usage.rs` | with `&mut self` methods: whether others use the replica, which the call would have to wait for |
//! | `ref_count.rs` | the call is counted in and out by the replica's `Arc` |
//!
//! `polls.rs` tells of calls that block the caller's thread.
//!
//! The other files are for the controller: `engine.rs` is what it drives, `upkeep.rs` builds, checks,
//! reconfigures and retires a replica, `replica.rs` is what a replica consists of, and `home.rs` keeps it for loads.

mod engine;
mod gate;
mod home;
mod permit;
mod polls;
mod ref_count;
mod replica;
mod replicas;
mod upkeep;
mod usage;

pub(crate) use self::engine::Core;
pub use self::engine::InPlace;
pub use self::permit::{ModelPermit, OwnedPermit, Permit};
pub(crate) use self::polls::{Clocks, Ticker};
pub(crate) use self::usage::Usage;
