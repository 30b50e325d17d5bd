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
//! | `schedule`, `best_schedule` | a simulator, in which tests compare the policy with the best of many |
//! | `stats` | how large batches are, and how long calls wait |

mod batcher;
mod batchers;
#[cfg(test)]
mod best_schedule;
mod context;
mod fit;
mod gaps;
mod group;
mod item;
mod line;
mod policy;
mod rhythm;
#[cfg(test)]
#[allow(unreachable_pub, reason = "a benchmark has the same file")]
mod schedule;
mod stats;
mod ticket;

pub(crate) use self::batcher::Batcher;
pub(crate) use self::batchers::Batchers;
pub use self::context::requests;
#[doc(hidden)]
pub use self::group::Group;
#[doc(hidden)]
pub use self::item::Asked;
pub use self::stats::Stats;
pub(crate) use self::ticket::ticket;
use crate::private::{Calls, HandleTo};

/// What the batches of a deployment have been like, one entry for each batched method that has been
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
    handle.calls().batches()
}
