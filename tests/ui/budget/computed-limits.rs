use serve_runtime::prelude::*;

const NONE: u32 = 0;
const SLO_MS: u32 = 10;

#[deployment(budget_ms = NONE)]
async fn never(number: usize) -> usize {
    number
}

#[deployment(budget_ms = 2 * SLO_MS)]
async fn double(number: usize) -> usize {
    2 * number
}

#[graph(slo_ms = SLO_MS, max_cpus = 2)]
fn first() -> usize {
    input(|number: usize| never(number))
}

#[graph(slo_ms = SLO_MS)]
fn second() -> usize {
    input(|number: usize| double(number))
}

fn main() {
    let _ = first();
    let _ = second();
}
