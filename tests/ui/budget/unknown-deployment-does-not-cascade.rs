use serve_runtime::prelude::*;

#[deployment(budget_ms = 100)]
async fn double(number: usize) -> usize {
    2 * number
}

#[graph(slo_ms = 50, max_cpus = 1)]
fn lengths() -> usize {
    let model = Modle::bind();
    input(|text: String| double(model.length(text)))
}

#[graph(slo_ms = 50, max_cpus = 1)]
fn twice() -> usize {
    input(|text: String| double(text))
}

fn main() {
    let _ = lengths();
    let _ = twice();
}
