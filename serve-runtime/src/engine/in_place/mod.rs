//! Replicas that are called on the caller's task.

mod engine;
mod gate;
mod permit;
mod places;
pub(crate) mod replica;
mod replicas;
pub(crate) mod shared;
mod upkeep;

pub use self::engine::InPlace;
pub use self::permit::{ModelVisit, Stay, Visit};
