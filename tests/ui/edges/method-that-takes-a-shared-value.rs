use serve_runtime::prelude::*;

#[derive(Clone)]
struct Lines(Vec<u32>);

impl Lines {
    fn total(self) -> u32 {
        self.0.iter().sum()
    }
}

#[derive(Clone)]
struct Order {
    lines: Lines,
}

impl Order {
    fn close(self) -> u32 {
        self.lines.total()
    }
}

struct Ticket(u32);

impl Ticket {
    fn close(self) -> u32 {
        self.0
    }
}

#[deployment]
async fn order(number: u32) -> Order {
    Order { lines: Lines(vec![number]) }
}

#[deployment]
async fn check(order: &Order) -> u32 {
    order.lines.0[0]
}

#[deployment]
async fn ticket(number: u32) -> Ticket {
    Ticket(number)
}

#[deployment]
async fn look(ticket: &Ticket) -> u32 {
    ticket.0
}

#[graph]
fn orders() -> u32 {
    input(|number: u32| {
        let order = order(number);
        check(order) + order.close()
    })
}

#[graph]
fn totals() -> u32 {
    input(|number: u32| {
        let order = order(number);
        check(order) + order.lines.total()
    })
}

#[graph]
fn tickets() -> u32 {
    input(|number: u32| {
        let ticket = ticket(number);
        look(ticket) + ticket.close()
    })
}

// What rustc suggests, and what is shorter.
#[graph]
fn cloned() -> u32 {
    input(|number: u32| {
        let order = order(number);
        check(order) + <Order as Clone>::clone(&order).close() + order.lines.clone().total()
    })
}

fn main() {
    let _ = (orders(), totals(), tickets(), cloned());
}
