//! Batches: calls of one method that are made together.
//!
//! [`batch`](macro@crate::batch) on a method says that it takes several calls at a time. A call goes
//! to a thread as any other does; in the queue a ticket stands for it (`engine/threads/ticket.rs`). The
//! table shows the rest.
//!
//! | file | what |
//! |---|---|
//! | `asked` | a call with its cost and its group |
//! | `item` | a call that waits for a batch, or is in one |
//! | `batcher` | forms the batches of one method, and waits for further calls if that pays |
//! | `batchers` | the batchers of a deployment, by method |
//! | `waiting_list` | the calls that wait, and which of them a batch takes: by size, cost and group |
//! | `group` | which calls can be in one batch |
//! | `policy` | whether to wait: a pure function |
//! | `arrival_stats`, `gap_stats`, `cost_model` | what the policy knows: when calls arrive, and how long a batch takes |
//! | `stats` | how large batches are, and how long calls wait |

mod arrival_stats;
#[allow(
    missing_debug_implementations,
    reason = "generated code uses its types; users do not"
)]
mod asked;
mod batcher;
#[allow(
    missing_debug_implementations,
    reason = "generated code uses its types; users do not"
)]
mod batchers;
#[cfg(test)]
mod best_schedule;
mod context;
mod cost_model;
mod gap_stats;
#[allow(
    missing_debug_implementations,
    reason = "generated code uses its types; users do not"
)]
mod group;
mod item;
mod policy;
mod stats;
mod waiting_list;

#[doc(hidden)]
pub use self::asked::{Asked, asked};
pub(crate) use self::batcher::Batcher;
pub(crate) use self::batchers::AddBatchers;
#[doc(hidden)]
pub use self::batchers::Batchers;
pub(crate) use self::context::{in_scope, requests};
#[doc(hidden)]
pub use self::group::Group;
pub(crate) use self::item::{Answer, CallMade, Item, TicketState};
pub use self::stats::Stats;
