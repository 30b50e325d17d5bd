//! Replicas that live on threads of their own, and the queue that those serve.

pub(crate) mod current_call;
mod engine;
pub(crate) mod job;
mod pool;
pub(crate) mod queue;

pub use self::engine::Compute;
pub(crate) use self::pool::Pool;
