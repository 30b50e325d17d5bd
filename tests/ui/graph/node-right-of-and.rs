use serve_runtime::prelude::*;

#[deployment]
async fn check(number: u32) -> bool {
    number > 1
}

#[graph]
fn checked() -> bool {
    input(|number: u32, flag: bool| {
        let both = flag && check(number);
        let both = if both && let true = check(number) { check(3) } else { both };
        both || number > 3 || check(number)
    })
}

fn main() {
    let _ = checked();
}
