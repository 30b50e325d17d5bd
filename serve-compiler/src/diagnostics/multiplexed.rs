//! Messages about `#[multiplexed]`.

use std::fmt::Display;

pub(crate) fn multiplexed_alone() -> &'static str {
    "`#[multiplexed]` does nothing here: it is a part of `#[deployment]`\n\
     help: put it on a method of an `impl` block with `#[deployment]`: `async fn model(&self, model_id: &str) -> Result<Model>`"
}

pub(crate) fn multiplexed_function(name: impl Display) -> String {
    format!(
        "`{name}` is a function, and a function has no replicas that keep models\n\
         help: write a `struct` and an `impl` block with `#[deployment]`, and put `#[multiplexed]` on the method that loads a model"
    )
}

pub(crate) fn multiplexed_twice() -> &'static str {
    "`#[multiplexed]` is given twice\nhelp: keep one of the two"
}

pub(crate) fn multiplexed_with_a_value() -> &'static str {
    "`#[multiplexed]` takes its options in parentheses\n\
     help: write `#[multiplexed(max_num_models_per_replica = ..)]`"
}

pub(crate) fn multiplexed_and_batched() -> &'static str {
    "a loader loads one model at a time, so it cannot be batched\n\
     help: put `#[batch]` on the method that uses the model, and remove it here"
}

pub(crate) fn loader_without_self(name: impl Display) -> String {
    format!(
        "`{name}` loads models for a replica, so it takes `&self`\n\
         help: write `fn {name}(&self, model_id: &str) -> Result<Model>`, with or without `async`"
    )
}

pub(crate) fn loader_parameters(name: impl Display) -> String {
    format!(
        "`{name}` takes the id of the model that it loads, and nothing else\n\
         help: write `{name}(&self, model_id: &str)`"
    )
}

pub(crate) fn owned_model_id() -> &'static str {
    "the id of a model is borrowed: the replica may have the model already\nhelp: write `&str`"
}

pub(crate) fn loader_returns_nothing(name: impl Display) -> String {
    format!(
        "`{name}` must return the model that it loads\n\
         help: write `-> Model` or `-> Result<Model>`; callers get a `Shared<Model>`"
    )
}

pub(crate) fn generic_loader(name: impl Display) -> String {
    format!(
        "`{name}` is generic, but a replica keeps models of one type\n\
         help: name the type, or make the deployment generic"
    )
}
