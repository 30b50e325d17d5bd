//! Batches: calls of one method that are made together.
//!
//! [`batch`](macro@crate::batch) on a method says that it takes several calls at a time. A call goes
//! to a thread as any other does: the table shows what is different.
//!
//! | file | what |
//! |---|---|
//! | `ticket` | what stands in the deployment's queue for a call |
//! | `batcher` | the calls of one method; puts a batch together, and waits for more if that pays |
//! | `line` | the calls that wait, and which of them a batch may have: size, cost, group |
//! | `policy` | whether to wait: a pure function |
//! | `rhythm`, `fit`, `gaps` | what it is decided on: when calls come, and what a batch costs |
//! | `stats` | how large batches are, and how long calls wait |

mod arrival_stats;
mod batcher;
mod batchers;
#[cfg(test)]
mod best_schedule;
mod context;
mod cost_model;
mod gap_stats;
mod group;
mod item;
mod policy;
mod stats;
mod ticket;
mod waiting_list;

pub(crate) use self::batcher::Batcher;
pub(crate) use self::batchers::Batchers;
pub(crate) use self::context::requests;
#[doc(hidden)]
pub use self::group::Group;
#[doc(hidden)]
pub use self::item::Asked;
pub use self::stats::Stats;
pub(crate) use self::ticket::ticket;
