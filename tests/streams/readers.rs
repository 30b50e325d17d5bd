//! The readers of a stream, and what continues when they stop reading.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use serve_runtime::Request;
use serve_runtime::prelude::*;
use tokio::runtime::Handle as Runtime;

use crate::producers::{Counting, Seen};
use crate::support::{Stage, at_once, within};

/// Whether a producer's request is cancelled, as the producer sees it.
type Known = Arc<Mutex<Option<Request>>>;

#[deployment]
struct Asking {
    known: Known,
}

#[deployment]
impl Asking {
    fn new(known: Known) -> Self {
        Asking { known }
    }

    async fn in_place(&self) -> impl Stream<Item = bool> {
        *self.known.lock().unwrap() = Some(Request::current());
        futures_util::stream::repeat_with(|| Request::current().is_cancelled())
    }

    fn on_its_thread(&self) -> impl Iterator<Item = bool> {
        *self.known.lock().unwrap() = Some(Request::current());
        std::iter::repeat_with(|| Request::current().is_cancelled())
    }
}

/// Also after the call that returned it has ended.
#[tokio::test]
async fn a_stream_is_wanted_until_it_is_dropped() {
    let known = Known::default();
    let asking = deploy(Asking::bind(Arc::clone(&known))).await.unwrap();
    let options = CallOptions::new().model_id("any");
    for place in 0..2 {
        let handle = asking.options(options.clone());
        let mut asked = match place {
            0 => within(handle.in_place()).await.unwrap(),
            _ => within(handle.on_its_thread()).await.unwrap(),
        };
        for _ in 0..9 {
            assert!(!within(asked.next()).await.unwrap().unwrap());
        }
        let request = known.lock().unwrap().take().unwrap();
        assert!(!request.is_cancelled());
        drop(asked);
        assert!(request.is_cancelled());
    }
}

/// Nothing keeps waiting for the deadline.
#[tokio::test]
async fn a_dropped_stream_with_a_deadline_releases_its_permit_at_once() {
    let seen = Seen::new();
    let counting = Counting::bind(seen.clone()).max_ongoing_requests(1);
    let counting = deploy(counting).await.unwrap();
    let in_time = counting.options(CallOptions::new().timeout(Duration::from_secs(1000)));
    let tasks = || Runtime::current().metrics().num_alive_tasks();
    let before = tasks();
    let mut first = within(in_time.count(9)).await.unwrap();
    within(first.next()).await.unwrap().unwrap();
    let mut second = counting.count(1).boxed();
    assert!(at_once(&mut second).await.is_none());
    drop(first);
    assert_eq!((seen.made.get(), seen.dropped.get()), (1, 1));
    drop(within(second).await.unwrap());
    let unread = within(in_time.count(2)).await.unwrap();
    assert_eq!(within(unread.collect()).await.unwrap(), [0, 1]);
    within(async {
        while tasks() > before {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[deployment]
struct Stuck {
    stage: Stage,
}

#[deployment]
impl Stuck {
    fn new(stage: Stage) -> Self {
        Stuck { stage }
    }

    /// The second number waits until the test releases it.
    fn count(&self) -> impl Iterator<Item = u32> {
        (0..9).inspect(|n| {
            if *n == 1 {
                self.stage.block();
            }
        })
    }
}

/// Items that it makes too late are not read.
#[tokio::test]
async fn a_stuck_thread_keeps_no_reader_waiting_beyond_the_deadline() {
    let stage = Stage::new();
    let stuck = deploy(Stuck::bind(stage.clone())).await.unwrap();
    let in_time = stuck.options(CallOptions::new().timeout(Duration::from_secs(1000)));
    let mut numbers = within(in_time.count()).await.unwrap();
    assert_eq!(within(numbers.next()).await.unwrap().unwrap(), 0);
    stage.entered(1).await;
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(2000)).await;
    tokio::time::resume();
    let error = within(numbers.next()).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    stage.release(1);
    assert!(within(numbers.next()).await.is_none());
    // The thread is free again.
    stage.release(1);
    let numbers = within(stuck.count()).await.unwrap();
    assert_eq!(within(numbers.collect()).await.unwrap().len(), 9);
}

#[graph]
fn counted(seen: Seen) -> Streaming<u32> {
    let counting = Counting::bind(seen)
        .max_ongoing_requests(1)
        .max_queued_requests(0);

    input(|to: u32| counting.count(to))
}

/// Whether the stream is then dropped or kept.
#[tokio::test]
async fn a_request_ends_with_the_last_item_of_its_stream() {
    let app = deploy(counted(Seen::new())).await.unwrap();
    let mut kept = Vec::new();
    for _ in 0..3 {
        let mut numbers = within(app.call(1)).await.unwrap();
        within(numbers.next()).await.unwrap().unwrap();
        assert!(within(numbers.next()).await.is_none());
        kept.push(numbers);
    }
    for _ in 0..3 {
        let mut numbers = within(app.call(14)).await.unwrap();
        for _ in 0..13 {
            within(numbers.next()).await.unwrap().unwrap();
        }
        within(numbers.next()).await.unwrap().unwrap_err();
        kept.push(numbers);
    }
    within(Deployed::shutdown(app)).await;
}

/// A stream that a deployment makes from another stream, with an error among the items.
#[deployment]
async fn stumbling() -> Streaming<u32> {
    let results = [Ok(1), Err(Error::failed("no two")), Ok(3)];
    Streaming::of_results(futures_util::stream::iter(results))
}

#[tokio::test]
async fn nothing_comes_after_an_error() {
    let stumbling = deploy(stumbling::bind()).await.unwrap();
    let mut numbers = within(stumbling.call()).await.unwrap();
    assert_eq!(within(numbers.next()).await.unwrap().unwrap(), 1);
    within(numbers.next()).await.unwrap().unwrap_err();
    assert!(within(numbers.next()).await.is_none());
    let results = [Err(Error::failed("no one")), Ok(2)];
    let numbers = Streaming::of_results(futures_util::stream::iter(results));
    let results: Vec<Result<u32>> = StreamExt::collect(numbers).await;
    assert_eq!(results.len(), 1);
}
