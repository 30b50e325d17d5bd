//! Requests that are dropped at each of their polls.

use std::fmt::Debug;
use std::future::{Future, poll_fn};
use std::ops::Range;
use std::pin::pin;
use std::task::Poll;

use serve_runtime::{Deployed, Result};

use crate::case::Case;
use crate::wakes;

/// Later polls are like earlier ones.
const POLLS: usize = 40;

/// Drops a request after its first poll, one after its second, and so on; then the application still answers.
pub fn everywhere<I, O, H, D, C>(orders: Range<u64>, case: &Case<'_, I, O, D, C>)
where
    I: Clone,
    O: PartialEq + Debug,
    H: Clone,
    D: AsyncFn() -> Result<Deployed<H>>,
    C: AsyncFn(H, I) -> Result<O>,
{
    case.leaves_nothing(orders, async |app| {
        let mut requests = 1;
        for polls in 0..POLLS {
            requests += 1;
            let answer = polled(polls, case.request(app)).await;
            wakes::wake_all(); // what was dropped
            if let Some(answer) = answer {
                assert_eq!(answer?, case.expected.answer);
                break;
            }
        }
        assert_eq!(case.request(app).await?, case.expected.answer);
        Ok(requests)
    });
}

/// Polls a future so many times, whenever it is woken, and drops it; returns its output if it has ended by then.
async fn polled<F: Future>(times: usize, future: F) -> Option<F::Output> {
    let (mut future, mut left) = (pin!(future), times);
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}
