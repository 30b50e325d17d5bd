use serve_runtime::prelude::*;

const SLO_S: f64 = 0.01;

#[deployment(budget_ms = 20)]
async fn double(number: usize) -> usize {
    2 * number
}

#[graph(slo_ms = 1000.0 * SLO_S, max_cpus = 1)]
fn graph() -> usize {
    input(|number: usize| double(number))
}

fn main() {
    let _ = graph();
}
