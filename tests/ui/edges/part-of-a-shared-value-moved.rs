use serve_runtime::prelude::*;

struct Ticket;

struct Order {
    ticket: Ticket,
}

#[deployment]
async fn order(number: u32) -> Order {
    let _ = number;
    Order { ticket: Ticket }
}

#[deployment]
async fn check(order: &Order) -> u32 {
    let _ = &order.ticket;
    1
}

#[deployment]
async fn redeem(ticket: Ticket) -> u32 {
    let _ = ticket;
    1
}

#[graph]
fn tickets() -> u32 {
    input(|number: u32| {
        let order = order(number);
        check(order) + redeem(order.ticket)
    })
}

fn main() {
    let _ = tickets();
}
