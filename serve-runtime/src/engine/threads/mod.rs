//! Replicas that live on threads of their own, and the queue that those serve.
//!
//! A call goes through the files in this order:
//!
//! | file | what happens there |
//! |---|---|
//! | `engine.rs`, `pool.rs` | the call becomes a job, which is put into the queue or refused |
//! | `job.rs` | a call with its arguments; runs it, and sends its answer (`batch/ticket.rs` for batches) |
//! | `queue/` | the bounded queue: which thread takes which job |
//! | `thread.rs` | a thread: builds its replica, takes jobs, ends |
//! | `current_call.rs` | the call that a thread is making, so that it can be answered if the thread hangs |

pub(crate) mod current_call;
mod engine;
pub(crate) mod job;
mod pool;
pub(crate) mod queue;
mod thread;

pub use self::engine::Threads;
pub(crate) use self::pool::Pool;
