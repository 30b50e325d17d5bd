//! The models that run in every interleaving.

mod gate;
mod in_flight;
mod queue;
mod ref_count;

pub use gate::*;
pub use in_flight::*;
pub use queue::*;
pub use ref_count::*;

/// Runs a model with at most that many preemptions; two are enough for most mistakes.
fn check(preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}
