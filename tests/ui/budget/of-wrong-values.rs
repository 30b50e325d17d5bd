use serve_runtime::prelude::*;

#[deployment(budget_ms = 0)]
async fn first(number: usize) -> usize {
    2 * number
}

#[deployment(budget_ms = 1.5)]
async fn second(number: usize) -> usize {
    2 * number
}

#[graph(slo_ms = 0, max_cpus = -1, max_gpus = "one", sol_ms = 2, slo_ms = 3)]
fn twice() -> usize {
    input(|number: usize| second(first(number)))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(twice()).await
}
