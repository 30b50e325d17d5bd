//! Compares a program with its graph.

use std::fmt::Debug;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use serve_runtime::{Deployed, Result, testing};
use tokio::runtime::Builder;

use crate::calls;
use crate::case::{Case, Expected};
use crate::life::{self, Tag};
use crate::nodes::Item;
use crate::{cancel, fail, strict, wakes};

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
pub fn compare<I, O, H>(
    plain: impl AsyncFn(I) -> Result<O>,
    deploy: impl AsyncFn() -> Result<Deployed<H>>,
    call: impl AsyncFn(H, I) -> Result<O>,
) where
    I: Arbitrary + Clone + Debug,
    O: PartialEq + Debug,
    H: Clone,
{
    let _others_wait = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    for seed in 0..INPUTS {
        let alive = life::alive();
        let input = I::arbitrary(seed);
        calls::forget();
        let (answer, clones) = {
            let (input, before) = (input.clone(), life::cloned());
            let answer = strict::run(plain(input)).unwrap();
            (answer, life::cloned() - before)
        };
        let inside = calls::only_inside();
        let case = Case {
            inside,
            deploy: &deploy,
            call: &call,
            input,
            expected: Expected {
                answer,
                calls: calls::forget(),
            },
        };
        let orders = seed * ORDERS..(seed + 1) * ORDERS;
        in_orders(orders.clone(), clones, &case);
        when_woken(&case);
        let few = orders.start..orders.start + 2;
        fail::everywhere(few.clone(), &case);
        cancel::everywhere(few, &case);
        drop(case);
        life::assert_alive(alive);
    }
}

/// In several orders of completion.
fn in_orders<I, O, H, D, C>(orders: Range<u64>, clones: usize, case: &Case<'_, I, O, D, C>)
where
    I: Clone + Debug,
    O: PartialEq + Debug,
    H: Clone,
    D: AsyncFn() -> Result<Deployed<H>>,
    C: AsyncFn(H, I) -> Result<O>,
{
    let found = testing::orders(orders, async || {
        let app = case.deploy().await?;
        let (request, before) = (case.request(&app), life::cloned());
        let answer = request.await?;
        let cloned = life::cloned() - before;
        assert!(cloned <= clones, "{cloned} clones, in plain Rust {clones}");
        Ok(Expected {
            answer,
            calls: calls::forget(),
        })
    });
    assert_eq!(found, case.expected, "the input was {:?}", case.input);
}

/// On executors that poll only when they are woken, or at other times too, while another thread has the runtime.
fn when_woken<I, O, H, D, C>(case: &Case<'_, I, O, D, C>)
where
    I: Clone,
    O: PartialEq + Debug,
    H: Clone,
    D: AsyncFn() -> Result<Deployed<H>>,
    C: AsyncFn(H, I) -> Result<O>,
{
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let _entered = runtime.enter();
    let app = strict::run(case.deploy()).unwrap();
    for restless in [0, 1, 2] {
        let answer = strict::run_restless(restless, case.request(&app)).unwrap();
        assert_eq!(answer, case.expected.answer);
        assert_eq!(calls::forget(), case.expected.calls);
        wakes::wake_all(); // what has ended
    }
    strict::run(Deployed::shutdown(app));
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
            tag: Tag::from("x".repeat(seed as usize % 4)),
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
