//! Which values must be `Clone` where a request takes one of several arms.

use serve_runtime::prelude::*;

use crate::support::Count;

/// Not `Clone`: only one arm of several takes it.
#[derive(serde::Deserialize)]
struct Ticket(u32);

#[deployment]
async fn redeem(ticket: Ticket) -> u32 {
    ticket.0
}

#[deployment]
async fn refund(ticket: Ticket) -> u32 {
    ticket.0 + 100
}

#[deployment]
async fn is_valid(ticket: &Ticket) -> bool {
    ticket.0 > 10
}

#[graph]
fn either() -> u32 {
    input(|ticket: Ticket, keep: bool, other: u32| {
        if keep && other > 1 {
            redeem(ticket)
        } else if other == 1 {
            0
        } else {
            refund(ticket)
        }
    })
}

#[tokio::test]
async fn a_value_that_each_arm_takes_once_need_not_be_clone() {
    let app = deploy(either()).await.unwrap();
    assert_eq!(app.call(Ticket(1), true, 2).await.unwrap(), 1);
    assert_eq!(app.call(Ticket(1), false, 1).await.unwrap(), 0);
    assert_eq!(app.call(Ticket(1), true, 0).await.unwrap(), 101);
}

/// Neither `Clone` nor `Copy`.
#[derive(serde::Deserialize)]
struct Order {
    kind: OrderKind,
    number: u32,
}

#[derive(serde::Deserialize)]
enum OrderKind {
    New,
    Old,
}

#[deployment]
async fn place(order: &Order) -> u32 {
    order.number
}

#[deployment]
async fn cancel(order: &Order, kind: &OrderKind) -> u32 {
    assert!(matches!(kind, OrderKind::New | OrderKind::Old));
    order.number + 100
}

#[graph]
fn shared_and_matched() -> (u32, u32) {
    input(|order: Order, kind: OrderKind, least: u32| {
        let first = match order.kind {
            OrderKind::New => place(order),
            OrderKind::Old => cancel(order, kind),
        };
        let second = match kind {
            OrderKind::New if least > 1 => place(order),
            OrderKind::New => 7,
            OrderKind::Old => cancel(order, kind),
        };
        (first, second + least)
    })
}

#[tokio::test]
async fn a_value_that_is_only_read_need_not_be_clone() {
    let app = deploy(shared_and_matched()).await.unwrap();
    let order = |kind| Order { kind, number: 1 };
    let new = order(OrderKind::New);
    assert_eq!(app.call(new, OrderKind::Old, 0).await.unwrap(), (1, 101));
    let old = order(OrderKind::Old);
    assert_eq!(app.call(old, OrderKind::New, 2).await.unwrap(), (101, 3));
}

#[graph]
fn early() -> u32 {
    input(|ticket: Ticket| {
        let valid = is_valid(ticket);
        if valid {
            redeem(ticket.0.into())
        } else {
            ticket.0
        }
    })
}

impl From<u32> for Ticket {
    fn from(number: u32) -> Self {
        Ticket(number)
    }
}

#[tokio::test]
async fn a_value_may_be_read_before_a_choice_and_in_each_arm() {
    let app = deploy(early()).await.unwrap();
    assert_eq!(app.call(Ticket(11)).await.unwrap(), 11);
    assert_eq!(app.call(Ticket(7)).await.unwrap(), 7);
}

/// Counts its clones.
struct Counted(Count);

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.0.add();
        Counted(self.0.clone())
    }
}

#[deployment]
async fn take(counted: Counted) -> usize {
    counted.0.get()
}

#[graph]
fn taken_twice() -> usize {
    input(|counted: Counted, first: bool| {
        let before = take(counted);
        let after = if first {
            take(counted)
        } else {
            take(counted) + take(counted)
        };
        before.max(after)
    })
}

#[tokio::test]
async fn the_last_consumer_in_the_chosen_arm_gets_the_value_itself() {
    let app = deploy(taken_twice()).await.unwrap();
    for (first, clones) in [(true, 1), (false, 2)] {
        let count = Count::new();
        app.call(Counted(count.clone()), first).await.unwrap();
        assert_eq!(count.get(), clones);
    }
}
