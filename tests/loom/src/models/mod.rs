//! The models that run in every interleaving.

mod counted;
mod gate;
mod queue;
mod ref_count;

pub use counted::*;
pub use gate::*;
pub use queue::*;
pub use ref_count::*;

/// Runs a model with at most that many preemptions: most mistakes show with two.
fn check(preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}
