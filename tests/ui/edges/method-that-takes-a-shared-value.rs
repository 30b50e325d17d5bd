use serve_runtime::prelude::*;

struct Order {
    number: u32,
}

impl Order {
    fn close(self) -> u32 {
        self.number
    }
}

#[deployment]
async fn order(number: u32) -> Order {
    Order { number }
}

#[deployment]
async fn check(order: &Order) -> u32 {
    order.number
}

#[graph]
fn orders() -> u32 {
    input(|number: u32| {
        let order = order(number);
        check(order) + order.close()
    })
}

fn main() {
    let _ = orders();
}
