//! Calls that fail: by an error, or by a panic where a function returns none.

use std::fmt::Debug;
use std::ops::Range;
use std::panic;
use std::sync::Once;

use serve_runtime::{Deployed, ErrorKind, Result};

use crate::calls::{self, PLANNED};
use crate::case::Case;
use crate::wakes;

/// How many of a program's own calls fail, one at a time; and how many of the calls in graphs in it.
const CALLS: usize = 3;
const INSIDE: usize = 2;

/// A request fails if one of its calls does, in any order, with that call's error.
pub fn everywhere<I, O, H, D, C>(orders: Range<u64>, case: &Case<'_, I, O, D, C>)
where
    I: Clone,
    O: Debug,
    H: Clone,
    D: AsyncFn() -> Result<Deployed<H>>,
    C: AsyncFn(H, I) -> Result<O>,
{
    print_no_planned_panics();
    let calls = case.expected.calls.keys();
    let (inside, own): (Vec<_>, Vec<_>) = calls.partition(|call| case.inside.contains(*call));
    for failing in some(&own, CALLS).chain(some(&inside, INSIDE)) {
        let _planned = calls::plan(failing);
        case.leaves_nothing(orders.clone(), async |app| {
            let error = case.request(app).await.expect_err(failing);
            let is_planned = matches!(error.kind(), ErrorKind::Panicked | ErrorKind::Upstream);
            assert!(is_planned, "{failing}: {error:?}");
            assert!(error.message().ends_with(PLANNED), "{failing}: {error:?}");
            let node = error.node().expect("a node has failed");
            let is_path = node.contains('/');
            assert!(is_path || !case.inside.contains(failing), "{error:?}");
            wakes::wake_all(); // the calls that the error has ended
            Ok(1)
        });
    }
}

/// At most so many of them, evenly spread.
fn some<'a>(calls: &'a [&String], count: usize) -> impl Iterator<Item = &'a str> {
    let apart = calls.len().div_ceil(count).max(1);
    calls.iter().step_by(apart).map(|call| call.as_str())
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
