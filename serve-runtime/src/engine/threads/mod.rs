//! Replicas that live on threads of their own, and the queue that those serve.
//!
//! A call goes through the files in this order:
//!
//! | file | what happens there |
//! |---|---|
//! | `engine.rs`, `pool.rs` | the call becomes a job, which is put into the queue or refused |
//! | `job.rs`, `ticket.rs` | a job: one call, or a ticket for a batch of them; runs it, and sends the answers |
//! | `queue/` | the bounded queue: which thread takes which job |
//! | `sharing.rs` | whether a thread can begin a call, if its replica is called in place as well |
//! | `thread.rs` | a thread: builds its replica, takes jobs, ends |
//! | `current_call.rs` | the call that a thread is making, so that it can be answered if the thread hangs |

mod current_call;
mod engine;
mod job;
mod pool;
mod queue;
mod sharing;
mod thread;
mod ticket;

pub(crate) use self::current_call::CurrentCall;
pub use self::engine::Threads;
#[cfg(test)]
pub(crate) use self::job::{CallingThread, Job, Panicked, job};
pub(crate) use self::pool::Pool;
pub(crate) use self::sharing::Sharing;
