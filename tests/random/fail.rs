//! Calls that fail: by an error, or by a panic where a function returns none.

use std::fmt::Debug;
use std::ops::Range;
use std::panic;
use std::sync::Once;

use serve_runtime::{Deployed, ErrorKind, Result, testing};

use crate::calls::{self, PLANNED};
use crate::compare::Expected;
use crate::life;

/// How many of a program's calls fail, one at a time.
const CALLS: usize = 4;

/// A request fails if one of its calls does, in any order: with that call's error, and no call that plain Rust would not
/// make.
pub fn everywhere<I, O, H>(
    orders: Range<u64>,
    deploy: &impl AsyncFn() -> Result<Deployed<H>>,
    call: &impl AsyncFn(H, I) -> Result<O>,
    input: &I,
    expected: &Expected<O>,
) where
    I: Clone,
    O: Debug,
    H: Clone,
{
    print_no_planned_panics();
    let apart = expected.calls.len().div_ceil(CALLS).max(1);
    for failing in expected.calls.keys().step_by(apart) {
        let _planned = calls::plan(failing);
        testing::orders(orders.clone(), async || {
            let alive = life::alive();
            let app = deploy().await?;
            let answer = call(Deployed::handle(&app).clone(), input.clone()).await;
            let error = answer.expect_err(failing);
            let is_planned = matches!(error.kind(), ErrorKind::Panicked | ErrorKind::Upstream);
            assert!(is_planned, "{failing}: {error:?}");
            assert!(error.message().ends_with(PLANNED), "{failing}: {error:?}");
            assert!(error.node().is_some(), "{failing}: {error:?}");
            Deployed::shutdown(app).await;
            life::assert_alive(alive); // the clock stands still, so that the shutdown waits for no thread
            for (call, times) in calls::forget() {
                let expected = expected.calls.get(&call).copied().unwrap_or_default();
                assert!(times <= expected, "{call} was made {times} times");
            }
            Ok(())
        });
    }
}

fn print_no_planned_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if info.payload_as_str() != Some(PLANNED) {
                print(info);
            }
        }));
    });
}
