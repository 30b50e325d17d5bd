//! Compares a program with its graph.

use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use serve_runtime::{Result, testing};
use tokio::runtime::Builder;

use crate::nodes::{Item, calls};

/// How many inputs a program is tried with, and in how many orders each.
const INPUTS: u64 = 5;
const ORDERS: u64 = 8;

/// The calls are counted for one program at a time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// An input of a program.
pub trait Arbitrary {
    fn arbitrary(seed: u64) -> Self;
}

/// Runs a program and its graph with several inputs, and the graph in several orders.
pub fn compare<I, O>(plain: impl AsyncFn(I) -> Result<O>, graph: impl AsyncFn(I) -> Result<O>)
where
    I: Arbitrary + Clone + Debug,
    O: PartialEq + Debug,
{
    let _others_wait = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    for seed in 0..INPUTS {
        let input = I::arbitrary(seed);
        calls::forget();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let answer = runtime.block_on(plain(input.clone())).unwrap();
        let expected = (answer, calls::forget());
        let found = testing::orders(seed * ORDERS..(seed + 1) * ORDERS, async || {
            Ok((graph(input.clone()).await?, calls::forget()))
        });
        assert_eq!(found, expected, "the input was {input:?}");
    }
}

impl Arbitrary for u64 {
    fn arbitrary(seed: u64) -> Self {
        seed * 7 % 11
    }
}

impl Arbitrary for Item {
    fn arbitrary(seed: u64) -> Self {
        Item {
            number: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40,
            tag: "x".repeat(seed as usize % 4),
        }
    }
}

impl Arbitrary for Vec<Item> {
    fn arbitrary(seed: u64) -> Self {
        (0..seed % 4)
            .map(|index| Item::arbitrary(seed * 5 + index))
            .collect()
    }
}

macro_rules! tuples {
    ($($($part:ident)*;)*) => {$(
        impl<$($part: Arbitrary),*> Arbitrary for ($($part,)*) {
            fn arbitrary(mut seed: u64) -> Self {
                ($({
                    seed += 1;
                    $part::arbitrary(seed)
                },)*)
            }
        }
    )*};
}

tuples! { A B; A B C; A B C D; }
