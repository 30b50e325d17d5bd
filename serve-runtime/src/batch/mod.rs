//! Batches: calls of one method that are made together.
//!
//! [`batch`](macro@crate::batch) on a method says that it takes several calls at a time. A call goes
//! to a thread as any other does; in the queue a ticket stands for it (`engine/threads/ticket.rs`). The
//! table shows the rest.
//!
//! | file | what |
//! |---|---|
//! | `item` | a call that waits for a batch, or is in one |
//! | `batcher` | forms the batches of one method, and waits for further calls if that pays |
//! | `batchers` | the batchers of a deployment, by method |
//! | `waiting_list` | the calls that wait, and which of them a batch takes: by size, cost and group |
//! | `group` | which calls can be in one batch |
//! | `policy` | whether to wait: a pure function |
//! | `arrival_stats`, `gap_stats`, `cost_model` | what the policy knows: when calls arrive, and how long a batch takes |
//! | `schedule`, `best_schedule` | a simulator, in which tests compare the policy with the best of many |
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
#[cfg(test)]
#[allow(unreachable_pub, reason = "a benchmark has the same file")]
mod schedule;
mod stats;
mod waiting_list;

pub(crate) use self::batcher::Batcher;
pub(crate) use self::batchers::Batchers;
pub(crate) use self::context::in_scope;
pub use self::context::requests;
#[doc(hidden)]
pub use self::group::Group;
#[doc(hidden)]
pub use self::item::Asked;
pub(crate) use self::item::{Answer, CallMade, Item, TicketState};
pub use self::stats::Stats;
use crate::private::HandleTo;

/// Statistics of the batches of a deployment, one entry for each batched method that has been
/// called.
///
/// ```
/// use serve_runtime::prelude::*;
///
/// #[deployment]
/// #[batch(max_batch_size = 8)]
/// fn shout(texts: Vec<String>) -> Vec<String> {
///     texts.iter().map(|text| text.to_uppercase()).collect()
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let app = deploy(shout::bind()).await?;
/// assert_eq!(app.call("tea".into()).await?, "TEA");
/// let stats = serve_runtime::batch::stats(&*app);
/// assert_eq!(stats[0].calls, 1);
/// # Ok(())
/// # }
/// ```
pub fn stats<H: HandleTo>(handle: &H) -> Vec<Stats> {
    handle.batches()
}
