//! Requests that are dropped at each of their polls.

use std::fmt::Debug;
use std::future::{Future, poll_fn};
use std::ops::Range;
use std::pin::pin;
use std::task::Poll;

use serve_runtime::{Deployed, Result, testing};

use crate::calls;
use crate::compare::Expected;
use crate::life;

/// Later polls are like earlier ones.
const POLLS: usize = 40;

/// Drops a request after its first poll, one after its second, and so on; then the application still answers.
pub fn everywhere<I, O, H>(
    orders: Range<u64>,
    deploy: &impl AsyncFn() -> Result<Deployed<H>>,
    call: &impl AsyncFn(H, I) -> Result<O>,
    input: &I,
    expected: &Expected<O>,
) where
    I: Clone,
    O: PartialEq + Debug,
    H: Clone,
{
    testing::orders(orders, async || {
        let alive = life::alive();
        let app = deploy().await?;
        let request = || call(Deployed::handle(&app).clone(), input.clone());
        for polls in 0..POLLS {
            if let Some(answer) = polled(polls, request()).await {
                assert_eq!(answer?, expected.answer);
                break;
            }
        }
        assert_eq!(request().await?, expected.answer);
        Deployed::shutdown(app).await;
        life::assert_alive(alive); // the clock stands still, so that the shutdown waits for no thread
        for call in calls::forget().keys() {
            assert!(expected.calls.contains_key(call), "{call} was never made");
        }
        Ok(())
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
