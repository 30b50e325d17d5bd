//! Nodes that take different times: only a call that would be late at the node's fastest is refused.

use std::sync::Arc;
use std::time::Duration;

use serve_runtime::prelude::*;
use tokio::time::sleep;

use crate::clock::ms;
use crate::support::{Count, Stage};

/// Takes the given time, one call at a time.
#[deployment(max_ongoing_requests = 1)]
struct Obeys {
    calls: Count,
}

#[deployment]
impl Obeys {
    fn new(calls: Count) -> Self {
        Obeys { calls }
    }

    async fn run(&self, takes_ms: u64) -> u64 {
        self.calls.add();
        sleep(ms(takes_ms)).await;
        takes_ms
    }
}

#[deployment]
async fn begin(takes_ms: u64) -> u64 {
    sleep(ms(1)).await;
    takes_ms
}

#[graph(request_timeout_s = 10)]
fn one(calls: Count) -> u64 {
    let obeys = Obeys::bind(calls);
    input(|takes_ms: u64| obeys.run(takes_ms))
}

/// The estimate of the second node counts at the first one.
#[graph(request_timeout_s = 10)]
fn two(calls: Count) -> u64 {
    let obeys = Obeys::bind(calls);
    input(|takes_ms: u64| obeys.run(begin(takes_ms)))
}

#[graph(request_timeout_s = 10)]
fn around(calls: Count) -> u64 {
    let one = one::bind(calls);
    input(|takes_ms: u64| one.call(begin(takes_ms)))
}

/// How many of the calls are refused, each of which takes that long and has twice the time.
async fn refused<H: HandleOptions, F>(handle: &H, calls: usize, call: impl Fn(H) -> F) -> usize
where
    F: Future<Output = Result<u64>>,
{
    let mut refused = 0;
    for _ in 0..calls {
        let hurried = handle.options(CallOptions::new().timeout(Duration::from_millis(100)));
        if let Err(error) = call(hurried).await {
            assert!(error.message().contains("out of reach"), "{error}");
            refused += 1;
        }
    }
    refused
}

#[tokio::test(start_paused = true)]
async fn nothing_is_refused_that_would_be_in_time_if_a_fast_call_was_seen_recently() {
    let app = deploy(two(Count::new())).await.unwrap();
    // Every eighth is fast: at least one in the last calls, whichever of them are measured.
    for call in 0..2_000 {
        app.call(if call % 8 == 3 { 1 } else { 300 }).await.unwrap();
        if call % 100 == 99 {
            assert_eq!(
                refused(&*app, 1, |app| async move { app.call(1).await }).await,
                0
            );
            // That was a fast one as well; the next ones forget it.
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_node_that_was_slow_until_now_is_found_out_at_the_second_refusal() {
    for slow in [20, 2_000] {
        let app = deploy(two(Count::new())).await.unwrap();
        for _ in 0..slow {
            app.call(300).await.unwrap();
        }
        let refused = refused(&*app, 200, |app| async move { app.call(1).await }).await;
        assert_eq!(refused, 1, "after {slow} slow calls");
    }
}

#[tokio::test(start_paused = true)]
async fn a_node_that_stays_slow_is_tried_less_and_less() {
    let calls = Count::new();
    let app = deploy(one(calls.clone())).await.unwrap();
    for _ in 0..20 {
        app.call(300).await.unwrap();
    }
    let before = calls.get();
    let hurried =
        Deployed::handle(&app).options(CallOptions::new().timeout(Duration::from_millis(100)));
    let mut late = 0;
    for _ in 0..256 {
        let error = hurried.call(300).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
        late += usize::from(!error.message().contains("out of reach"));
    }
    // The 2nd, 4th, 8th, 16th, 32nd and 64th, and then every 64th.
    assert_eq!((late, calls.get() - before), (9, 9));
}

/// Calls wait for each other for 12 s: the wait says nothing about a call that need not wait.
async fn is_not_refused_after_waits<H, F>(handle: &H, call: impl Fn(H) -> F)
where
    H: HandleOptions + Clone,
    F: Future<Output = Result<u64>> + Send + 'static,
{
    let callers: Vec<_> = (0..3)
        .map(|_| (0..300).map(|_| call(handle.clone())).collect::<Vec<_>>())
        .map(|calls| {
            tokio::spawn(async move {
                for call in calls {
                    call.await.unwrap();
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    assert_eq!(refused(handle, 1, call).await, 0);
}

#[tokio::test(start_paused = true)]
async fn the_wait_for_a_permit_is_not_the_call_s_own_time() {
    let app = deploy(one(Count::new())).await.unwrap();
    is_not_refused_after_waits(&*app, |app| async move { app.call(60).await }).await;
}

#[tokio::test(start_paused = true)]
async fn the_wait_for_a_permit_in_a_bound_graph_is_not_its_own_time() {
    let app = deploy(around(Count::new())).await.unwrap();
    is_not_refused_after_waits(&*app, |app| async move { app.call(60).await }).await;
}

/// Two fan-outs share the room of one deployment, so that their items wait for each other.
#[graph(request_timeout_s = 10)]
fn items(calls: Count) -> (Vec<u64>, Vec<u64>) {
    let obeys = Obeys::bind(calls);
    input(|first: Vec<u64>, second: Vec<u64>| {
        (
            first.map(|takes_ms| obeys.run(takes_ms)),
            second.map(|takes_ms| obeys.run(takes_ms)),
        )
    })
}

#[tokio::test(start_paused = true)]
async fn the_wait_for_another_item_is_not_the_item_s_own_time() {
    let app = deploy(items(Count::new())).await.unwrap();
    for _ in 0..15 {
        app.call(vec![10; 50], vec![10; 50]).await.unwrap();
    }
    let hurried = Deployed::handle(&app).options(CallOptions::new().timeout(ms(15)));
    assert_eq!(hurried.call(vec![], vec![10]).await.unwrap().1, [10]);
}

/// On a thread, until the test releases it.
#[deployment]
struct Machine(Stage);

#[deployment]
impl Machine {
    fn new(stage: Stage) -> Self {
        Machine(stage)
    }

    fn run(&self, number: u64) -> u64 {
        self.0.block();
        number
    }
}

#[graph(request_timeout_s = 10)]
fn queued(stage: Stage) -> u64 {
    let machine = Machine::bind(stage);
    input(|number: u64| machine.run(number))
}

/// Of two calls one takes 300 ms, and the other one, which takes none, waits for it.
#[tokio::test(start_paused = true)]
async fn the_wait_in_a_queue_is_not_the_call_s_own_time() {
    let _held = crate::clock::hold();
    let stage = Stage::new();
    let app = Arc::new(deploy(queued(stage.clone())).await.unwrap());
    for _ in 0..20 {
        let calls = [1, 2].map(|number| {
            let app = Arc::clone(&app);
            tokio::spawn(async move { app.call(number).await })
        });
        stage.entered(1).await;
        crate::clock::pass(300).await;
        stage.release(2);
        for call in calls {
            call.await.unwrap().unwrap();
        }
        stage.entered(1).await;
    }
    let hurried = Deployed::handle(&app).options(CallOptions::new().timeout(ms(100)));
    stage.release(1);
    assert_eq!(hurried.call(3).await.unwrap(), 3);
}

/// On a thread, which takes the time that a test moves the clock.
#[deployment]
fn nothing(x: u64) -> u64 {
    x
}

#[graph(request_timeout_s = 10)]
fn on_a_thread(calls: Count) -> u64 {
    let obeys = Obeys::bind(calls);
    input(|takes_ms: u64| obeys.run(nothing(takes_ms)))
}

/// The work after a call counts in its queue as well, and is corrected there.
#[tokio::test(start_paused = true)]
async fn what_is_learnt_of_a_later_node_counts_in_the_queue_before_it() {
    let app = Arc::new(deploy(on_a_thread(Count::new())).await.unwrap());
    let _held = crate::clock::hold();
    for _ in 0..20 {
        let app = Arc::clone(&app);
        let call = tokio::spawn(async move { app.call(300).await });
        while !call.is_finished() {
            crate::clock::pass(300).await;
        }
    }
    let hurried = |takes_ms: u64, within_ms: u64| {
        let options = CallOptions::new().timeout(ms(within_ms));
        let handle = Deployed::handle(&app).options(options);
        async move {
            let call = tokio::spawn(async move { handle.call(takes_ms).await });
            while !call.is_finished() {
                crate::clock::pass(1).await;
            }
            call.await.unwrap()
        }
    };
    hurried(1, 5_000).await.unwrap(); // a fast one, which need not hurry
    assert_eq!(hurried(1, 250).await.unwrap(), 1);
}
