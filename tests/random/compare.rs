//! Compares a program with its graph.

use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use serve_runtime::{Deployed, Result, testing};
use tokio::runtime::Builder;

use crate::calls::{self, Calls};
use crate::life::{self, Tag};
use crate::nodes::Item;
use crate::{cancel, fail, strict};

/// How many inputs a program is tried with, and in how many orders each.
const INPUTS: u64 = 5;
const ORDERS: u64 = 8;

/// The calls are counted for one program at a time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// An input of a program.
pub trait Arbitrary {
    fn arbitrary(seed: u64) -> Self;
}

/// What a program does with an input.
#[derive(Debug, PartialEq)]
pub struct Expected<O> {
    pub answer: O,
    pub calls: Calls,
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
        let expected = Expected {
            answer,
            calls: calls::forget(),
        };
        let orders = seed * ORDERS..(seed + 1) * ORDERS;
        let found = testing::orders(orders.clone(), async || {
            let app = deploy().await?;
            let (input, before) = (input.clone(), life::cloned());
            let answer = call(Deployed::handle(&app).clone(), input).await?;
            let cloned = life::cloned() - before;
            assert!(cloned <= clones, "{cloned} clones, in plain Rust {clones}");
            Ok(Expected {
                answer,
                calls: calls::forget(),
            })
        });
        assert_eq!(found, expected, "the input was {input:?}");
        drop(found);
        when_woken(&deploy, &call, &input, &expected);
        let few = orders.start..orders.start + 2;
        fail::everywhere(few.clone(), &deploy, &call, &input, &expected);
        cancel::everywhere(few, &deploy, &call, &input, &expected);
        drop((input, expected));
        life::assert_alive(alive);
    }
}

/// On an executor that polls only when it is woken, while another thread has the runtime.
fn when_woken<I, O, H>(
    deploy: &impl AsyncFn() -> Result<Deployed<H>>,
    call: &impl AsyncFn(H, I) -> Result<O>,
    input: &I,
    expected: &Expected<O>,
) where
    I: Clone,
    O: PartialEq + Debug,
    H: Clone,
{
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let _entered = runtime.enter();
    let app = strict::run(deploy()).unwrap();
    let answer = strict::run(call(Deployed::handle(&app).clone(), input.clone())).unwrap();
    assert_eq!(answer, expected.answer);
    assert_eq!(calls::forget(), expected.calls);
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
