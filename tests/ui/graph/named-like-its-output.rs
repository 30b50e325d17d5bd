use serve_runtime::prelude::*;

#[derive(serde::Serialize)]
pub struct ReportGraph {
    number: u32,
}

#[deployment]
async fn write(number: u32) -> ReportGraph {
    ReportGraph { number }
}

#[graph]
fn report() -> ReportGraph {
    input(|number: u32| write(number))
}

fn main() {
    let _ = report();
}
