//! Runs the same request in many orders.

use std::fmt::Debug;

use tokio::runtime::Builder;

use super::schedule::Schedule;
use crate::Result;

/// Runs requests once for each seed, each time with nodes completing in another order, and returns
/// their result, which must be the same every time.
///
/// Each run has a runtime of its own, on this thread, with a paused clock: sleeping takes no time. A
/// seed always gives the same order, as long as no part of the run uses another thread. The `fn`
/// methods of a deployment do, but their fakes do not. Calls that a deployment makes through a handle count as
/// part of its own call.
///
/// ```
/// use serve_runtime::prelude::*;
/// use serve_runtime::testing;
///
/// #[deployment]
/// async fn half(number: u32) -> u32 {
///     number / 2
/// }
///
/// #[deployment]
/// async fn difference(left: u32, right: u32) -> u32 {
///     left - right
/// }
///
/// #[graph]
/// fn rounding() -> u32 {
///     input(|number: u32| {
///         let (low, high) = (half(number), half(number + 1));
///         difference(high, low)
///     })
/// }
///
/// let answer = testing::orders(0..100, async || deploy(rounding()).await?.call(7).await);
/// assert_eq!(answer, 1);
/// ```
///
/// # Panics
///
/// If two orders give different results or a run fails; the message has the seed, and how to run it alone. Also if
/// there is no seed, or if the test already runs on a runtime: use `#[test]`, without tokio's.
#[track_caller]
pub fn orders<T, F>(seeds: impl IntoIterator<Item = u64>, requests: F) -> T
where
    T: PartialEq + Debug,
    F: AsyncFn() -> Result<T>,
{
    assert!(
        tokio::runtime::Handle::try_current().is_err(),
        "`testing::orders` has a runtime of its own for every order\n\
         help: call it from a plain `#[test] fn`, not from a `#[tokio::test]`"
    );
    let mut seeds = seeds.into_iter();
    let Some(first) = seeds.next() else {
        panic!("`testing::orders` was given no seed\nhelp: give it some, as in `0..100`");
    };
    let answer = run(first, &requests);
    for seed in seeds {
        let other = run(seed, &requests);
        assert!(
            other == answer,
            "the order of completion changes the answer\n \
             seed {first}: {answer:?}\n \
             seed {seed}: {other:?}\n\
             help: `testing::orders([{first}, {seed}], ..)` runs these two orders alone"
        );
    }
    answer
}

#[track_caller]
fn run<T, F: AsyncFn() -> Result<T>>(seed: u64, requests: &F) -> T {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build();
    let runtime = runtime.unwrap_or_else(|error| panic!("no runtime could be made: {error}"));
    let _print = PrintSeed(seed);
    match runtime.block_on(Schedule::new(seed).scope(requests())) {
        Ok(answer) => answer,
        Err(error) => panic!("the requests failed: {error:?}"),
    }
}

/// Prints the seed if a run panics.
struct PrintSeed(u64);

impl Drop for PrintSeed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let PrintSeed(seed) = self;
            eprintln!("help: `testing::orders([{seed}], ..)` runs this order alone");
        }
    }
}
