use serve_runtime::prelude::*;

#[deployment]
async fn divide(number: u32) -> Result<u32> {
    100u32.checked_div(number).ok_or(Error::invalid_input("nothing to divide by"))
}

#[graph]
fn result() -> u32 {
    input(|number: u32| divide(number))
}

fn main() {
    let _ = result();
}
