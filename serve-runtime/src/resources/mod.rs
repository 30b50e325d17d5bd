//! The machine's resources, and which replica has which of them.
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
//! | `machine.rs`, `detect.rs`, `gpus.rs` | what the machine has |
//! | `demand.rs` | what one replica needs |
//! | `ledger.rs`, `devices.rs` | which amounts, GPUs and cores are taken |
//! | `refusal.rs` | the error when replicas do not fit, with the arithmetic |
//! | `context.rs`, `pin.rs` | what a replica can read about its resources, and how its thread is pinned |

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
pub(crate) use shared::{LazyLedger, Resources};

#[cfg(test)]
mod tests;
