//! Messages about `#[batch]`.

use std::fmt::Display;

pub(crate) fn batch_alone() -> &'static str {
    "`#[batch]` does nothing here: it is a part of `#[deployment]`\n\
     help: put it on a method of an `impl` block with `#[deployment]`, or below the `#[deployment]` of a function"
}

pub(crate) fn batch_above_deployment() -> &'static str {
    "`#[batch]` stands above `#[deployment]`, which it is a part of\n\
     help: write it below: `#[deployment]`, and then `#[batch(..)]`"
}

pub(crate) fn batch_of_no_calls(name: impl Display) -> String {
    format!(
        "`#[batch]` does nothing here: it makes batches of calls, and only the runtime calls `{name}`\n\
         help: remove it, or put it on a method that callers call"
    )
}

pub(crate) fn batched_twice() -> &'static str {
    "`#[batch]` is given twice\nhelp: keep one of the two"
}

pub(crate) fn batch_with_a_value() -> &'static str {
    "`#[batch]` takes its options in parentheses\nhelp: write `#[batch(max_batch_size = ..)]`"
}

pub(crate) fn batched_async_fn(name: impl Display, help: impl Display) -> String {
    format!(
        "`{name}` is an `async fn`, but a batch runs on its replica's own thread\n\
         help: {help}, or remove `#[batch]`"
    )
}

pub(crate) fn batch_of_one(signature: impl Display) -> String {
    format!(
        "a batched method takes the values of several calls, a `Vec` for each parameter, and returns one result for each call\n\
         help: write `{signature}`, or remove `#[batch]`"
    )
}

pub(crate) fn batch_of_nothing() -> &'static str {
    "a method without parameters cannot be batched: its calls have no values\n\
     help: remove `#[batch]`, or add a parameter of type `Vec<T>`"
}

pub(crate) fn batched_parameter(ty: impl Display, item: &str) -> String {
    let shared = item.strip_prefix("Shared<");
    let one = shared.and_then(|of| of.strip_suffix('>')).unwrap_or(item);
    format!(
        "a batched method takes the values of several calls, so each parameter is a `Vec`, but this is `{ty}`\n\
         help: write `Vec<{item}>`; each caller passes one `{one}`"
    )
}

pub(crate) fn batched_result(ty: impl Display, results: impl Display) -> String {
    format!(
        "a batched method returns one result for each call, but this is `{ty}`\n\
         help: return `{results}`; with `Vec<Result<T>>` each call has an error of its own"
    )
}

pub(crate) fn cost_without_budget() -> &'static str {
    "`cost` is set without `max_batch_cost`, so the cost of a batch has no limit\n\
     help: add `max_batch_cost = ..`"
}

pub(crate) fn budget_without_cost() -> &'static str {
    "`max_batch_cost` is set without `cost`, so the cost of a call is not known\n\
     help: add `cost = path::to::function`, which takes `&T` and returns a whole number"
}

pub(crate) fn not_a_function(key: &str) -> String {
    let gives = match key {
        "cost" => "a whole number",
        _ => "a key",
    };
    format!(
        "`{key}` must be the path of a function\n\
         help: write a `fn` that takes `&T` and returns {gives}, and name it here"
    )
}
