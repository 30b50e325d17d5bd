//! Values from outside that the items of a fan-out share: each node waits for those that it takes, and for no other.

use std::time::Duration;

use serve_runtime::prelude::*;
use serve_runtime::testing::orders;
use tokio::time::Instant;

/// Ends after that many milliseconds.
#[deployment]
async fn slow(number: u64, milliseconds: u64) -> u64 {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    number
}

#[deployment]
async fn add(left: u64, right: u64) -> u64 {
    left + right
}

#[deployment]
async fn see(left: u64, right: &u64) -> u64 {
    left + right
}

#[graph]
fn mapped() -> Vec<u64> {
    input(|numbers: Vec<u64>| {
        let shared = slow(10, 200);
        numbers.map(|number| {
            let prepared = slow(number, 200);
            add(prepared, shared)
        })
    })
}

/// Two values from outside, at two depths, in expressions, by reference and in the answer of an item.
#[graph]
fn nested() -> Vec<(u64, Vec<u64>)> {
    input(|numbers: Vec<u64>| {
        let first = slow(10, 300);
        let second = slow(20, 100);
        numbers.map(|number| {
            let outer = slow(number, 300);
            let inner = vec![1, 2].map(|index| {
                let prepared = slow(index, 300);
                let seen = see(prepared + second, first);
                add(seen, outer)
            });
            (first + 1, inner)
        })
    })
}

/// An arm that no item takes needs the value.
#[graph]
fn not_taken() -> Vec<u64> {
    input(|numbers: Vec<u64>| {
        let shared = slow(10, 500);
        let prepared = numbers.map(|number| {
            if number > 100 {
                add(number, shared)
            } else {
                slow(number, 200)
            }
        });
        prepared.map(|number| slow(number, 200))
    })
}

/// The value is there before the items.
#[graph]
fn there_before() -> Vec<u64> {
    input(|numbers: Vec<u64>| {
        let shared = slow(10, 100);
        let numbers = numbers.map(|number| slow(number, 200));
        numbers.map(|number| add(number, shared))
    })
}

/// The same in a region of more steps than are polled as one.
#[graph]
fn large() -> Vec<u64> {
    input(|numbers: Vec<u64>| {
        let shared = slow(10, 200);
        numbers.map(|number| {
            let early = slow(number, 200);
            let a = add(
                add(add(add(add(add(add(add(0, 1), 1), 1), 1), 1), 1), 1),
                shared,
            );
            let b = add(
                add(add(add(add(add(add(add(0, 1), 1), 1), 1), 1), 1), 1),
                shared,
            );
            let c = add(add(add(add(add(add(add(add(0, 1), 1), 1), 1), 1), 1), 1), 1);
            let d = add(add(add(add(add(add(add(add(0, 1), 1), 1), 1), 1), 1), 1), 1);
            early + a + b + c + d + shared
        })
    })
}

macro_rules! timed {
    ($graph:ident, $input:expr) => {{
        let app = deploy($graph()).await.unwrap();
        let begun = Instant::now();
        let answer = app.call($input).await.unwrap();
        (answer, begun.elapsed().as_millis())
    }};
}

#[tokio::test(start_paused = true)]
async fn a_node_of_an_item_waits_only_for_what_it_takes() {
    assert_eq!(timed!(mapped, vec![1, 2]), (vec![11, 12], 200));
    let expected = vec![(11, vec![32, 33]), (11, vec![33, 34])];
    assert_eq!(timed!(nested, vec![1, 2]), (expected, 300));
    assert_eq!(timed!(there_before, vec![1, 2]), (vec![11, 12], 200));
    let expected = vec![1 + 17 * 2 + 8 * 2 + 10, 2 + 17 * 2 + 8 * 2 + 10];
    assert_eq!(timed!(large, vec![1, 2]), (expected, 200));
}

#[tokio::test(start_paused = true)]
async fn a_value_that_no_item_takes_delays_only_the_answer() {
    assert_eq!(timed!(not_taken, vec![1, 2]), (vec![1, 2], 500));
    assert_eq!(timed!(not_taken, vec![101]), (vec![111], 700));
    assert_eq!(timed!(not_taken, vec![]), (vec![], 500));
}

#[test]
fn late_values_reach_each_item_in_every_order() {
    let answers = orders(0..150, async || {
        Ok((
            deploy(mapped()).await?.call(vec![1, 2, 3]).await?,
            deploy(nested()).await?.call(vec![1, 2]).await?,
            deploy(not_taken()).await?.call(vec![1, 101]).await?,
            deploy(large()).await?.call(vec![1]).await?,
        ))
    });
    assert_eq!(answers.0, [11, 12, 13]);
    assert_eq!(answers.1, [(11, vec![32, 33]), (11, vec![33, 34])]);
    assert_eq!((answers.2, answers.3), (vec![1, 111], vec![61]));
}
