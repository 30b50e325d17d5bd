//! What is run in every interleaving.

mod counted;
mod gate;
mod holders;
mod queue;

pub use counted::*;
pub use gate::*;
pub use holders::*;
pub use queue::*;

/// Runs a model with at most that many preemptions: most of what can go wrong does so with two.
fn check(preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}
