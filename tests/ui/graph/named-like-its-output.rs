use serve_runtime::prelude::*;

#[derive(serde::Serialize)]
pub struct Report {
    number: u32,
}

#[deployment]
async fn write(number: u32) -> Report {
    Report { number }
}

#[graph]
fn report() -> Report {
    input(|number: u32| write(number))
}

fn main() {
    let _ = report();
}
