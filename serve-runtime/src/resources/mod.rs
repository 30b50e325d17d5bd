//! What the machine has, and which replica has which part of it.
//!
//! ```text
//! options of a deployment -> Demand of one replica --+
//!                                                    v
//! Machine, detected or described -----------------> Ledger -> Grant of one replica -> ReplicaContext
//! ```
//!
//! | file | |
//! |---|---|
//! | `amount.rs` | amounts in ten-thousandths, so that ten tenths are one |
//! | `machine.rs`, `detect.rs`, `gpus.rs` | what there is |
//! | `demand.rs` | what one replica needs |
//! | `ledger.rs`, `devices.rs` | what is taken, and of which GPU and which cores |
//! | `refusal.rs` | the arithmetic of what does not fit |
//! | `context.rs`, `pin.rs` | what a replica learns of its part, and its threads on their cores |

mod amount;
mod context;
mod demand;
mod detect;
mod devices;
mod gpus;
mod ledger;
mod machine;
mod pin;
mod refusal;
mod shared;

pub use context::ReplicaContext;
pub(crate) use demand::{Demand, Wanted};
pub(crate) use ledger::Grant;
pub use ledger::Ledger;
pub use machine::Machine;
pub(crate) use shared::Resources;

#[cfg(test)]
mod tests;
